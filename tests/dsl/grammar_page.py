"""Write docs/grammar.md anew from the grammar and the lexicon: `python -m tests.dsl.grammar_page`."""

import re
from importlib.resources import files

from dsl.lexicon import tongue
from tests.house.project import ROOT

PAGE = ROOT / "docs" / "grammar.md"
INTRO = """# The grammar on one page

Written by `python -m tests.dsl.grammar_page` from `dsl/language/grammar.lark` and `dsl/language/lexicon.txt`, the two files that the parser reads; a test holds it to them. What each construct means is in [the rule language](language.md).

`"words"` stand for themselves; the table below has them in Spanish, and other ways to say them. `[x]` may be left out, `x*` is any number, `x+` at least one, `a | b` either. Articles are dropped, case and accents do not matter, line breaks mean nothing, `#` begins a comment.

| token | is |
|---|---|
| NAME | `claim`, `claim.amount`, `[premium rise]` |
| STRING | `"text"`, on one line |
| LONG | `<< text >>` or `« text »`, over many lines |
| NUMBER, PERCENT, MONEY | `10,000.5` (Spanish `10.000,5`), `8 %`, `500 EUR`, `500 €` |
| DATE, YEARDAY, TIME | `2 March 2026` or `2026-03-02`, `6 January`, `9:30` |
| UNIT, WEEKDAY | `days`, `working days`; `Monday` |
| ARROW | `=>` |

"""
_ALIAS = re.compile(r"\s*->\s*\w+")
_WORD = re.compile(r"\b_[A-Z_]+\b")


def page() -> str:
    """The whole page."""
    return f"{INTRO}## Productions\n\n```\n{_productions()}\n```\n\n## Words\n\n{_words()}"


def _productions() -> str:
    source = files("dsl").joinpath("language/grammar.lark").read_text("utf-8")
    lines = [line for line in source.splitlines() if not line.startswith(("//", "%"))]
    text = _ALIAS.sub("", "\n".join(lines)).strip()
    text = re.sub(r"^\?", "", text, flags=re.MULTILINE)
    first = tongue("en").first
    return _WORD.sub(lambda found: f'"{first[found[0]]}"', text)


def _words() -> str:
    english, spanish = tongue("en").spelled, tongue("es").spelled
    rows = [(english[key], spanish[key]) for key in english if key.startswith(("_", "UNIT:", "WEEKDAY:"))]
    lines = [f"| {_listed(one)} | {_listed(other)} |" for one, other in sorted(rows)]
    return "| English | Spanish |\n|---|---|\n" + "\n".join(lines) + "\n"


def _listed(spellings: tuple[str, ...]) -> str:
    return ", ".join(f"`{one}`" for one in spellings)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
