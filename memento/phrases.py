"""What commands say of a rulebook, in the tongue of its text: what its author reads beside findings and names.

What is wrong with the command line itself is told in English, as errors of the API are. A tongue is one more table.
"""

from typing import NamedTuple

from dsl.coverage import Seen
from dsl.lexicon import tongue_of

Noun = tuple[str, str]
"""Of one, and of any other number."""


class Phrases(NamedTuple):
    """One tongue. `kinds` are the kinds of rules that coverage knows, `unseen` why one that did not fire did not."""

    quoted: str
    canonical: str
    not_canonical: str
    was_canonical: str
    written: str
    passed: str
    failed: str
    ended: str
    fired: str
    untried: str
    untried_rows: str
    otherwise: str
    kinds: dict[str, str]
    unseen: dict[Seen, str]
    nameless: str
    never_fails: str
    faulty: str
    failing: Noun
    good: str
    error: Noun
    test: Noun
    rule: Noun
    topic: Noun
    condition: Noun


ENGLISH = Phrases(
    quoted="“{}”",
    canonical="is in canonical form",
    not_canonical="is not in canonical form",
    was_canonical="was canonical",
    written="written",
    passed="passed",
    failed="FAILED",
    ended="{passed} passed, {failed} failed",
    fired="{fired} of {rules} rules fired",
    untried="untried {kind} “{name}”: {what}",
    untried_rows="untried table {name}: row {rows}",
    otherwise="otherwise",
    kinds={"message rule": "message rule", "event rule": "event rule"},
    unseen={Seen.NEVER: "no test asks it", Seen.CANDIDATE: "asked, and never fires"},
    nameless="condition {}",
    never_fails="`{}` never fails",
    faulty="{errors}; this cannot be published",
    failing=(
        "{failed} of its {tests} fails: {names}; this cannot be published",
        "{failed} of its {tests} fail: {names}; this cannot be published",
    ),
    good="can be published. {rules}, {topics}, {tests}; the dearest message reads {conditions}",
    error=("error", "errors"),
    test=("test", "tests"),
    rule=("message rule", "message rules"),
    topic=("topic", "topics"),
    condition=("condition", "conditions"),
)
SPANISH = Phrases(
    quoted="«{}»",
    canonical="está en su forma canónica",
    not_canonical="no está en su forma canónica",
    was_canonical="ya estaba en su forma canónica",
    written="escrito",
    passed="superada",
    failed="FALLIDA",
    ended="pruebas superadas: {passed}; fallidas: {failed}",
    fired="reglas disparadas: {fired} de {rules}",
    untried="sin probar: {kind} «{name}»: {what}",
    untried_rows="sin probar: tabla {name}: fila {rows}",
    otherwise="en otro caso",
    kinds={"message rule": "regla de mensaje", "event rule": "regla de evento"},
    unseen={
        Seen.NEVER: "ninguna prueba la consulta",
        Seen.CANDIDATE: "se consulta y nunca se dispara",
    },
    nameless="condición {}",
    never_fails="`{}` no falla nunca",
    faulty="{errors}; así no puede publicarse",
    failing=(
        "falla {failed} de sus {tests}: {names}; así no puede publicarse",
        "fallan {failed} de sus {tests}: {names}; así no puede publicarse",
    ),
    good="puede publicarse. {rules}, {topics}, {tests}; el mensaje más caro lee {conditions}",
    error=("error", "errores"),
    test=("prueba", "pruebas"),
    rule=("regla de mensaje", "reglas de mensaje"),
    topic=("tema", "temas"),
    condition=("condición", "condiciones"),
)
TONGUES = {"en": ENGLISH, "es": SPANISH}


def phrases_for(text: str) -> Phrases:
    """The phrases of a rulebook's tongue; what says of none is spoken of in English."""
    return TONGUES[tongue_of(text).code]


def numbered(number: int, noun: Noun) -> str:
    """`1 test`, `2 tests`."""
    return f"{number} {noun[number != 1]}"
