"""Text to compiled rulebook: everything new, and one edited rule among many that are known.

"New" is checked and compiled too, so it is more than parsing alone.
"""

from itertools import count
from time import process_time

from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_seconds
from benchmarks.world import compiled, rulebook_text
from dsl.cut import cut
from dsl.lexicon import tongue_of
from dsl.parser import parse_declaration

_SEEDS = count(1_000)


def measure(scale: Scale) -> list[Line]:
    """Parsing, and the way from one edited rule to a rulebook that could go live."""
    return [_parsing(scale), _edited(scale)]


def _parsing(scale: Scale) -> Line:
    def one_text() -> float:
        pieces = _pieces(rulebook_text.__wrapped__(scale.rules, next(_SEEDS)))
        began = process_time()
        for piece in pieces:
            parse_declaration(piece, "en", 20)
        return (process_time() - began) / len(pieces)

    each = min(one_text() for _ in range(scale.rounds))
    whole = cpu_seconds(lambda: compiled(rulebook_text.__wrapped__(scale.rules, next(_SEEDS))), 1)
    note = f"a new text of {scale.rules:,} rules is compiled in {whole:.2f} s"
    return Line("parse", 1 / each, "rules/s", 2_500, 3_500, more_is_better=True, note=note)


def _pieces(text: str) -> list[str]:
    return [piece.text for piece in cut(text, tongue_of(text)) if piece.text.startswith("message rule")]


def _edited(scale: Scale) -> Line:
    text = rulebook_text(scale.rules)
    compiled(text)
    numbers = count()

    def edit() -> None:
        compiled(text.replace('message rule "Rule 5"', f'message rule "Rule five {next(numbers)}"'))

    milliseconds = cpu_seconds(edit, scale.rounds) * 1e3
    return Line(f"one edited rule of {scale.rules:,}, live", milliseconds, "ms", 100, 50)
