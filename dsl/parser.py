"""Pieces to a syntax tree: one declaration, one tree or one finding that says what was expected where.

A word of the language is one only where the grammar takes it; elsewhere it is a name. Refuses nesting beyond the
limit, so that later passes may recurse.
"""

from threading import Lock
from typing import Any, NamedTuple

from dsl.errors import DiagnosticCode, Finding
from dsl.grammar import END, Action, Reduction, Table, table
from dsl.lexicon import CLAUSE_HEADS, HARD, HEADS, Tongue, tongue
from dsl.names import nearest
from dsl.scan import Piece, scan
from dsl.syntax import Node, Word, misread

_DEPTH = 64
"""Height of a syntax tree. Parentheses have a limit of their own, which is lower and has a better message."""

_KEPT = 4 * 1024 * 1024
"""Characters of all the declarations that are remembered: two rulebooks of the largest size."""

_SHOWN = 20
"""How many possible words a message lists."""


class Parsed(NamedTuple):
    """The trees of one cut of the file (more than one where an `end` is missing) and what is wrong with it.

    `unread` are head and name of declarations that could not be read, so that their names are not reported too.
    """

    nodes: tuple[Node, ...]
    findings: tuple[Finding, ...]
    unread: tuple[tuple[str, str], ...] = ()


class Stop(Exception):
    """The parser cannot go on with this declaration."""

    def __init__(self, finding: Finding, index: int) -> None:
        super().__init__(finding.code)
        self.finding = finding
        self.index = index


def parse_declaration(text: str, code: str, nesting: int) -> Parsed:
    """Parse one declaration. Remembered: of a file with one edited rule, one rule is parsed."""
    found = _kept.get((text, code, nesting))
    if found is None:
        found = _parse(text, code, nesting)
        _keep((text, code, nesting), found)
    return found


_Key = tuple[str, str, int]
_kept: dict[_Key, Parsed] = {}
_characters = 0
_lock = Lock()


def _keep(key: _Key, parsed: Parsed) -> None:
    """Remember it, and forget those that have been here the longest."""
    global _characters
    with _lock:
        if key not in _kept:
            _characters += len(key[0])
        _kept[key] = parsed
        while _characters > _KEPT:
            oldest = next(iter(_kept))
            _characters -= len(oldest[0])
            del _kept[oldest]


def _parse(text: str, code: str, nesting: int) -> Parsed:
    words = tongue(code)
    pieces, faults = scan(text, words)
    if faults and not (pieces and pieces[0].key in words.later):
        found = tuple(Finding(f.code, f.start, f.end, {"text": _shown(f.text)}) for f in faults)
        return Parsed((), found, (_headed(pieces, words),) if pieces else ())
    nodes: list[Node] = []
    findings: list[Finding] = []
    unread: list[tuple[str, str]] = []
    while pieces:
        before, count = pieces, len(nodes)
        pieces = _one(text, pieces, words, nesting, nodes, findings)
        if len(nodes) == count:
            unread.append(_headed(before, words))
    return Parsed(tuple(nodes), tuple(findings), tuple(unread))


def _headed(pieces: list[Piece], words: Tongue) -> tuple[str, str]:
    """The terminal that heads a declaration, and the name that follows."""
    for phrase, terminals in words.trie.get(pieces[0].key or "", ()):
        if terminals[0][0] in HEADS and tuple(piece.key for piece in pieces[: len(phrase)]) == phrase:
            return terminals[0][0], pieces[len(phrase)].text if len(pieces) > len(phrase) else ""
    return "", pieces[1].text if len(pieces) > 1 else ""


def _one(
    text: str, pieces: list[Piece], words: Tongue, nesting: int, nodes: list[Node], findings: list[Finding]
) -> list[Piece]:
    """Parse one declaration; what is given back begins another one, because an `end` was missing."""
    first = pieces[0]
    later = words.later.get(first.key or "")
    if later is not None:
        findings.append(Finding(DiagnosticCode.NOT_AVAILABLE, first.start, first.end, {"what": later}))
        return []
    try:
        nodes.append(Driver(pieces, words, nesting, len(text)).run())
        return []
    except Stop as stop:
        cut = _next_head(text, pieces, words, stop.index)
        if cut:
            findings.append(_not_closed(pieces[:cut], words))
            return pieces[cut:]
        findings.append(stop.finding)
        return []


def _not_closed(part: list[Piece], words: Tongue) -> Finding:
    name = part[min(2 if part[0].key in ("event", "message", "regla") else 1, len(part) - 1)]
    return Finding(
        DiagnosticCode.DECLARATION_NOT_CLOSED,
        part[0].start,
        part[0].end,
        {"name": _shown(name.text), "end": words.first["_END"]},
    )


