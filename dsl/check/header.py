"""The header of a rulebook: its name, zone, currency and language; and where each declaration begins."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from dsl.check.symbols import Desk
from dsl.currency import DECIMALS
from dsl.errors import DiagnosticCode as Code
from dsl.syntax import Node, Word

LANGUAGES = ("en", "es", "cs")


class Header(NamedTuple):
    """What the `rulebook` declaration says."""

    name: str = ""
    zone: str = "UTC"
    currency: str = "EUR"
    owner: str | None = None
    language: str | None = None


class Placed(NamedTuple):
    """A declaration and where it begins in the file."""

    node: Node
    base: int


def header_of(desk: Desk, declarations: list[Placed], *, told: bool = False) -> Header:
    """The header; reports a missing one at the start of the file, unless something was `told` about it."""
    found = [placed for placed in declarations if placed.node.kind == "rulebook"]
    if not found and told:
        return Header()
    if not found:
        desk.base = 0
        desk.report(Code.HEADER_MISSING, Word("NAME", "", 0, 0), text=desk.tongue.first["_RULEBOOK"])
        return Header()
    for extra in found[1:]:
        desk.base = extra.base
        desk.report(Code.NAME_TAKEN, extra.node.word(), text=extra.node.word().text)
    node, desk.base = found[0]
    parts = {part.kind: part for part in node.nodes()}
    header = Header(node.word().text)
    if "zone" in parts:
        header = header._replace(zone=zone_named(desk, parts["zone"].word()))
    if "currency" in parts:
        header = header._replace(currency=_currency(desk, parts["currency"].word()))
    if "language" in parts:
        header = header._replace(language=_language(desk, parts["language"].word()))
    if "owner" in parts:
        header = header._replace(owner=parts["owner"].word().text)
    return header


def zone_named(desk: Desk, word: Word) -> str:
    """A time zone by its name in the tz database; reported where there is none."""
    try:
        ZoneInfo(word.text)
    except (KeyError, ValueError, OSError):
        desk.report(Code.ZONE_UNKNOWN, word, text=word.text)
        return "UTC"
    return word.text


def _language(desk: Desk, word: Word) -> str | None:
    """The language of texts that name none, and of customers who have none."""
    code = desk.tongue.builtin(word.text)
    if code in LANGUAGES:
        return code
    desk.unknown(Code.VALUE_UNKNOWN, word, word.text, desk.built_in(LANGUAGES))
    return None


def _currency(desk: Desk, word: Word) -> str:
    if word.text.upper() not in DECIMALS:
        desk.unknown(Code.CURRENCY_UNKNOWN, word, word.text, DECIMALS)
        return "EUR"
    return word.text.upper()
