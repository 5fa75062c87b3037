"""What authors write who know the page by heart only nearly: it is taken as meant, or told with the cure."""

import pytest

from artifact.limits import DEFAULT_LIMITS
from dsl.compile import compile_rulebook
from dsl.format import format_rulebook
from dsl.parser import parse_declaration
from dsl.syntax import shape_of
from tests.dsl.support import PRELUDE, book, checked, codes

OF_THE_RULE = "priority 60 if unknown ignore valid from 1 March 2026"
WHEN = "when customer.age is at least 60"


def helps(text: str) -> list[str | None]:
    return [one.help for one in checked(text).diagnostics]


@pytest.mark.parametrize(
    "rule",
    [
        f'message rule "R" for topic survey {OF_THE_RULE} {WHEN} then block end',
        f'message rule "R" for topic survey {WHEN} {OF_THE_RULE} then block end',
        f'message rule "R" priority 60 for topic survey if unknown ignore {WHEN} valid from 1 March 2026 then block end',
    ],
)
def test_what_is_said_of_a_rule_may_stand_anywhere_before_then(rule: str) -> None:
    on_top = f'message rule "R" {OF_THE_RULE} for topic survey {WHEN} then block end'
    assert book(rule).program == book(on_top).program


def test_it_may_stand_so_in_event_rules_and_experiments_too() -> None:
    event_rule = 'event rule "E" on claim.opened priority 70 when event.amount > 3 EUR owner "me" then send apology end'
    assert book(event_rule).program.event_rules[-1].priority == 70
    experiment = (
        "experiment e for topic survey priority 70 when customer.age > 3 variant soft 50 % then deliver end"
    )
    [arm] = book(experiment).program.experiments[-1].arms
    assert arm.rule.priority == 70


def test_where_the_author_put_it_there_it_stays() -> None:
    rule = f'message rule "R"\n  for topic survey\n  {WHEN}\n  if unknown ignore\n  then block\nend\n'
    assert format_rulebook(rule, DEFAULT_LIMITS) == rule


def test_a_comma_that_is_a_pause_means_nothing() -> None:
    paused = 'message rule "R" for topic survey, when claim is open, and visiting is web, then block, because "No" end'
    plain = paused.replace(",", "")
    shapes = [shape_of(parse_declaration(text, "en", 20).nodes[0]) for text in (paused, plain)]
    assert shapes[0] == shapes[1]
    assert codes('message rule "R" for topic survey when claim, is open then block end') == [
        "WORD_UNEXPECTED"
    ]


@pytest.mark.parametrize("when", ["2 March 2026 at 10:00", "2 March 2026, 10:00", "2026-03-02 at 10:00"])
def test_an_hour_may_be_said_after_its_day_as_people_say_it(when: str) -> None:
    rule = 'message rule "R" for topic survey then postpone until {} end test "T" at {} expect nothing end'
    assert book(rule.format(when, when)).program == book(rule.format(*["2 March 2026 10:00"] * 2)).program


def test_it_is_said_so_in_spanish_too() -> None:
    text = 'regla de mensaje "R" para el tema survey entonces aplazar hasta el 2 de marzo de 2026 a las 10:00 fin'
    [one], [other] = (parse_declaration(t, "es", 20).nodes for t in (text, text.replace(" a las", "")))
    assert shape_of(one) == shape_of(other)


def test_a_bare_number_where_an_amount_is_wanted_is_given_its_currency() -> None:
    rule = 'event rule "E" on claim.opened when event.amount > {} then send apology end'
    assert helps(rule.format("10,000")) == ["did you mean `10000 EUR`?"]
    assert codes(rule.format("10,000 EUR")) == []


def test_what_programmers_write_for_is_is_read_as_is() -> None:
    rule = 'message rule "R" for topic survey when customer.tier {} gold then avoid sms end'
    [one], [other] = (parse_declaration(rule.format(sign), "en", 20).nodes for sign in ("==", "is"))
    assert shape_of(one) == shape_of(other)


@pytest.mark.parametrize(
    ("written", "first"),
    [("is greater than", "is more than"), ("is above", "is more than"), ("is fewer than", "is less than")],
)
def test_other_words_for_a_comparison_are_the_same_comparison(written: str, first: str) -> None:
    rule = 'message rule "R" for topic survey when customer.age {} 60 then avoid sms end'
    [one], [other] = (parse_declaration(rule.format(words), "en", 20).nodes for words in (written, first))
    assert shape_of(one) == shape_of(other)


def test_nothing_is_near_a_single_sign() -> None:
    [told] = helps('message rule "R" for topic survey then postpone 2 hours end')
    assert told is not None
    assert "did you mean" not in told
    assert "`for`" in told


def test_a_name_of_several_words_is_shown_in_its_brackets() -> None:
    [told] = helps('message rule "R" for topic survey when heat pump is open then block end')
    assert told is not None
    assert told.startswith("if `heat pump` is one name, write `[heat pump]`; possible here: ")
    [told] = helps("topic spring offer category service end")
    assert told is not None
    assert "`[spring offer]`" in told


def test_what_may_stand_in_a_place_is_named_whatever_word_stands_there() -> None:
    # `en` may go on after other things than a name, so the parser has gone ahead when it finds that it may not here.
    spanish = """reglamento modales zona "Europe/Madrid" moneda EUR fin
vocabulario cliente.visto: fecha fin
categoría servicio base contrato fin
tema nota categoría servicio fin
regla de mensaje "R" para el tema nota cuando hay alguna nota con (visto en los últimos 3 días) entonces bloquear fin
"""
    [found] = compile_rulebook(spanish).diagnostics
    assert found.code == "WORD_UNEXPECTED"
    assert found.help is not None
    assert "`es`" in found.help


def test_a_header_that_cannot_be_read_makes_no_currency_the_wrong_one() -> None:
    text = PRELUDE.replace("manners zone", "manners of ours zone").replace("EUR", "GBP")
    rule = 'message rule "R" for topic survey when customer.value > 3 GBP then deliver end'
    assert [one.code for one in compile_rulebook(text + rule).diagnostics] == ["WORD_UNEXPECTED"]


WORDS = "Dear {{ customer.nme }}, {{ claim.amout | mony }} of {{ clam.amount }}"


def test_every_slip_in_a_text_is_told_at_its_word() -> None:
    text = f'template t in English text "{WORDS}" end'
    found = checked(text).diagnostics
    lines = (PRELUDE + text).split("\n")
    told = [lines[one.line - 1][one.column - 1 : one.end_column - 1] for one in found]
    assert told == ["customer.nme", "claim.amout", "mony", "clam.amount"]


def test_every_slip_in_a_long_text_is_told_too() -> None:
    found = checked(f"template t in English text <<\n  {WORDS}\n>> end").diagnostics
    assert sorted(one.message.split("`")[1] for one in found) == ["amout", "clam", "mony", "nme"]
