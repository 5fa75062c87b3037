"""What the author of a test is told where it fails, in the tongue of the rulebook: what was expected, what is the case.

What was expected is quoted as the author wrote it, and of a message is told what an agent would be told (engine.explaining).
"""

from typing import NamedTuple

from dsl.lexicon import tongue_of
from dsl.rulebook import Rulebook


class TrialWords(NamedTuple):
    """One tongue. `{}` is a list of names."""

    language: str
    step: str
    expected: str
    is_so: str
    not_so: str
    not_known: str
    not_said: str
    no_message: str
    fired: str
    sent: str
    raised: str
    scored: str
    still_there: str
    nothing: str
    unseen: str
    quoted: str
    none: str


ENGLISH = TrialWords(
    language="en",
    step="step {number}: {fault}",
    expected="`{text}` was expected, but {case}",
    is_so="it is so",
    not_so="it is not so",
    not_known="it is not known",
    not_said="the rule {} does not say so here",
    no_message="there is no message to speak of",
    fired="Rules that fired: {}.",
    sent="what was asked for is: {}",
    raised="what was raised is: {}",
    scored="what was scored is: {}",
    still_there="still there is: {}",
    nothing="nothing was expected, but there was: {}",
    unseen="no test can see whether `{}` happens",
    quoted="“{}”",
    none="nothing",
)
SPANISH = TrialWords(
    language="es",
    step="paso {number}: {fault}",
    expected="se esperaba `{text}`, pero {case}",
    is_so="es así",
    not_so="no es así",
    not_known="no se sabe",
    not_said="la regla {} no lo dice aquí",
    no_message="no hay ningún mensaje del que hablar",
    fired="Reglas que se dispararon: {}.",
    sent="lo que se pidió es: {}",
    raised="lo que se creó es: {}",
    scored="lo que se sumó es: {}",
    still_there="sigue ahí: {}",
    nothing="no se esperaba nada, pero hubo: {}",
    unseen="ninguna prueba puede ver si ocurre `{}`",
    quoted="«{}»",
    none="nada",
)
TONGUES = {"en": ENGLISH, "es": SPANISH}


def words_of(book: Rulebook) -> TrialWords:
    """The words for the author of a rulebook."""
    return TONGUES[tongue_of(book.text).code]
