"""Names with dots: `customer.age`, `claim.amount`, `event.outcome`, `message.topic`, and what each reads."""

from dsl.check.symbols import Definition, Desk, Fields, ListInfo, SituationInfo, Symbols
from dsl.check.where import Where
from dsl.errors import DiagnosticCode as Code
from dsl.lexicon import plain
from dsl.syntax import Word
from dsl.typed import SAID, Parameter, Read, Scope
from dsl.types import INSTANT, TEXT, Kind, Type

_KINDS = Type(Kind.ONE_OF, ("anonymous", "lead", "customer", "former"))
_CUSTOMER = {"kind": _KINDS, "language": TEXT, "zone": TEXT}
URGENCY = Type(Kind.ONE_OF, ("low", "normal", "high", "critical"))
_SITUATION = {"opened": INSTANT, "closed": INSTANT, "reference": TEXT}
_COMMITMENT = {"due": INSTANT, "made": INSTANT, "reference": TEXT}
_MESSAGE = {"urgency": URGENCY, "source": TEXT, "at": INSTANT, "key": TEXT}


class Paths:
    """Resolves names against what is declared and what is readable at a place."""

    def __init__(self, desk: Desk, symbols: Symbols) -> None:
        self.desk, self.symbols = desk, symbols

    def subject(self, name: str) -> SituationInfo | None:
        """The situation that a bare name speaks of, unless a fact is called so."""
        return None if self.symbols.facts.find(name) else self.symbols.situations.find(name)

    def commitment(self, name: str) -> str | None:
        """The commitment that a bare name speaks of."""
        found = self.symbols.commitments.find(name)
        return found.name if found else None

    def definition(self, name: str) -> Definition | None:
        """The definition of that name."""
        return self.symbols.definitions.find(name)

    def parameter(self, name: str, where: Where) -> Parameter | None:
        """The parameter of that name, unless the one at hand has a field called so."""
        found = self.symbols.parameters.find(name)
        return found if found is None or self._item(name, where) is None else None

    def read(self, word: Word, where: Where, *, quiet: bool = False) -> Read | None:
        """What this name reads here; reports where it reads nothing, unless `quiet`."""
        name = word.text
        found = self._item(name, where) or self._fact(name)
        if found:
            return found
        first, dot, rest = name.partition(".")
        if dot:
            root = self.desk.tongue.builtin(first)
            if root == "event" and not self.symbols.events.find(name):
                return self._event(word, rest, where, quiet)
            if root == "message":
                return self._message(word, rest, where, quiet)
            if root == "customer" and plain(rest) in _CUSTOMER:
                field = plain(rest)
                return Read(Scope.CUSTOMER, "", field, f"customer.{field}", _CUSTOMER[field])
            owned = self._owned(word, first, rest, quiet)
            if not isinstance(owned, bool):
                return owned
        if not quiet:
            self.desk.unknown(Code.NAME_UNKNOWN, word, name, self._known(where))
        return None

    def item(self, word: Word, info: ListInfo) -> Read | None:
        """The field of each one of a list; reported where there is none."""
        found = self._item(word.text, Where(item=info))
        if found is None:
            own = ["state", *_SITUATION] if info.situation is not None else ["at"] if info.dated else []
            self.desk.unknown(
                Code.FIELD_UNKNOWN, word, word.text, [*info.fields, *own], owner=f"`{info.name}`"
            )
        return found

    def _item(self, name: str, where: Where) -> Read | None:
        """A field of the one at hand, by itself or after what it is called: `premium`, `policy.premium`."""
        info = where.item
        if info is None:
            return None
        if plain(name).startswith(plain(info.each) + "."):
            name = name[len(info.each) + 1 :]
        built_in = self.desk.tongue.builtin(name)
        if info.situation is not None:
            found = situation_field(info.situation, built_in, name)
            return Read(Scope.ITEM, info.name, found[0], found[0], found[1]) if found else None
        of = info.fields.find(name) or (info.fields.find(built_in) if info.source in SAID else None)
        if of is None:
            at = info.dated and built_in == "at"
            return Read(Scope.ROW_AT, info.name, "at", "at", INSTANT) if at else None
        spelled = info.fields.spelled(name if info.fields.find(name) else built_in)
        return Read(Scope.SAID if info.source in SAID else Scope.ROW, info.name, spelled, spelled, of)

    def _fact(self, name: str) -> Read | None:
        of = self.symbols.facts.find(name)
        if of is None:
            return None
        shown = self.symbols.facts.spelled(name)
        return Read(Scope.ATTRIBUTE, "", stored(shown, self.desk), shown, of)

    def _event(self, word: Word, field: str, where: Where, quiet: bool) -> Read | None:
        if where.event is None:
            if not quiet:
                self.desk.report(Code.NOT_READABLE_HERE, word, text=word.text, what="an event")
            return None
        of = where.event.find(field)
        if of is None and self.desk.tongue.builtin(field) == "at":
            return Read(Scope.EVENT_AT, "", "at", "event.at", INSTANT)
        if of is None or plain(field) in where.clashing:
            if not quiet and of is not None:
                self.desk.report(Code.FIELD_AMBIGUOUS, word, text=field)
            elif not quiet:
                self.desk.unknown(Code.FIELD_UNKNOWN, word, field, where.event, owner="the event")
            return None
        spelled = where.event.spelled(field)
        return Read(Scope.EVENT, "", spelled, f"event.{spelled}", of)

    def _message(self, word: Word, field: str, where: Where, quiet: bool) -> Read | None:
        if not where.message:
            if not quiet:
                self.desk.report(Code.NOT_READABLE_HERE, word, text=word.text, what="a message")
            return None
        name = self.desk.tongue.builtin(field)
        if name in ("topic", "category"):
            names = self.symbols.topics if name == "topic" else self.symbols.categories
            return Read(Scope.MESSAGE, "", name, f"message.{name}", Type(Kind.ONE_OF, tuple(names)))
        if name in _MESSAGE:
            return Read(Scope.MESSAGE, "", name, f"message.{name}", _MESSAGE[name])
        of = where.data.find(field) if where.data else None
        if of is None or where.data is None:
            if not quiet:
                known = [*(where.data or ()), "topic", "category", *_MESSAGE]
                self.desk.unknown(Code.FIELD_UNKNOWN, word, field, known, owner="the message")
            return None
        spelled = where.data.spelled(field)
        return Read(Scope.MESSAGE_DATA, "", spelled, f"message.{spelled}", of)

    def _owned(self, word: Word, owner: str, field: str, quiet: bool) -> "Read | bool | None":
        """A field of a situation or a commitment; False if there is none of that name."""
        name = self.desk.tongue.builtin(field)
        info = self.symbols.situations.find(owner)
        if info is not None:
            found = situation_field(info, name, field)
            if found:
                return Read(Scope.SITUATION, info.kind, found[0], f"{info.kind}.{found[0]}", found[1])
            if not quiet:
                known = [*info.fields, *_SITUATION, "state"]
                self.desk.unknown(Code.FIELD_UNKNOWN, word, field, known, owner=f"`{info.kind}`")
            return None
        commitment = self.symbols.commitments.find(owner)
        if commitment is None:
            return False
        if name in _COMMITMENT:
            shown = f"{commitment.name}.{name}"
            return Read(Scope.COMMITMENT, commitment.name, name, shown, _COMMITMENT[name])
        if not quiet:
            self.desk.unknown(Code.FIELD_UNKNOWN, word, field, _COMMITMENT, owner=f"`{commitment.name}`")
        return None

    def _known(self, where: Where) -> list[str]:
        symbols = self.symbols
        names = [
            *symbols.facts,
            *symbols.definitions,
            *symbols.parameters,
            *symbols.situations,
            *symbols.commitments,
        ]
        names += symbols.scorecards
        names += [f"{name}.{output}" for name, info in symbols.tables.items() for output in info.outputs]
        names += [f"customer.{field}" for field in _CUSTOMER] + ["visiting"]
        names += [f"event.{field}" for field in where.event or ()]
        if where.item is not None:
            names += [*where.item.fields, *(("state", *_SITUATION) if where.item.situation else ())]
        return names


