"""Templates: for which channels and languages there are words, and whether the words are Liquid."""

from artifact.channel import Channel
from dsl.check.effects import Effects
from dsl.check.header import Placed
from dsl.errors import DiagnosticCode as Code
from dsl.program import TemplateVariant
from dsl.syntax import Node, Word
from dsl.template import filter_names, syntax_fault, used_by

PARTS = ("subject", "body", "text", "title", "short")
_STORED = {"text": "body", "title": "subject"}


def check_templates(effects: Effects, placed: list[Placed]) -> dict[str, tuple[TemplateVariant, ...]]:
    """All templates by name."""
    found: dict[str, tuple[TemplateVariant, ...]] = {}
    for one in placed:
        node, effects.desk.base = one
        variants: list[TemplateVariant] = []
        for part in node.nodes():
            _add(effects, variants, _variant(effects, part, node.word().text), part)
        own = effects.desk.language
        if variants and all(variant.language != own for variant in variants):
            effects.desk.report(
                Code.TEMPLATE_LANGUAGE_MISSING, node.word(), text=node.word().text, language=own
            )
        found.setdefault(node.word().text, tuple(variants))
    return found


def _variant(effects: Effects, node: Node, name: str) -> TemplateVariant:
    names = node.maybe_node(0) if node.kind == "variant" else None
    language = node.maybe_word(1 if node.kind == "variant" else 0)
    code = effects.desk.tongue.builtin(language.text) if language else effects.desk.language
    channels: tuple[Channel, ...] | None = effects.channels(names) if names else None
    parts: dict[str, str] = {}
    for part in node.all("part"):
        kind = effects.desk.tongue.builtin(part.word(0).text)
        if kind not in PARTS:
            effects.desk.unknown(
                Code.VALUE_UNKNOWN, part.word(0), part.word(0).text, effects.desk.built_in(PARTS)
            )
        elif _STORED.get(kind, kind) in parts:
            effects.desk.report(Code.PART_REPEATED, part.word(0), text=part.word(0).text)
        _check_source(effects, part.word(1))
        parts[_STORED.get(kind, kind)] = part.word(1).text
    if "body" not in parts:
        effects.desk.report(Code.PART_MISSING, node, text=name, what="body")
    return TemplateVariant(code, channels, parts)


def _check_source(effects: Effects, word: Word) -> None:
    """Whether it is Liquid, and whether what it names can be there."""
    fault = syntax_fault(word.text)
    if fault:
        effects.desk.report(Code.TEMPLATE_SYNTAX, word, text=fault)
        return
    used = used_by(word.text)
    for name, index in used.filters.items():
        if name not in filter_names():
            place = _named(word, name, index)
            effects.desk.unknown(Code.NAME_UNKNOWN, place, name, filter_names(), what="a filter")
    for path, index in used.paths.items():
        _check_path(effects, _named(word, ".".join(path), index), path)


def _named(text: Word, name: str, index: int) -> Word:
    """The name inside its text. A long text lost its indentation on the way here, so there it is the text as a whole."""
    start = text.start + 1 + index
    return Word("NAME", name, start, start + len(name)) if text.kind == "STRING" else text


_ALWAYS = ("customer", "message", "situation", "items", "count", "more", "channel", "now")
_CUSTOMER = ("kind", "language", "zone")
_SITUATION = ("state", "opened", "closed", "reference")


def _check_path(effects: Effects, word: Word, path: tuple[str, ...]) -> None:
    """A name that can never be there would make every letter fail."""
    symbols, desk = effects.symbols, effects.desk
    first, field = path[0], path[1] if len(path) > 1 else None
    facts = [name.partition(".") for name in symbols.facts]
    roots = [*_ALWAYS, *symbols.situations, *symbols.commitments, *(name for name, _, _ in facts)]
    if first not in roots:
        desk.unknown(Code.NAME_UNKNOWN, word, first, roots)
        return
    info = symbols.situations.find(first)
    known: list[str] = []
    if first == "customer":
        known = [*_CUSTOMER, *(rest for name, _, rest in facts if desk.tongue.builtin(name) == "customer")]
    elif info is not None:
        known = [*_SITUATION, *info.fields]
    if known and field is not None and field not in known:
        desk.unknown(Code.FIELD_UNKNOWN, word, field, known, owner=f"`{first}`")


def _add(effects: Effects, variants: list[TemplateVariant], new: TemplateVariant, node: Node) -> None:
    for known in variants:
        same = known.channels is new.channels or set(known.channels or ()) & set(new.channels or ())
        if known.language == new.language and same:
            effects.desk.report(Code.TEMPLATE_REPEATED, node, text=new.language)
            return
    variants.append(new)