def _next_head(text: str, pieces: list[Piece], words: Tongue, failed: int) -> int:
    """Where, first on its line, another declaration surely begins; 0 if nowhere."""
    for index in range(1, len(pieces)):
        piece = pieces[index]
        if piece.kind != "WORD" or "\n" not in text[pieces[index - 1].end : piece.start]:
            continue
        for phrase, terminals in words.trie.get(piece.key or "", ()):
            if tuple(p.key for p in pieces[index : index + len(phrase)]) != phrase:
                continue
            head = terminals[0][0]
            if head in HEADS and (head not in CLAUSE_HEADS or index == failed):
                return index
            break
    return 0


class Driver:
    """Runs the table over one declaration's pieces."""

    def __init__(self, pieces: list[Piece], words: Tongue, nesting: int, size: int) -> None:
        self.pieces, self.words, self.nesting, self.size = pieces, words, nesting, size
        self.table: Table = table()
        self.stack = [self.table.start]
        self.values: list[tuple[Any, int, int]] = []
        self.index = 0

    def run(self) -> Node:
        self._check_nesting()
        self._read()
        self.feed(END, "", self.size, self.size, self.index)
        value = self.values[0][0]
        if not isinstance(value, Node):
            raise misread(value)
        return value

    def _read(self) -> "Driver":
        while self.index < len(self.pieces):
            begin = self.index
            terminal, text = self.terminal()
            last = self.pieces[self.index - 1]
            self.feed(terminal, text, self.pieces[begin].start, last.end, begin)
        return self

    def _check_nesting(self) -> None:
        depth = 0
        for index, piece in enumerate(self.pieces):
            if piece.kind == "OP" and piece.text in "()":
                depth += 1 if piece.text == "(" else -1
                if depth > self.nesting:
                    raise Stop(_too_deep(piece.start, piece.end, self.nesting), index)

    def terminal(self) -> Any:
        """The next terminal: the longest phrase that the grammar takes here, else a name, a text, a sign."""
        piece = self.pieces[self.index]
        self.index += 1
        if piece.kind == "OP":
            return self.table.signs.get(piece.text, piece.text), piece.text
        if piece.kind != "WORD":
            return piece.kind, piece.text
        entry = self.words.trie.get(piece.key or "")
        return self._phrase(entry, piece) if entry else ("NAME", piece.text)

    def _phrase(self, entry: Any, piece: Piece) -> tuple[str, str]:
        actions = self.table.states[self.stack[-1]]
        for words, terminals in entry:
            extra = len(words) - 1
            if extra and not self._follows(words):
                continue
            for terminal, value in terminals:
                action = actions.get(terminal)
                if action is not None and (type(action) is int or self._accepts(terminal)):
                    self.index += extra
                    return terminal, value
            if terminals[0][0] in HARD:
                self.index += extra
                return terminals[0][0], piece.text
        if "NAME" not in actions:
            return entry[-1][1][0][0], piece.text
        return "NAME", piece.text

    def _follows(self, words: tuple[str, ...]) -> bool:
        pieces, index = self.pieces, self.index
        if index + len(words) - 1 > len(pieces):
            return False
        return all(pieces[index + i].key == word for i, word in enumerate(words[1:]))

    def _accepts(self, terminal: str) -> bool:
        """Would the parser really take it? LALR merges look-aheads, so the table alone says yes too often."""
        stack, states = list(self.stack), self.table.states
        while True:
            action: Action | None = states[stack[-1]].get(terminal)
            if action is None:
                return terminal == END and stack[-1] == self.table.end
            if type(action) is int:
                return True
            assert isinstance(action, Reduction)
            if action.size:
                del stack[-action.size :]
            stack.append(states[stack[-1]][action.origin])  # type: ignore[arg-type]  # behind a rule stands a state

    def feed(self, terminal: str, text: str, start: int, end: int, index: int) -> None:
        states, stack = self.table.states, self.stack
        while True:
            if terminal == END and stack[-1] == self.table.end:
                return
            action = states[stack[-1]].get(terminal)
            if action is None:
                raise Stop(self._unexpected(terminal, start, end, index), index)
            if type(action) is int:
                stack.append(action)
                visible = not terminal.startswith("_")
                self.values.append((Word(terminal, text, start, end) if visible else None, start, end))
                return
            assert isinstance(action, Reduction)
            self._reduce(action, start)

    def _reduce(self, rule: Reduction, position: int) -> None:
        size = rule.size
        items = self.values[-size:] if size else []
        if size:
            del self.values[-size:]
            del self.stack[-size:]
        start, end = (items[0][1], items[-1][2]) if items else (position, position)
        self.values.append((_built(rule, items, start, end, self.nesting), start, end))
        goto = self.table.states[self.stack[-1]][rule.origin]
        self.stack.append(goto)  # type: ignore[arg-type]  # behind a rule stands a state

    def _unexpected(self, terminal: str, start: int, end: int, index: int) -> Finding:
        if terminal == END:
            return _not_closed(self.pieces, self.words)
        piece = self.pieces[index]
        if index == 0:
            heads = {
                self.words.first[head].partition(" ")[0]: self.words.first[head] for head in sorted(HEADS)
            }
            near = nearest(piece.text, heads)
            values = {"text": _shown(piece.text), "near": heads[near] if near else ""}
            return Finding(DiagnosticCode.DECLARATION_UNKNOWN, piece.start, piece.end, values)
        # On a merged look-ahead the parser has reduced already and forgotten what else could stand here: read anew.
        expected = Driver(self.pieces[:index], self.words, self.nesting, self.size)._read()._expected()
        more = ["..."] if len(expected) > _SHOWN else []
        values = {"text": _shown(piece.text or " "), "expected": ", ".join(expected[:_SHOWN] + more)}
        near = nearest(piece.text, list(map(_unquoted, expected)))
        values["near"] = near or ""
        before = self.pieces[index - 1]
        if before.kind == piece.kind == "WORD" and not {before.key, piece.key} & self.words.trie.keys():
            values["several"] = f"{before.text} {piece.text}"
        return Finding(DiagnosticCode.WORD_UNEXPECTED, start, end, values)

    def _expected(self) -> list[str]:
        """What the author could have written here: values first, then words, signs only where nothing else can be."""
        known = [t for t in self.table.states[self.stack[-1]] if t in self.words.first or t in _OTHERS]
        possible = sorted(t for t in known if t not in _NOT_YET and self._accepts(t))
        values = [_OTHERS[t] for t in possible if t in _OTHERS and t not in _SIGNS]
        words = [f"`{self.words.first[t]}`" for t in possible if t in self.words.first and t not in _ANYWHERE]
        aside = [f"`{self.words.first[t]}`" for t in possible if t in _ANYWHERE]
        return values + sorted(words, key=_unquoted) + sorted(aside, key=_unquoted) or [
            _OTHERS[t] for t in possible
        ]


