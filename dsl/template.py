"""Words for one delivery, through Liquid, in a sandbox: no files, no clock, bounded output and loops.

A name that is not there is an error and never an empty place in a letter, unless the author gives a `default`.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache, wraps
from typing import Any, NamedTuple

from liquid import BoundTemplate, DictLoader, Environment
from liquid.exceptions import LiquidError, LiquidValueError
from liquid.undefined import FalsyStrictUndefined

from artifact.channel import Channel
from artifact.instant import format_instant
from artifact.limits import DEFAULT_LIMITS, Limits
from dsl.liquid_filters import FILTERS, Manner
from dsl.program import Program, TemplateVariant
from dsl.reading import Env, Keys, situation_field, the_situation
from dsl.verdict import RenderContext, Rendered

_REFUSED_TAGS = ("include", "render", "increment", "decrement")
_BYTES_PER_CHARACTER = 4


class TemplateError(Exception):
    """A template failed, or passed a limit. The message is for the author."""


class _Sandbox(Environment):
    """Liquid without tags that reach outside, and with filters that cannot make more than the limit."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(undefined=FalsyStrictUndefined, loader=DictLoader({}), strict_filters=True)
        for tag in _REFUSED_TAGS:
            self.tags.pop(tag, None)
        self.filters.update(FILTERS)
        for name, run in list(self.filters.items()):
            self.filters[name] = _bounded(run, name, limits)


def _sandbox_class(limits: Limits) -> type[_Sandbox]:
    """Liquid takes its own limits from the class."""
    own = {
        "output_stream_limit": limits.template_output_bytes,
        "loop_iteration_limit": limits.template_rounds,
        "local_namespace_limit": limits.template_output_bytes * _BYTES_PER_CHARACTER,
        "context_depth_limit": limits.nesting,
    }
    return type("_LimitedSandbox", (_Sandbox,), own)


def _bounded(run: Callable[..., Any], name: str, limits: Limits) -> Callable[..., Any]:
    """A filter that refuses to make a text or list beyond the limit, before it makes it."""
    most = limits.template_output_bytes

    @wraps(run)
    def bounded(value: Any, *arguments: Any, **named: Any) -> Any:
        for one in (value, *arguments):
            if isinstance(one, range) and len(one) > limits.template_rounds:
                raise LiquidValueError(f"a range of {len(one)} is too long", token=None)
        if name in ("replace", "replace_first", "replace_last", "join") and _product(value, arguments) > most:
            raise LiquidValueError(f"`{name}` makes more than {most} characters", token=None)
        made = run(value, *arguments, **named)
        if isinstance(made, str) and len(made) > most:
            raise LiquidValueError(f"`{name}` makes more than {most} characters", token=None)
        return made

    return bounded


def _product(value: Any, arguments: tuple[Any, ...]) -> int:
    """The longest text that a replacement or a join could make."""
    longest = max((len(one) for one in arguments if isinstance(one, str)), default=1)
    return len(value) * max(1, longest) if isinstance(value, str | list | tuple | range) else 0


@lru_cache(maxsize=8)
def _sandbox(limits: Limits) -> _Sandbox:
    return _sandbox_class(limits)(limits)


@lru_cache(maxsize=1024)
def _parsed(source: str, limits: Limits) -> BoundTemplate | str:
    """The parsed template, or what is wrong with it."""
    try:
        return _sandbox(limits).from_string(source)
    except LiquidError as error:
        return _said(error)
    except RecursionError:
        return "it is nested too deeply"


def _said(error: LiquidError) -> str:
    """The first line of what Liquid says."""
    return str(error.message or error).split("\n")[0][:200]


def syntax_fault(source: str, limits: Limits = DEFAULT_LIMITS) -> str | None:
    """What is wrong with the Liquid of a template, if anything is."""
    found = _parsed(source, limits)
    return found if isinstance(found, str) else None


class Used(NamedTuple):
    """What a template names, with its place in the source: filters, and paths of values that it does not make itself."""

    filters: Mapping[str, int]
    paths: Mapping[tuple[str, ...], int]


@lru_cache(maxsize=1024)
def used_by(source: str, limits: Limits = DEFAULT_LIMITS) -> Used:
    """What a template names, each once and where it first stands; nothing for one that cannot be read."""
    template = _parsed(source, limits)
    if isinstance(template, str):
        return Used({}, {})
    found = template.analyze()
    paths: dict[tuple[str, ...], int] = {}
    for one in sorted((v for several in found.globals.values() for v in several), key=lambda v: v.span.index):
        paths.setdefault(tuple(map(str, one.segments)), one.span.index)
    return Used({name: spans[0].index for name, spans in found.filters.items()}, paths)


