"""A rulebook drawn from a seed: a known one with some of its declarations, words or characters changed."""

from collections.abc import Callable
from random import Random

from tests.fuzz.corpus import Corpus, pieces_of

STRANGE = (
    "\0",
    "\ud800",
    "\u202e",
    "“",
    "—",
    "\t",
    "0",
    "-",
    "((((((((((",
    '"',
    "<<",
    ">>",
    "[",
    "]",
    "|",
    "%",
    "  ",
    "#",
)


def rulebook(seed: int, known: Corpus) -> str:
    """One text. Equal for equal seeds and an equal corpus."""
    chance = Random(seed)
    declarations = list(chance.choice(known.books))
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3, 5))):
        chance.choice(_CHANGES)(declarations, chance, known)
    return "\n".join(declarations)


def _drop(declarations: list[str], chance: Random, known: Corpus) -> None:
    if declarations:
        del declarations[chance.randrange(len(declarations))]


def _borrow(declarations: list[str], chance: Random, known: Corpus) -> None:
    declarations.insert(chance.randint(0, len(declarations)), chance.choice(known.declarations))


def _repeat(declarations: list[str], chance: Random, known: Corpus) -> None:
    if declarations:
        declarations.append(chance.choice(declarations))


def _reword(declarations: list[str], chance: Random, known: Corpus) -> None:
    """Change one word of one declaration for another one of the same text, or of any."""
    if declarations:
        at = chance.randrange(len(declarations))
        pieces = pieces_of(declarations[at])
        if pieces:
            source = (
                pieces_of(chance.choice(declarations)) or pieces if chance.random() < 0.6 else known.tokens
            )
            pieces[chance.randrange(len(pieces))] = chance.choice(source)
            declarations[at] = " ".join(pieces)


def _shuffle(declarations: list[str], chance: Random, known: Corpus) -> None:
    """Take words out of one declaration, double them, or change their places."""
    if declarations:
        at = chance.randrange(len(declarations))
        pieces = pieces_of(declarations[at])
        first = chance.randint(0, len(pieces))
        last = chance.randint(first, min(len(pieces), first + 6))
        taken = pieces[first:last]
        rest = pieces[:first] + pieces[last:]
        to = chance.randint(0, len(rest))
        times = chance.choice((0, 1, 2))
        declarations[at] = " ".join(rest[:to] + taken * times + rest[to:])


def _scratch(declarations: list[str], chance: Random, known: Corpus) -> None:
    """Put a strange sign somewhere, or break a declaration off."""
    if declarations:
        at = chance.randrange(len(declarations))
        text = declarations[at]
        cut = chance.randint(0, len(text))
        declarations[at] = (
            text[:cut] if chance.random() < 0.2 else text[:cut] + chance.choice(STRANGE) + text[cut:]
        )


_CHANGES: tuple[Callable[[list[str], Random, Corpus], None], ...] = (
    _drop,
    _borrow,
    _repeat,
    _reword,
    _reword,
    _reword,
    _shuffle,
    _scratch,
)
