"""The frame of a rulebook: everything that it declares but its rules and tests, checked once and remembered.

Rules and tests are checked against the frame alone (what they say of each other's names is looked at every time), so
each that was found to be good is kept with the frame: of a rulebook with one edited rule, one rule is checked. What is
remembered is a value of the texts, so nothing but time depends on whether it was.
"""

from collections.abc import Sequence
from hashlib import blake2b
from threading import Lock
from typing import NamedTuple

from artifact.limits import Limits
from artifact.workdays import Calendar
from dsl.check.behaviour import Behaviour
from dsl.check.calendars import Hours, check_calendars
from dsl.check.catalogue import Catalogue
from dsl.check.collector import Collector
from dsl.check.definitions import check_definitions
from dsl.check.effects import Effects
from dsl.check.groups import check_group
from dsl.check.header import Header, Placed, header_of
from dsl.check.parameters import check_parameters
from dsl.check.pressure import check_cap
from dsl.check.rules import Rule
from dsl.check.scorecards import check_scorecards
from dsl.check.symbols import Definition, Desk, Symbols
from dsl.check.tables import check_tables
from dsl.check.templates import check_templates
from dsl.names import Names
from dsl.program import CommitmentPlan, SituationPlan, TemplateVariant
from dsl.rulebook import Cap, Group, Topic
from dsl.scorecards import ScorecardPlan
from dsl.syntax import Node
from dsl.tables import TablePlan


class Frame(NamedTuple):
    """`bases` say where the declarations began in the text that it was checked from."""

    header: Header
    symbols: Symbols
    topics: dict[str, Topic]
    labels: dict[tuple[str, str], dict[str, str]]
    situations: tuple[SituationPlan, ...]
    commitments: tuple[CommitmentPlan, ...]
    templates: dict[str, tuple[TemplateVariant, ...]]
    hours: Hours
    calendars: Names[Calendar]
    caps: tuple[Cap, ...]
    tables: dict[str, TablePlan]
    groups: dict[str, Group]
    scorecards: dict[str, ScorecardPlan]
    owners: Names[Node]
    bases: tuple[int, ...]

    def behaviour(self, desk: Desk) -> Behaviour:
        """A checker of rules that stands on this frame."""
        catalogue = Catalogue(Effects(desk, self.symbols))
        catalogue.topics, catalogue.labels = self.topics, self.labels
        catalogue.groups = self.groups
        return Behaviour(catalogue, self.owners)

    def moved(self, bases: tuple[int, ...]) -> "Frame":
        """The same, for a text in which the declarations begin elsewhere. What checking a rule changes is its own."""
        to = dict(zip(self.bases, bases, strict=True))
        definitions: Names[Definition] = Names()
        for name, one in self.symbols.definitions.items():
            definitions.add(name, Definition(one.name, one.node, to[one.base]))
        return self._replace(symbols=self.symbols.with_definitions(definitions), bases=bases)


def frame_of(desk: Desk, placed: list[Placed], *, told: bool) -> Frame:
    """Check everything but rules and tests. `told`: a header is there that cannot be read."""
    header = header_of(desk, placed, told=told)
    desk.currency, desk.language = header.currency, header.language or desk.tongue.code
    symbols = Symbols()
    collector = Collector(desk, symbols)
    for one in placed:
        collector.collect(one)
    effects = Effects(desk, symbols)
    catalogue = Catalogue(effects)
    owners: Names[Node] = Names()
    for node, _ in placed:
        if node.kind in ("situation", "commitment"):
            owners.add(node.word().text, node)
    behaviour = Behaviour(catalogue, owners)
    of = {kind: [one for one in placed if one.node.kind == kind] for kind in _KINDS}
    check_parameters(desk, symbols, of["parameters"])
    hours = check_calendars(effects, of["calendar"], header.zone)
    for one in of["situation"]:
        behaviour.remember(one)
    for one in of["category"]:
        catalogue.category(one)
    for one in of["topic"]:
        catalogue.topic(one)
    check_definitions(effects, of["vocabulary"])
    tables, scorecards = check_tables(effects), check_scorecards(effects)
    for one in of["gathering"]:
        check_group(behaviour, one)
    return Frame(
        header=header,
        symbols=symbols,
        topics=catalogue.topics,
        labels=catalogue.labels,
        situations=tuple(plan for one in of["situation"] if (plan := behaviour.situation(one))),
        commitments=tuple(made for one in of["commitment"] if (made := behaviour.commitment(one))),
        templates=check_templates(effects, of["template"]),
        hours=hours,
        calendars=desk.calendars,
        caps=tuple(cap for one in of["cap"] if (cap := check_cap(effects, behaviour, one))),
        tables=tables,
        groups=catalogue.groups,
        scorecards=scorecards,
        owners=owners,
        bases=tuple(one.base for one in placed),
    )


_KINDS = (
    "vocabulary",
    "parameters",
    "calendar",
    "cap",
    "gathering",
    "category",
    "topic",
    "situation",
    "commitment",
    "template",
)


class Kept:
    """A frame without any finding, with the rules and tests of the last text that were good in it."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.known: dict[str, Rule] = {}


_MOST = 4
"""Frames: a few authors at work. Each keeps no more rules than one rulebook has."""

_kept: dict[bytes, Kept] = {}
_lock = Lock()


def digest_of(texts: Sequence[str], language: str, limits: Limits) -> bytes:
    """The name of a frame."""
    digest = blake2b(f"{language} {limits}".encode(), digest_size=16)
    for text in texts:
        encoded = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d:" % len(encoded) + encoded)
    return digest.digest()


def recalled(digest: bytes) -> Kept | None:
    """The frame of that name, which is now the last to be forgotten."""
    with _lock:
        kept = _kept.pop(digest, None)
        if kept is not None:
            _kept[digest] = kept
        return kept


def remember(digest: bytes, kept: Kept) -> None:
    """Keep a frame that was found to be good, and forget the one not asked for the longest."""
    with _lock:
        _kept[digest] = kept
        while len(_kept) > _MOST:
            del _kept[next(iter(_kept))]