def filter_names(limits: Limits = DEFAULT_LIMITS) -> tuple[str, ...]:
    """Every filter that a template may use."""
    return tuple(_sandbox(limits).filters)


class Templates:
    """All templates of a rulebook. `languages`: the author's own first, then those that templates bring."""

    def __init__(self, program: Program, limits: Limits) -> None:
        self._variants, self._limits = program.templates, limits
        self._keys: Keys = program.keys
        self._kinds = tuple(plan.kind for plan in program.situations)
        self._currency = program.currency
        self._ready: dict[str, BoundTemplate | str] = {}
        # The words for a channel in this or the default language, None for none: planning asks for each message and
        # channel. A language is whatever a client says.
        self.chosen = lru_cache(maxsize=1024)(self._choose)
        brought = [variant.language for variants in program.templates.values() for variant in variants]
        self.languages = tuple(dict.fromkeys([program.language, *brought]))

    def _choose(self, name: str, channel: Channel, language: str) -> TemplateVariant | None:
        variants = self._variants.get(name, ())
        for code in dict.fromkeys((language.lower().split("-")[0], self.languages[0])):
            general = None
            for variant in variants:
                if variant.language == code:
                    if variant.channels is not None and channel in variant.channels:
                        return variant
                    if variant.channels is None:
                        general = variant
            if general is not None:
                return general
        return None

    def render(self, name: str, context: RenderContext) -> Rendered:
        """The words. Raises TemplateError."""
        variant = self.chosen(name, context.channel, context.language)
        if variant is None:
            raise TemplateError(
                f"`{name}` has no words for {context.channel.lower()} in `{context.language}`"
            )
        values = self._values(context, variant.language)
        words = {part: self._part(name, source, values) for part, source in variant.parts.items()}
        return Rendered(words["body"], variant.language, words.get("subject"), words.get("short"))

    def _part(self, name: str, source: str, values: Mapping[str, Any]) -> str:
        template = self._ready.get(source)
        if template is None:
            template = self._ready[source] = _parsed(source, self._limits)
        if isinstance(template, str):
            raise TemplateError(f"`{name}`: {template}")
        try:
            return template.render(**values)
        except LiquidError as error:
            raise TemplateError(f"`{name}`: {_said(error)}") from error
        except (ArithmeticError, ValueError, TypeError, RecursionError, LookupError) as error:
            raise TemplateError(f"`{name}`: a filter cannot use its value") from error

    def _values(self, context: RenderContext, language: str) -> dict[str, Any]:
        values = _facts(context)
        env = Env(context.facts, context.zone, context.now, self._keys, subject=context.about)
        for kind in self._kinds:
            one = the_situation(env, kind)
            if one is not None:
                built_in = {
                    name: situation_field(one, name) for name in ("state", "opened", "closed", "reference")
                }
                values[kind] = {**one.data, **_written(built_in)}
        if context.about is not None and context.about.kind in values:
            values["situation"] = values[context.about.kind]
        for promise in context.facts.commitments:
            built_in = {"state": promise.state.lower(), "due": promise.due, "made": promise.promised_at}
            values[promise.name] = {"reference": promise.reference, **_written(built_in)}
        values["message"] = context.message
        values["items"] = [
            {"text": item.short or item.body, "subject": item.subject} for item in context.items
        ]
        values["count"], values["more"] = len(context.items) + context.more, context.more
        values["channel"], values["now"] = context.channel.lower(), format_instant(context.now)
        values["_manner"] = Manner(language, context.zone, self._currency)
        return values


def _facts(context: RenderContext) -> dict[str, Any]:
    """Facts by their names: those of the customer under `customer`, others under their first step."""
    customer: dict[str, Any] = {
        "kind": context.facts.kind.lower(),
        "language": context.language,
        "zone": context.zone,
    }
    values: dict[str, Any] = {"customer": customer}
    for name, fact in context.facts.attributes.items():
        if fact.value is None:
            continue
        first, dot, rest = name.partition(".")
        if dot:
            owner = values.setdefault(first, {})
            if isinstance(owner, dict):
                owner[rest] = fact.value
        else:
            customer[name] = fact.value
    return values


def _written(fields: dict[str, Any]) -> dict[str, Any]:
    """Instants as text, and nothing for what is not there, so that a name without a value is missing."""
    return {
        name: format_instant(value) if isinstance(value, int) else value
        for name, value in fields.items()
        if value is not None
    }
