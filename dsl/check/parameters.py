"""`parameters`: values with names, each from a day on. The rows of one name are of one type and of different days."""

from dsl.check import literals
from dsl.check.header import Placed
from dsl.check.symbols import Desk, Symbols
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import plain
from dsl.names import Names
from dsl.syntax import Node
from dsl.typed import Dated, Literal, Moment, Parameter
from dsl.types import NUMBER, TEXT, YES_NO, family


def check_parameters(desk: Desk, symbols: Symbols, declarations: list[Placed]) -> None:
    """Type every parameter and declare it."""
    rows: Names[list[Dated]] = Names()
    for node, desk.base in declarations:
        for part in node.nodes():
            _row(desk, symbols, rows, part)
    for name, found in rows.items():
        ordered = tuple(sorted(found, key=lambda row: row.first or 0))
        kinds = {row.value.type.kind for row in ordered}
        of = ordered[0].value.type if len(kinds) == 1 else NUMBER
        symbols.parameters.add(name, Parameter(name, ordered, of))


def _row(desk: Desk, symbols: Symbols, rows: Names[list[Dated]], part: Node) -> None:
    """One value from one day on."""
    word, date = part.word(), part.maybe_word(2)
    others = (symbols.facts, symbols.definitions, symbols.situations, symbols.commitments)
    if any(names.find(word.text) for names in others):
        desk.report(Code.NAME_TAKEN, word, text=word.text)
    value = _value(desk, part.node(1))
    first = None if date is None else literals.day(desk, date)
    if value is None or (date is not None and first is None):
        desk.unread |= {plain(word.text)}  # what is wrong with it was told: nobody is told that there is none
        return
    found = rows.find(word.text)
    if found is None:
        rows.add(word.text, [Dated(first, value)])
    elif any(row.first == first for row in found):
        desk.report(Code.PARAMETER_REPEATED, word, text=word.text)
    elif family(found[0].value.type.kind) is not family(value.type.kind):
        desk.report(Code.TYPE_MISMATCH, part.node(1), found=value.type, wanted=found[0].value.type)
    else:
        found.append(Dated(first, value))


def _value(desk: Desk, node: Node) -> Literal | Moment | None:
    match node.kind:
        case "number":
            return literals.number(desk, node.word())
        case "money":
            return literals.money(desk, node.word())
        case "percent":
            return literals.percent(desk, node.word())
        case "duration":
            return literals.duration(desk, node)
        case "text":
            return Literal(node.word().text, TEXT)
        case "yes" | "no":
            return Literal(node.kind == "yes", YES_NO)
        case "neg":
            value = _value(desk, node.node())
            return Literal(-value.value, value.type) if isinstance(value, Literal) else None
        case "instant":
            found = literals.instant(desk, node)
            return found if isinstance(found, Literal | Moment) else None
        case _:
            desk.report(Code.VALUE_EXPECTED, node)
            return None