def stored(name: str, desk: Desk) -> str:
    """The attribute under which a fact is kept: `customer.` is not part of it, any other first step is."""
    first, _, rest = name.partition(".")
    return rest if rest and desk.tongue.builtin(first) == "customer" else name


def situation_field(info: SituationInfo, builtin: str, name: str) -> tuple[str, Type] | None:
    """A field of a situation with its type: remembered ones first, then those that every situation has."""
    of = info.fields.find(name)
    if of is not None:
        return info.fields.spelled(name), of
    if builtin == "state":
        return "state", Type(Kind.ONE_OF, tuple(info.states))
    return (builtin, _SITUATION[builtin]) if builtin in _SITUATION else None


def everywhere(symbols: Symbols) -> Where:
    """Where all that can be read anywhere can be read."""
    events, _ = merged([fields for _, fields in symbols.events.items()])
    data, _ = merged([fields for _, fields in symbols.topics.items()])
    return Where(event=events, message=True, data=data)


def merged(many: list[Fields]) -> tuple[Fields, list[str]]:
    """The fields of several events or topics together, and the names on whose type or spelling they disagree.

    A rule finds a name however it is spelled; in what a source sends, `claimId` and `claimid` are two.
    """
    together: Fields = Fields()
    clashing: list[str] = []
    for fields in many:
        for name, of in fields.items():
            known, spelled = together.find(name), together.spelled(name)
            if known is None:
                together.add(name, of)
            elif (known != of or spelled != name) and spelled not in clashing:
                clashing.append(spelled)
    return together, clashing
