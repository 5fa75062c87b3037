"""The compiled rulebook: the engine's protocol (dsl.rulebook) over a checked program."""

from collections.abc import Mapping
from typing import Any

from artifact.canonical import canonical_json
from artifact.channel import Channel, Urgency
from artifact.decision import RuleRow
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, Subject
from artifact.facts import Facts
from artifact.instant import Instant
from artifact.limits import Limits
from artifact.span import Span, Unit
from dsl.change import Change, change_between
from dsl.closures import Closures
from dsl.conditions import Compile
from dsl.counting import counted_in, lists_in
from dsl.interpret import reads_of
from dsl.judge import Judge
from dsl.names import nearest
from dsl.numbering import Numbering
from dsl.program import MessageRule, Program
from dsl.react import Reactions
from dsl.reading import Env, key_text, reference_name
from dsl.rulebook import Counted, Group, Listening, QuietHours, Rulebook, RuleFace, Topic
from dsl.scores import Scores
from dsl.seen import Seen
from dsl.template import Templates
from dsl.typed import SAID, Named, Source
from dsl.types import Kind, Type
from dsl.values import Reader, reader
from dsl.verdict import SILENCE, Asked, Reaction, RenderContext, Rendered, Scored, Spoken, Verdict

UNCLASSIFIED = "unclassified"


