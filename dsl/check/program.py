"""The passes in their order: header, names, fields, behaviour, tests. What comes out is a Program, or only findings."""

from typing import NamedTuple

from artifact.limits import Limits
from dsl.check.behaviour import Behaviour
from dsl.check.declarations import Catalogue, Collector, Header, Placed, header_of
from dsl.check.definitions import check_definitions
from dsl.check.effects import Effects
from dsl.check.memo import recalled, remember, surroundings
from dsl.check.pressure import check_calendar, check_cap
from dsl.check.symbols import Desk, Symbols
from dsl.check.templates import check_templates
from dsl.check.tests import Tests
from dsl.errors import DiagnosticCode as Code
from dsl.errors import Finding
from dsl.lexicon import Tongue, plain
from dsl.program import MessageRule, Program
from dsl.syntax import Node
from dsl.trial import RulebookTest


class Source(NamedTuple):
    """A parsed declaration, where it begins (offset and line), and its text."""

    node: Node
    base: int
    text: str
    line: int


class Outcome(NamedTuple):
    program: Program
    tests: tuple[RulebookTest, ...]
    findings: list[Finding]


def check_program(
    sources: list[Source], tongue: Tongue, limits: Limits, unread: tuple[tuple[str, str], ...] = ()
) -> Outcome:
    """Check every declaration. The program is only meaningful if nothing was found.

    `unread` are head and name of the declarations that could not be parsed.
    """
    desk = Desk(tongue, "EUR", limits.nesting)
    desk.unread = frozenset(plain(name) for _, name in unread)
    desk.unread_vocabulary = any(head == "_VOCABULARY" for head, _ in unread)
    placed = [Placed(source.node, source.base) for source in sources]
    header = header_of(desk, placed, told=any(head == "_RULEBOOK" for head, _ in unread))
    desk.currency = header.currency
    symbols = Symbols()
    collector = Collector(desk, symbols, limits)
    for one in placed:
        collector.collect(one)
    effects = Effects(desk, symbols)
    catalogue = Catalogue(effects)
    behaviour = Behaviour(catalogue, placed)
    of = {kind: [one for one in placed if one.node.kind == kind] for kind in _KINDS}
    for one in of["situation"] + of["category"] + of["topic"]:
        {"situation": behaviour.remember, "category": catalogue.category, "topic": catalogue.topic}[
            one.node.kind
        ](one)
    check_definitions(effects, of["vocabulary"])
    program = _program(header, tongue, symbols, catalogue, behaviour, of, sources)
    _check_exceptions(desk, of["message_rule"], program.message_rules)
    tests = _tests(Tests(effects, header, program.topics), of["test"], sources)
    return Outcome(program, tests, desk.findings)


_KINDS = (
    "rulebook", "vocabulary", "calendar", "cap", "category", "topic", "situation", "commitment", "event_rule", "message_rule",
    "template", "test",
)  # fmt: skip


def _program(
    header: Header,
    tongue: Tongue,
    symbols: Symbols,
    catalogue: Catalogue,
    behaviour: Behaviour,
    of: dict[str, list[Placed]],
    sources: list[Source],
) -> Program:
    texts = {source.base: source.text for source in sources}
    around = surroundings([s.text for s in sources if s.node.kind not in _LOOKED_AT_BY_NOBODY], tongue.code)
    return Program(
        name=header.name,
        zone=header.zone,
        currency=header.currency,
        language=tongue.code,
        owner=header.owner,
        situations=tuple(plan for one in of["situation"] if (plan := behaviour.situation(one))),
        commitments=tuple(made for one in of["commitment"] if (made := behaviour.commitment(one))),
        event_rules=tuple(rule for one in of["event_rule"] if (rule := behaviour.event_rule(one))),
        message_rules=tuple(
            said
            for one in of["message_rule"]
            if (said := _message_rule(behaviour, one, texts[one.base], around))
        ),
        events={name: dict(fields.items()) for name, fields in symbols.events.items()},
        fields={name: dict(fields.items()) for name, fields in symbols.topics.items()},
        templates=check_templates(behaviour.effects, of["template"]),
        topics=catalogue.topics,
        quiet_hours=tuple(w for one in of["calendar"] for w in check_calendar(behaviour.effects, one)),
        caps=tuple(cap for one in of["cap"] if (cap := check_cap(behaviour.effects, behaviour, one))),
        labels=catalogue.labels,
    )


_LOOKED_AT_BY_NOBODY = frozenset({"message_rule", "event_rule", "test"})
"""Declarations whose content no message rule can depend on."""


def _message_rule(behaviour: Behaviour, placed: Placed, text: str, around: bytes) -> MessageRule | None:
    known = recalled(around, text)
    if known is not None:
        return known
    count = len(behaviour.desk.findings)
    rule = behaviour.message_rule(placed, text)
    alone = placed.node.start == 0 and not any(placed.node.all("exception_to"))
    if rule is not None and alone and len(behaviour.desk.findings) == count:
        remember(around, text, rule)
    return rule


def _tests(checker: Tests, placed: list[Placed], sources: list[Source]) -> tuple[RulebookTest, ...]:
    where = {source.base: source for source in sources if source.node.kind == "test"}
    return tuple(checker.test(one, where[one.base].text, where[one.base].line) for one in placed)


def _check_exceptions(desk: Desk, placed: list[Placed], rules: tuple[MessageRule, ...]) -> None:
    """Exceptions may have exceptions, but not in a circle."""
    above = {rule.name: rule.exception_to for rule in rules}
    for one in placed:
        name = one.node.word().text
        reached, waiting = set(), list(above.get(name, ()))
        while waiting:
            base = waiting.pop()
            if base not in reached:
                reached.add(base)
                waiting += above.get(base, ())
        if name in reached:
            desk.base = one.base
            desk.report(Code.EXCEPTION_CYCLE, one.node.word(), text=name)
