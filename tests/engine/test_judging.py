"""What is kept of judging from one entry to the next, and for how long."""

from msgspec.structs import replace

from artifact.facts import Fact, Facts, Happened
from artifact.message import Message, Request
from dsl.effects import Block
from dsl.seen import Seen
from dsl.verdict import Spoken
from engine.judging import Asking, Memo
from tests.engine.handmade import Rule, handmade
from tests.engine.world import CUSTOMER, MONDAY

KNOWN = Facts(attributes={"age": Fact(44, 0)})
SEEN = Seen(KNOWN, {})


def kept(facts: Facts = KNOWN, revision: str = "r1", said: Spoken | None = None) -> Memo:
    """A memo of KNOWN under r1, once it is to fit these."""
    memo = Memo()
    memo.keep_fitting(KNOWN, "r1")
    memo.seen = SEEN
    memo.keep_fitting(facts, revision, said or Spoken())
    return memo


def test_what_was_seen_of_a_customer_is_seen_as_long_as_her_memory_stays_as_it_is() -> None:
    assert kept().seen is SEEN
    assert kept(replace(KNOWN, high_water=None)).seen is SEEN
    assert kept(said=Spoken(messages=(Happened(0, {"id": "m1"}),))).seen is SEEN


def test_it_is_forgotten_with_what_was_remembered_or_the_rulebook() -> None:
    assert kept(Facts(attributes={"age": Fact(45, 0)})).seen is None
    assert kept(revision="r2").seen is None


def test_a_message_that_goes_on_in_the_name_of_another_request_is_judged_by_that_one() -> None:
    book = handmade(Rule("of_crm", (Block(),), lambda asked, facts, now: asked.source == "crm"))
    memo, message = Memo(), Message("m1", 1, MONDAY, Request("crm", "r1", MONDAY, "receipt"))
    memo.keep_fitting(KNOWN, book.revision)
    assert Asking(CUSTOMER, KNOWN, book, MONDAY, memo).about(message).ruling.block == "of_crm"
    taken_over = replace(message, request=Request("core", "r2", MONDAY, "receipt"))
    assert Asking(CUSTOMER, KNOWN, book, MONDAY, memo).about(taken_over).ruling.block is None