_NOT_YET = frozenset({"_START_JOURNEY", "_STOP_JOURNEY"})
"""Words that the grammar knows and the checker refuses: nobody should be told to write them."""

_ANYWHERE = frozenset(
    {"_PRIORITY", "_VALID_FROM", "_OWNER", "_SOURCE", "_EXCEPTION_TO", "_IF_UNKNOWN", "_AGENT_MAY_RELEASE"}
)
"""What is said of a rule may stand almost anywhere in it, so it is named last."""

_OTHERS = {
    "NAME": "a name",
    "STRING": "a text in quotes",
    "NUMBER": "a number",
    "MONEY": "an amount of money",
    "DATE": "a date",
    "YEARDAY": "a day of the year",
    "TIME": "a time of day",
    "LONG": "a long text",
    "HIT": "which rows count",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COMMA": "`,`",
    "COLON": "`:`",
    "EQUAL": "`=`",
}
_SIGNS = frozenset({"LPAR", "RPAR", "COMMA", "COLON", "EQUAL"})


def _too_deep(start: int, end: int, nesting: int) -> Finding:
    return Finding(DiagnosticCode.TOO_DEEP, start, end, {"limit": str(nesting)})


def _built(rule: Reduction, items: list[tuple[Any, int, int]], start: int, end: int, nesting: int) -> Any:
    if (
        rule.helper and rule.steps and rule.steps[0] in rule.inlined
    ):  # a repetition: grow its list, do not copy it
        parts: list[Any] = items[rule.steps[0]][0]
        steps = rule.steps[1:]
    else:
        parts, steps = [], rule.steps
    for step in steps:
        if step < 0:
            parts.append(None)
        elif step in rule.inlined:
            parts.extend(items[step][0])
        else:
            parts.append(items[step][0])
    if rule.helper:
        return parts
    if rule.unwrapped and len(parts) == 1:
        return parts[0]
    return _node(rule.name, parts, start, end, nesting)


def _node(kind: str, parts: list[Any], start: int, end: int, nesting: int) -> Node:
    depth = 1
    for part in parts:
        if part.__class__ is Node and part.depth >= depth:
            depth = part.depth + 1
    if depth > _DEPTH:
        raise Stop(_too_deep(start, end, nesting), 0)
    return Node(kind, tuple(parts), start, end, depth)


def _unquoted(word: str) -> str:
    return word.strip("`")


def _shown(text: str) -> str:
    """User input as it is quoted in a message: one line, not too long."""
    line = " ".join(text.split())
    return line if len(line) <= 40 else line[:39] + "…"
