"""`define`: checked once with everything readable, so that a mistake shows even where nobody uses the name yet."""

from dsl.check.effects import Effects
from dsl.check.expressions import is_condition
from dsl.check.header import Placed
from dsl.check.paths import everywhere
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.syntax import Node, Word


def check_definitions(effects: Effects, vocabularies: list[Placed]) -> None:
    """Check every definition by itself."""
    symbols, desk = effects.symbols, effects.desk
    where = everywhere(symbols)
    for node, base in vocabularies:
        desk.base = base
        for part in node.all("define"):
            word = part.word()
            definition = symbols.definitions.find(word.text)
            if definition is None or definition.node is not part.parts[1]:
                continue
            if symbols.facts.find(word.text) or symbols.situations.find(word.text):
                desk.report(Code.NAME_TAKEN, word, text=word.text)
            definition.open = True
            _check(effects, definition.node, word, where)
            definition.open = False
            desk.base = base


def _check(effects: Effects, node: Node, word: Word, where: Where) -> None:
    while node.kind == "group":
        node = node.node()
    if is_condition(node):
        effects.condition(node, where)
    else:
        effects.value(node, where)
