"""One event against one customer's facts: what it has set going so far, and what is asked on the way.

All of it is evaluated against the same facts, so the order of declarations decides nothing but the order of effects.
"""

from artifact.decision import RuleRow
from artifact.event import Event
from artifact.facts import Facts
from dsl.effects import EventEffect
from dsl.hearing import Ready
from dsl.interpret import Interpreter, first_missing
from dsl.reading import Env, Keys
from dsl.verdict import Raised


class Happening:
    """Used once. `env` is one for the whole event, so what was read once stands."""

    def __init__(self, event: Event, facts: Facts, zone: str, keys: Keys) -> None:
        self.event, self.facts = event, facts
        self.env = Env(facts, zone, event.at, keys, event=event, subject=event.about)
        self.raised: list[Raised] = []
        self._counts: dict[str, int] = {}
        self._opened: set[tuple[str, str]] = set()

    def emit(self, rule: str, effect: EventEffect) -> None:
        """One more effect of a rule, situation or commitment."""
        ordinal = self._counts.get(rule, 0)
        self._counts[rule] = ordinal + 1
        self.raised.append(Raised(rule, ordinal, effect))

    def holds(self, ready: Ready) -> bool:
        """Whether a clause applies: nothing that it asks is denied or unknown."""
        env = self.env
        return all(test(env) for test in ready.tests)

    def row(self, name: str, result: str, detail: str | int | None = None) -> None:
        """What became of a clause; nobody wants to know."""

    def runs(self, kind: str, reference: str) -> bool:
        """Whether that situation is open, or is opened by this very event."""
        return (kind, reference) in self._opened or any(
            one.open and one.reference == reference for one in self.env.by_kind().get(kind, ())
        )

    def opening(self, kind: str, reference: str) -> None:
        """Note that this event opens a situation."""
        self._opened.add((kind, reference))


class Told(Happening):
    """The same for whoever wants to know what became of each clause. Its clauses come with all their tests."""

    def __init__(self, event: Event, facts: Facts, zone: str, keys: Keys, values: Interpreter) -> None:
        super().__init__(event, facts, zone, keys)
        self.rows: list[RuleRow] = []
        self._values = values

    def row(self, name: str, result: str, detail: str | int | None = None) -> None:
        """What became of a clause."""
        self.rows.append(RuleRow(name, result, detail))

    def holds(self, ready: Ready) -> bool:
        """Whether a clause applies; the row says why not, and where nothing is denied, what is missing."""
        listener, missing = ready.listener, False
        for number, test in enumerate(ready.tests, 1):
            found = test(self.env)
            if found is False:
                self.row(listener.name, "NOT_MET", number)
                return False
            missing = missing or found is None
        if missing:
            self.row(listener.name, "UNKNOWN", first_missing(listener.conditions, self.env, self._values))
        else:
            self.row(listener.name, "FIRED")
        return not missing
