"""The passes in their order: the frame (header, names, fields, what stands by itself), then rules, then tests.

What comes out is a Program, or only findings.
"""

from typing import NamedTuple

from artifact.limits import Limits
from dsl.check.frame import Frame, Kept, digest_of, frame_of, recalled, remember
from dsl.check.glossary import check_glossary
from dsl.check.header import Placed
from dsl.check.rules import RULES, Rules, Source
from dsl.check.symbols import Desk
from dsl.errors import Finding, Lines
from dsl.glossary import Glossary
from dsl.lexicon import Tongue, plain
from dsl.program import Program
from dsl.trial import RulebookTest


class Outcome(NamedTuple):
    program: Program
    tests: tuple[RulebookTest, ...]
    findings: list[Finding]


def check_program(
    sources: list[Source],
    tongue: Tongue,
    lines: Lines,
    limits: Limits,
    unread: tuple[tuple[str, str], ...] = (),
    glossary: Glossary | None = None,
) -> Outcome:
    """Check every declaration. The program is only meaningful if nothing was found.

    `unread` are head and name of the declarations that could not be parsed: their names are not reported, so nothing
    that is found good beside them is remembered.
    """
    desk = Desk(tongue, limits, glossary)
    desk.unread = frozenset(plain(name) for _, name in unread)
    desk.unread_vocabulary = any(head in ("_VOCABULARY", "_PARAMETERS") for head, _ in unread)
    desk.unread_header = any(head == "_RULEBOOK" for head, _ in unread)
    kept = _kept(desk, [source for source in sources if source.node.kind not in RULES], unread)
    bases = tuple(source.base for source in sources if source.node.kind not in RULES)
    frame = kept.frame.moved(bases)
    desk.currency, desk.language = frame.header.currency, frame.header.language or tongue.code
    desk.calendars = frame.calendars
    rules = Rules(frame.behaviour(desk), frame.header, kept.known)
    program = _program(
        frame, rules, [source for source in sources if source.node.kind in RULES], desk.language
    )
    tests = rules.tests(lines)
    if glossary is not None:
        check_glossary(
            desk, glossary, [Placed(source.written or source.node, source.base) for source in sources]
        )
    if not unread:
        kept.known = rules.good
    return Outcome(program, tests, desk.findings)


def _kept(desk: Desk, sources: list[Source], unread: tuple[tuple[str, str], ...]) -> Kept:
    """The frame of a text, with the rules that are known to be good in it."""
    digest = digest_of([source.text for source in sources], desk.tongue.code, desk.limits)
    kept = recalled(digest)
    if kept is None:
        placed = [Placed(source.node, source.base) for source in sources]
        kept = Kept(frame_of(desk, placed, told=desk.unread_header))
        if not unread and not desk.findings:
            remember(digest, kept)
    return kept


def _program(frame: Frame, rules: Rules, sources: list[Source], language: str) -> Program:
    found = rules.checked(sources)
    symbols = frame.symbols
    return Program(
        name=frame.header.name,
        zone=frame.header.zone,
        currency=frame.header.currency,
        language=language,
        owner=frame.header.owner,
        situations=frame.situations,
        commitments=frame.commitments,
        event_rules=found.event_rules,
        message_rules=found.message_rules,
        experiments=found.experiments,
        events={name: dict(fields.items()) for name, fields in symbols.events.items()},
        fields={name: dict(fields.items()) for name, fields in symbols.topics.items()},
        templates=frame.templates,
        topics=frame.topics,
        quiet_hours=frame.hours.everyone,
        customer_hours=frame.hours.own,
        caps=frame.caps,
        tables=frame.tables,
        groups=frame.groups,
        scorecards=frame.scorecards,
        labels=frame.labels,
    )
