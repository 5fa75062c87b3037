"""What a rulebook declares, by name, and the desk at which checkers report what they find."""

from collections.abc import Iterable
from copy import copy
from typing import NamedTuple

from artifact.limits import Limits
from artifact.workdays import Calendar
from dsl.errors import DiagnosticCode, Finding
from dsl.glossary import Glossary
from dsl.grammar import keyword_of
from dsl.lexicon import Tongue, plain
from dsl.names import Names, nearest
from dsl.scorecards import ScorecardPlan
from dsl.syntax import Node, Place
from dsl.tables import TablePlan
from dsl.typed import Parameter, Read, Source
from dsl.types import CHANNEL, TEXT, Kind, Type

Fields = Names[Type]


class SituationInfo:
    """A situation as conditions see it."""

    def __init__(self, kind: str, one_per: str | None) -> None:
        self.kind, self.one_per = kind, one_per
        self.states: Names[str] = Names()
        self.fields: Fields = Names()


class ListInfo(NamedTuple):
    """A list as conditions see it. `each` is what one of it is called; `situation` is set for those of a kind.

    `dated` ones have an instant (`at`) and can be asked for in a window.
    """

    source: Source
    name: str
    each: str
    fields: Fields
    most: int
    dated: bool = True
    situation: SituationInfo | None = None


class CommitmentInfo(NamedTuple):
    name: str
    one_per: str | None


class Definition:
    """`define vulnerable as ...`: its tree, and where the declaration of that tree begins."""

    def __init__(self, name: str, node: Node, base: int) -> None:
        self.name, self.node, self.base = name, node, base
        self.open = False


class TableInfo:
    """A table as those see it who read it.

    `declared` are the types of its outputs that the author gives; `open` while it is being checked; `needs` is what it
    reads of an event or a message.
    """

    def __init__(self, name: str, node: Node, base: int, declared: tuple[Type | None, ...]) -> None:
        self.name, self.node, self.base, self.declared = name, node, base, declared
        self.open = self.done = False
        self.outputs: Fields = Names()
        self.needs: tuple[Read, ...] = ()
        self.plan: TablePlan | None = None


class ScorecardInfo:
    """A scorecard as those see it who read it. `open` while its lines are being checked."""

    def __init__(self, name: str, node: Node, base: int, bounds: tuple[int, int, int]) -> None:
        self.name, self.node, self.base = name, node, base
        self.low, self.high, self.start = bounds
        self.type = Type(Kind.NUMBER, low=self.low, high=self.high)
        self.open = False
        self.plan: ScorecardPlan | None = None


BUILT_IN_EVENTS: dict[str, dict[str, Type]] = {
    **{
        name: {}
        for name in (
            "customer.updated",
            "customer.alias_added",
            "customer.kind_changed",
            "customer.deceased",
            "preference.set",
        )
    },
    **{
        f"consent.{verb}": {"category": TEXT, "channel": CHANNEL}
        for verb in ("given", "refused", "withdrawn")
    },
    **{f"interaction.{verb}": {"channel": CHANNEL, "agent": TEXT} for verb in ("started", "ended")},
}
"""Events of the memory that every installation knows, with the fields that rules may read."""


class Symbols:
    """Everything that is declared, whatever its order in the text."""

    def __init__(self) -> None:
        self.facts: Fields = Names()
        self.lists: Names[ListInfo] = Names()
        self.events: Names[Fields] = Names()
        self.definitions: Names[Definition] = Names()
        self.parameters: Names[Parameter] = Names()
        self.tables: Names[TableInfo] = Names()
        self.scorecards: Names[ScorecardInfo] = Names()
        self.categories: Names[str] = Names()
        self.topics: Names[Fields] = Names()
        self.situations: Names[SituationInfo] = Names()
        self.commitments: Names[CommitmentInfo] = Names()
        self.templates: Names[bool] = Names()
        self.groups: Names[bool] = Names()
        self.event_rules: Names[bool] = Names()
        self.message_rules: Names[bool] = Names()
        self.experiments: Names[tuple[str, ...]] = Names()
        for name, fields in BUILT_IN_EVENTS.items():
            declared: Fields = Names()
            for field, of in fields.items():
                declared.add(field, of)
            self.events.add(name, declared)

    def with_definitions(self, definitions: Names[Definition]) -> "Symbols":
        """The same declarations without any rule, for one more text; definitions are opened and closed in checking."""
        other = copy(self)
        other.definitions, other.experiments = definitions, Names()
        other.event_rules, other.message_rules = Names(), Names()
        return other


_NAMES = ("text", "near", "try_")
"""Values that are names of the author's own, or may be."""

_SHOWN = 12
"""How many possible names a message lists."""


class Desk:
    """Takes findings, and knows where the declaration at hand begins. `calendars` count working days; "" is everyone's."""

    def __init__(self, tongue: Tongue, limits: Limits, glossary: Glossary | None = None) -> None:
        self.tongue, self.limits = tongue, limits
        self.currency, self.language = "EUR", tongue.code
        self._glossary = glossary if tongue.code != "en" else None
        self.findings: list[Finding] = []
        self.calendars: Names[Calendar] = Names()
        self._noted: set[tuple[DiagnosticCode, int, int, str]] = set()
        self.unread: frozenset[str] = frozenset()
        self.unread_vocabulary = False
        self.unread_header = False
        self._patience = 20_000  # names compared in looking for the nearest one: bounds a file full of errors
        self.base = 0

    def report(self, code: DiagnosticCode, place: Place, **values: object) -> None:
        """Note a fault at a place of the declaration at hand, once."""
        said = {key: str(value) for key, value in values.items() if value is not None and value != ""}
        if self._glossary is not None:
            said.update((key, self.shown(said[key])) for key in _NAMES if key in said)
        finding = Finding(code, place.start + self.base, place.end + self.base, said)
        key = (code, finding.start, finding.end, said.get("text", ""))
        if key not in self._noted:
            self._noted.add(key)
            self.findings.append(finding)

    def shown(self, name: str) -> str:
        """A name as this author writes it."""
        return name if self._glossary is None else self._glossary.spanish(name)

    def keyword(self, kind: str) -> str:
        """The word with which the author begins a part or an effect of this kind."""
        return self.tongue.first.get(keyword_of(kind) or "", kind)

    def built_in(self, names: Iterable[str]) -> list[str]:
        """Names that every rulebook knows, as this author writes them."""
        return [self.tongue.spelled.get(f"name:{name}", (name,))[0] for name in names]

    def unknown(
        self, code: DiagnosticCode, place: Place, text: str, names: Iterable[str], **values: object
    ) -> None:
        """Note a name that is not there, with the nearest one that is; unless it may be where nothing could be read."""
        text = self.shown(text)
        if code is not DiagnosticCode.VALUE_UNKNOWN and (
            self.unread_vocabulary or {plain(text), plain(text.partition(".")[0])} & self.unread
        ):
            return
        names = [self.shown(name) for name in names]
        self._patience -= len(names)
        near = nearest(text, names) if self._patience > 0 else None
        self.report(code, place, text=text, near=near, known=", ".join(names[:_SHOWN]), **values)
