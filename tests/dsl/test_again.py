"""What is remembered of earlier texts: a text means the same, and has the same faults, whatever was compiled before."""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl import parser
from dsl.book import CompiledRulebook
from dsl.check import frame, program
from dsl.check.behaviour import Behaviour
from dsl.compile import Checked, compile_rulebook
from tests.dsl import large
from tests.dsl.support import PRELUDE, rule

HEADS = [
    PRELUDE,
    PRELUDE.replace("whole number from 0 to 120", "text"),
    PRELUDE.replace("in English text", "in Spanish text"),
]
DECLARATIONS = [
    rule("customer.age is at least 65", name="Age"),
    rule("customer.age is at least 65", "block", name="Age"),
    rule("customer.aage is 3", name="Wrong"),
    rule('customer.city is "Lugo"', name="City", meta='exception to "Age"'),
    rule("customer.age is 3", name="age", meta='exception to "City"'),
    rule("storm is open", name="Stormy"),
    'message rule "Unread" for topic hail when then block end\n',
    'message rule "Hail" for topics hail, survey when claim is open then avoid sms end\n',
    "vocabulary define old as customer.age is at least 65 end\n",
    "vocabulary define about_water as event.kind is water end\n",
    rule("old", name="Old"),
    rule("about_water", name="Water"),
    'event rule "Watery" on claim.opened when about_water then send survey by email end\n',
    'event rule "Noted" on claim.noted when about_water then send survey by email end\n',
    "situation storm opens on claim.opened closes on claim.closed end\n",
    "situation storm opens on claim.opened closes closes end\n",
    "topic hail category marketing end\n",
    "topic hail category end\n",
    'test "One" at 2 March 2026 10:00 when message about cross_sell expect deliver by sms by rule "Age" end\n',
    'test "Two" at 2 March 2026 10:00 when message about hail expect nothing end\n',
    "# nothing\n",
    "\n",
    'message rule "Open" when claim is open then avoid sms\n',
    "template more in English text <<never closed end\n",
]

texts = st.tuples(
    st.sampled_from(HEADS), st.lists(st.sampled_from(DECLARATIONS), max_size=9), st.booleans()
).map(lambda drawn: "".join(drawn[1]) + drawn[0] if drawn[2] else drawn[0] + "".join(drawn[1]))


@contextmanager
def nothing_remembered() -> Iterator[None]:
    with (
        patch.object(parser, "_kept", {}),
        patch.object(parser, "_characters", 0),
        patch.object(frame, "_kept", {}),
    ):
        yield


def meaning(checked: Checked) -> object:
    """All that a compiled text is."""
    book = checked.rulebook
    program = book.program if isinstance(book, CompiledRulebook) else None
    return program, checked.diagnostics, checked.cost, checked.tests


@settings(max_examples=50, deadline=None)
@given(st.lists(texts, min_size=1, max_size=6))
def test_a_text_means_the_same_whatever_was_compiled_before(many: list[str]) -> None:
    for text in many:
        again = meaning(compile_rulebook(text))
        with nothing_remembered():
            assert again == meaning(compile_rulebook(text))


def test_of_a_large_rulebook_only_what_was_edited_is_parsed_and_checked() -> None:
    text = large.rulebook_text(rules=60, topics=20)
    with nothing_remembered():
        assert compile_rulebook(text).diagnostics == ()
        with (
            patch.object(parser, "_parse", wraps=parser._parse) as parsed,
            patch.object(program, "frame_of", wraps=frame.frame_of) as framed,
            patch.object(
                Behaviour, "message_rule", autospec=True, side_effect=Behaviour.message_rule
            ) as checked,
        ):
            for round_ in range(3):
                assert compile_rulebook(large.edited(text, round_)).rulebook is not None
        assert parsed.call_count == 3
        assert checked.call_count == 3
        assert framed.call_count == 0


def test_what_is_remembered_is_bounded() -> None:
    with nothing_remembered(), patch.object(parser, "_KEPT", 2_000):
        for number in range(40):
            compile_rulebook(PRELUDE.replace("Europe/Madrid", "UTC") + rule(f"customer.age is {number}"))
            compile_rulebook(f"rulebook book_{number} end")
        assert sum(len(text) for text, _, _ in parser._kept) == parser._characters <= 2_000
        assert len(frame._kept) == frame._MOST


def test_a_rule_that_spoke_of_what_could_not_be_read_is_checked_anew() -> None:
    says = 'message rule "Hail" for topics hail, survey when claim is open then avoid sms end\n'
    with nothing_remembered():
        broken = compile_rulebook(f"{PRELUDE}topic hail category end\n{says}")
        assert [one.code.value for one in broken.diagnostics] == ["WORD_UNEXPECTED"]
        assert [one.code.value for one in compile_rulebook(PRELUDE + says).diagnostics] == ["NAME_UNKNOWN"]
