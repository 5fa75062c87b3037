"""Groups: what goes together, for how long the first of it waits, and what must never stand in one text."""

from collections.abc import Iterable

from msgspec.structs import replace

from artifact.instant import Instant
from artifact.span import Span, add_span
from dsl.check import literals
from dsl.check.behaviour import Behaviour
from dsl.check.header import Placed
from dsl.check.paths import merged
from dsl.check.symbols import Desk
from dsl.errors import DiagnosticCode as Code
from dsl.names import Names
from dsl.program import MessageRule
from dsl.rulebook import Group, Topic
from dsl.syntax import Node, Place

PRESSES = frozenset({"consent", "existing_customer"})
MUST = frozenset({"legal", "vital_interest"})
"""Bases of what must not be read past because it stands beside an offer."""


def check_group(behaviour: Behaviour, placed: Placed) -> None:
    """One group, into the catalogue."""
    node, behaviour.desk.base = placed
    desk, catalogue, name = behaviour.desk, behaviour.catalogue, node.word().text
    catalogue.once(node, ())
    parts = {part.kind: part for part in node.nodes()}
    topics, categories = _takes(behaviour, parts.get("takes"))
    given = parts.get("with_template")
    template = catalogue.template_of(given, name)
    if template is None and given is None:
        desk.report(Code.PART_MISSING, node.word(), text=name, what=desk.tongue.first["_TEMPLATE"])
    window = _window(desk, node, parts)
    leaves_at = _number(desk, parts.get("leaves_at"), 2)
    shows = _number(desk, parts.get("shows"), 1)
    if template is None or window is None or name in catalogue.groups:
        return
    group = Group(
        name=name,
        waits=window[0],
        at_most=window[1],
        template=template,
        leaves_at=leaves_at,
        shows=shows,
        categories=categories,
        topics=topics,
        display=catalogue.label("group", name, node),
    )
    taken = [t for t in catalogue.topics.values() if group.takes(t)]
    if "one_per" in parts:
        fields, _ = merged([behaviour.symbols.topics.find(t.name) or Names() for t in taken])
        group = replace(group, one_per=fields.spelled(parts["one_per"].word().text))
    catalogue.groups[name] = group
    if "takes" in parts:
        report_mixed(desk, parts["takes"], name, taken)


def _takes(behaviour: Behaviour, part: Node | None) -> tuple[tuple[str, ...] | None, tuple[str, ...] | None]:
    if part is None:
        return None, None
    topics, categories = behaviour.about(part)
    for word in part.node().node().words() if topics else ():
        topic = behaviour.catalogue.topics.get(behaviour.symbols.topics.spelled(word.text))
        if topic is not None and topic.critical:
            behaviour.desk.report(Code.GROUP_CRITICAL, word, text=word.text)
    return topics, categories


def _window(desk: Desk, node: Node, parts: dict[str, Node]) -> tuple[Span, Span | None] | None:
    """How long the first waits, and the maximum of a window that slides; None where that cannot be read."""
    part = parts.get("fixed") or parts.get("sliding")
    if part is None:
        desk.report(Code.PART_MISSING, node.word(), text=node.word().text, what=desk.tongue.first["_WAITS"])
        return None
    if "fixed" in parts and "sliding" in parts:
        desk.report(Code.PART_REPEATED, parts["sliding"], text=desk.tongue.first["_WAITS"])
        return None
    spans = [literals.span(desk, one) for one in part.nodes()]
    for span, one in zip(spans, part.nodes(), strict=True):
        if span is not None and span.amount == 0:
            desk.report(Code.NUMBER_INVALID, one, text="0", low=1, high=literals.most_of(span.unit))
            return None
    waits, at_most = spans[0], spans[1] if len(spans) > 1 else None
    if waits is None or (part.kind == "sliding" and at_most is None):
        return None
    if at_most is not None and _length(at_most) < _length(waits):
        desk.report(Code.WINDOW_MEANINGLESS, part)
        return None
    return waits, at_most


def _length(span: Span) -> Instant:
    return add_span(0, span, "UTC")


def _number(desk: Desk, part: Node | None, low: int) -> int | None:
    return None if part is None else literals.whole(desk, part.word(), low, desk.limits.bundle_messages)


def report_mixed(desk: Desk, place: Place, name: str, topics: Iterable[Topic]) -> None:
    """One text must not carry what presses beside what must be said."""
    topics = list(topics)
    presses = next((t for t in topics if t.basis in PRESSES), None)
    must = next((t for t in topics if t.basis in MUST), None)
    if presses is not None and must is not None:
        first, second = desk.built_in([presses.basis, must.basis])
        desk.report(
            Code.GROUP_MIXED, place, text=name, one=presses.name, first=first, other=must.name, second=second
        )


def of_rule(rule: MessageRule, topics: Iterable[Topic]) -> list[Topic]:
    """The topics that a rule speaks of."""
    return [
        t
        for t in topics
        if (rule.topics is None or t.name in rule.topics)
        and (rule.categories is None or t.category in rule.categories)
    ]


def check_grouped(behaviour: Behaviour, rules: Iterable[tuple[MessageRule, Placed]]) -> None:
    """What rules put into each group, rule by rule: something that it takes, and nothing that must stand alone."""
    catalogue, desk = behaviour.catalogue, behaviour.desk
    carried: dict[str, list[Topic]] = {}
    for rule, placed in rules:
        group = catalogue.groups.get(rule.face.group or "")
        if group is None:
            continue
        spoken = of_rule(rule, catalogue.topics.values())
        taken = [t for t in spoken if group.takes(t)]
        desk.base = placed.base
        place = next(placed.node.all("effects"))
        if spoken and not taken:
            known = group.categories or group.topics or ()
            desk.report(Code.GROUP_NOT_TAKEN, place, text=group.name, known=", ".join(known))
        carried.setdefault(group.name, []).extend(taken)
        if group.topics is None and group.categories is None:
            report_mixed(desk, place, group.name, carried[group.name])