class CompiledRulebook:
    """Immutable. `text` and `revision` are those of the source."""

    def __init__(
        self, program: Program, text: str, revision: str, limits: Limits, compile_condition: Compile
    ) -> None:
        self.revision, self.text = revision, text
        self.name, self.language, self.owner = program.name, program.language, program.owner
        self.zone, self.currency = program.zone, program.currency
        self.topics: Mapping[str, Topic] = program.topics
        self.caps = program.caps
        self._own_hours = [(compile_condition(own.condition), own.windows) for own in program.customer_hours]
        self.groups: Mapping[str, Group] = program.groups
        self.event_types = frozenset(program.events)
        self.rules: Mapping[str, RuleFace] = {rule.name: rule.face for rule in program.judging}
        self.awaited: Mapping[str, frozenset[str]] = _awaited(program)
        self.program = program
        self._templates = Templates(program, limits)
        self.languages = self._templates.languages
        self._judge = Judge(program, compile_condition)
        self._reactions = Reactions(program, compile_condition)
        self._scores = Scores(program, compile_condition)
        self.cost = self._judge.cost
        # No cached_property: what is at hand in fields is read quicker (docs/decisions/0017).
        self._numbers: Numbering | None = None
        self._counted: Mapping[str, Counted] | None = None
        self._listens: Listening | None = None
        self._fields: dict[str, list[tuple[str, Type, Reader]]] = {
            name: [(field, of, reader(of, program.currency)) for field, of in fields.items()]
            for name, fields in program.events.items()
        }

    def under(self, program: Program, limits: Limits) -> "CompiledRulebook":
        """The same text, with another program of it."""
        return CompiledRulebook(program, self.text, self.revision, limits, Closures(program).test)

    @property
    def numbers(self) -> Numbering:
        """Of rules by their place, of what they name and of kinds that they ask for by name; made when first needed."""
        if self._numbers is None:
            named = {read.shown for rule in self.program.judging for read in _reads_of(rule)}
            kinds = self.program.keys
            self._numbers = Numbering(self.rules, sorted({*named, *kinds, *map(reference_name, kinds)}))
        return self._numbers

    @property
    def counted(self) -> Mapping[str, Counted]:
        """The types of events that rules count; found when first needed."""
        if self._counted is None:
            self._counted = counted_in(self.program)
        return self._counted

    @property
    def listens(self) -> Listening:
        """What message rules read of all that is being said; found when first needed."""
        if self._listens is None:
            found = [one for one in lists_in(self.program) if one.source in SAID]
            asked = [one for one in found if one.source is Source.MESSAGES]
            spans = dict.fromkeys(one.span for one in asked if one.span is not None)
            self._listens = Listening(bool(asked), len(asked) < len(found), tuple(spans))
        return self._listens

    def topic(self, name: str) -> Topic:
        """The topic of that name; for an unknown one `unclassified`: needs consent, breaks nothing."""
        return self.topics.get(name) or Topic(
            name=name,
            category=UNCLASSIFIED,
            basis="consent",
            urgency=Urgency.LOW,
            channels=tuple(Channel),
            lives_for=Span(30, Unit.DAY),
            classified=False,
        )

    def hours_of(self, facts: Facts) -> tuple[QuietHours, ...]:
        """When this customer is left in peace."""
        for holds, windows in self._own_hours:
            if holds(Env(facts, self.zone, 0, {})):
                return windows
        return self.program.quiet_hours

    def concerns(self, event: Event, about: Subject | None) -> bool:
        """Whether an event is about a subject, as far as it says."""
        if about is None:
            return True
        if event.about is not None and event.about.kind == about.kind:
            return event.about.reference == about.reference
        key = self.program.keys.get(about.kind)
        named = key_text(event.data.get(key)) if key is not None else None
        return named is None or named == about.reference

    def same(self, topic: str, field: str, one: Any, other: Any) -> bool:
        """Whether two sources say the same in a field of a topic, by its declared type; as plain JSON without one."""
        of = self.program.fields.get(topic, {}).get(field)
        if of is not None:
            read = reader(of, self.currency)
            told, also = read(one), read(other)
            if told is not None and also is not None:
                return bool(told == also)
        return canonical_json(one) == canonical_json(other)

    def label(self, kind: str, name: str, language: str) -> str:
        """The display name, in the reader's language or the author's; else the name in words."""
        texts = self.program.labels.get((kind, name), {})
        own = texts.get(language.lower().split("-")[0]) or texts.get(self.language)
        return own or name.replace("_", " ").replace(".", " ")

    def problems(self, event: Event) -> list[InputError]:
        """Fields of a declared event type whose values are not of the declared type."""
        found = []
        for field, of, read in self._fields.get(event.type, ()):
            raw = event.data.get(field)
            if raw is not None and read(raw) is None:
                found.append(_problem(field, of, raw))
        return found

    def hears(self, type: str) -> bool:
        """Whether anything may come of events of this type."""
        return self._reactions.hears(type)

    def react(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """What this event does."""
        return self._reactions.react(event, facts, zone)

    def explained(self, event: Event, facts: Facts, zone: str) -> Reaction:
        """What this event does, with a row for every clause that hears of it."""
        return self._reactions.explained(event, facts, zone)

    def change_from(self, before: Rulebook) -> Change | None:
        """How the rules about messages differ; None where more than these may."""
        if not isinstance(before, CompiledRulebook) or before.listens != self.listens:
            return None
        return change_between(before.program, self.program)

    def seen(self, facts: Facts) -> Seen:
        """What is seen of a customer: nothing yet."""
        return self._judge.seen(facts)

    def judge(
        self,
        asked: Asked,
        facts: Facts,
        zone: str,
        now: Instant,
        said: Spoken = SILENCE,
        seen: Seen | None = None,
    ) -> Verdict:
        """What all message rules say about one message."""
        return self._judge.judge(asked, facts, zone, now, said, seen)

    def rows(self, verdict: Verdict) -> tuple[RuleRow, ...]:
        """A row for every candidate rule."""
        return self._judge.rows(verdict)

    def ruled_out(self, looked: tuple[int, ...]) -> tuple[RuleRow, ...] | None:
        """The rows of candidates that the index did not leave to be run; None where another one looked."""
        return self._judge.ruled_out(looked)

    def scores(self, facts: Facts, zone: str, now: Instant) -> tuple[Scored, ...]:
        """What every scorecard comes to."""
        return self._scores.of(facts, zone, now)

    def has_template(self, name: str, channel: Channel, language: str) -> bool:
        """Whether words exist for this channel in this or the default language."""
        return self._templates.chosen(name, channel, language) is not None

    def render(self, name: str, context: RenderContext) -> Rendered:
        """The words. Raises dsl.template.TemplateError."""
        return self._templates.render(name, context)


def _reads_of(rule: MessageRule) -> list[Named]:
    """Every named thing in a rule's conditions and in how long it waits."""
    waiting = rule.waiting
    ends = (waiting.until, waiting.while_) if waiting is not None else ()
    return [read for part in (*rule.conditions, *ends) if part is not None for read in reads_of(part)]


def _awaited(program: Program) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for rule in program.message_rules:
        type_ = rule.waiting.fixed.until_event if rule.waiting is not None else None
        if type_ is not None:
            found[type_] = found.get(type_, frozenset()) | {rule.name}
    return found


def _problem(field: str, of: Type, raw: Any) -> InputError:
    shown = str(raw)[:40]
    if of.kind is Kind.ONE_OF:
        near = nearest(shown, of.values)
        help = f"did you mean `{near}`?" if near else f"one of: {', '.join(of.values[:12])}"
        return InputError(
            ErrorCode.VALUE_UNKNOWN, f"`{shown}` is not a value of `{field}`", help=help, path=("data", field)
        )
    code = (
        ErrorCode.NUMBER_INVALID
        if of.low is not None and type(raw) in (int, float)
        else ErrorCode.TYPE_INVALID
    )
    return InputError(code, f"`{field}` is no {of}", help=_EXAMPLES.get(of.kind), path=("data", field))


_EXAMPLES = {
    Kind.MONEY: "write an amount of the rulebook's currency: 12.5",
    Kind.DATE: "write it as 2026-11-21",
    Kind.INSTANT: "write it as 2026-11-21T09:30:00+01:00",
    Kind.DURATION: "write it as P14D or PT2H",
    Kind.YES_NO: "write true or false",
    Kind.TEXT: "write a text",
}
