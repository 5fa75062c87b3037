"""Words for one delivery: which variant, in whose manner, and what a template may not do."""

from typing import Any

import pytest

from artifact.limits import Limits
from dsl.compile import compile_rulebook
from dsl.template import TemplateError
from dsl.verdict import RenderContext, Rendered
from tests.dsl.support import NOW, PRELUDE, ZONE, Channel, Facts, Subject, book, claim, customer

OPEN = claim("S1", amount=1234.5, kind="water")


def render(
    template: str,
    facts: Facts | None = None,
    *,
    channel: Channel = Channel.SMS,
    language: str = "en",
    **rest: Any,
) -> Rendered:
    context = RenderContext(
        customer(OPEN, name="Ana", preferences__marketing=True) if facts is None else facts,
        rest.get("message", {}),
        rest.get("about"),
        channel,
        language,
        ZONE,
        NOW,
        rest.get("items", ()),
        rest.get("more", 0),
    )
    return book(f"template letter {template} end").render("letter", context)


def words(source: str, facts: Facts | None = None, **rest: Any) -> str:
    return render(f"in English text <<{source}>>", facts, **rest).body


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("Dear {{ customer.name }}", "Dear Ana"),
        ("{{ claim.state }} {{ claim.reference }}", "open S1"),
        ("{{ claim.amount | money }}", "€1,234.50"),
        ("{{ claim.opened | date }}", "27 February 2026"),
        ("{{ claim.opened | instant }}", "27 February 2026, 11:00"),
        ("{{ now | time }}", "11:00"),
        ("{{ now | month }}", "March"),
        ("{{ claim.amount | number: 1 }}", "1,234.5"),
        ("{{ -3 | money }}", "-€3.00"),
        ("{{ preferences.marketing }}", "true"),
        ("{{ customer.city | default: 'none' }}", "none"),
        ("{% if claim.satisfaction %}yes{% else %}no{% endif %}", "no"),
        ("{{ channel }} {{ customer.language }}", "sms en"),
    ],
)
def test_what_a_template_reads(source: str, said: str) -> None:
    assert words(source) == said


def test_each_language_has_its_manner() -> None:
    template = 'in English text "x" in Spanish text "{{ claim.amount | money }}, {{ claim.opened | date }}"'
    assert render(template, language="es-ES").body == "1.234,50 €, 27 de febrero de 2026"


def test_the_variant_of_the_channel_comes_before_the_general_one_and_the_language_before_both() -> None:
    template = 'in English text "any" by sms in English text "sms" in Spanish text "todos"'
    assert render(template).body == "sms"
    assert render(template, channel=Channel.APP).body == "any"
    assert render(template, language="es").body == "todos"
    assert render(template, language="fr") == Rendered("sms", "en")


def test_parts_are_body_subject_and_short() -> None:
    template = 'in English title "T" text "B" short "S"'
    assert render(template) == Rendered("B", "en", "T", "S")


def test_the_claim_of_a_template_is_the_one_the_message_is_about() -> None:
    facts = customer(OPEN, claim("S2", amount=7))
    assert (
        words("{{ claim.amount }} {{ situation.reference }}", facts, about=Subject("claim", "S2")) == "7 S2"
    )


def test_a_digest_lists_its_items() -> None:
    items = (Rendered("long one", "en", short="one"), Rendered("two", "en"))
    assert words(
        "{% for item in items %}{{ item.text }};{% endfor %}{{ more }}/{{ count }}", items=items, more=3
    ) == ("one;two;3/5")


def test_there_are_words_only_for_declared_channels() -> None:
    rulebook = book('template letter by sms in English text "x" end')
    assert rulebook.has_template("letter", Channel.SMS, "es")
    assert not rulebook.has_template("letter", Channel.APP, "en")
    assert not rulebook.has_template("nobody", Channel.SMS, "en")


@pytest.mark.parametrize(
    "source",
    [
        "{{ customer.city }}",
        "{{ message.nobody }}",
        "{{ claim.satisfaction }}",
        "{{ customer.name | money }}",
        "{{ customer.name | date }}",
        "{{ 'now' | date }}",
        "{{ 3 | divided_by: 0 }}",
        "{% for i in (1..100000000) %}{% endfor %}",
        "{{ (1..100000000) | join: '' }}",
        "{% for i in (1..9999) %}{% for j in (1..9999) %}{% endfor %}{% endfor %}",
        "{% for i in (1..9000) %}0123456789{% endfor %}",
        "{% assign s = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..40) %}{% assign s = s | append: s %}{% endfor %}",
        "{% assign s = 'aaaaaaaaaaaaaaaa' %}{% for i in (1..9) %}{% assign s = s | replace: 'a', s %}{% endfor %}",
        "{% capture s %}{% for i in (1..9999) %}0123456789{% endfor %}{% endcapture %}{{ s | size }}",
    ],
)
@pytest.mark.timeout(30)
def test_a_template_that_fails_or_passes_a_limit_says_so_soon(source: str) -> None:
    with pytest.raises(TemplateError, match="`letter`"):
        words(source)


@pytest.mark.parametrize("source", ["{% include 'x' %}", "{% render 'x' %}", "{% if %}", "{{ x"])
def test_what_liquid_cannot_read_is_told_when_the_rulebook_is_checked(source: str) -> None:
    found = compile_rulebook(PRELUDE + f"template letter in English text <<{source}>> end").diagnostics
    assert [one.code.value for one in found] == ["TEMPLATE_SYNTAX"]


@pytest.mark.parametrize(
    ("source", "code", "near"),
    [
        ("{{ customer.name | mony }}", "NAME_UNKNOWN", "money"),
        ("{{ clam.amount }}", "NAME_UNKNOWN", "claim"),
        ("{{ claim.amuont }}", "FIELD_UNKNOWN", "amount"),
        ("{{ customer.nmae }}", "FIELD_UNKNOWN", "name"),
    ],
)
def test_a_name_that_can_never_be_there_is_told_when_the_rulebook_is_checked(
    source: str, code: str, near: str
) -> None:
    [found] = compile_rulebook(PRELUDE + f"template letter in English text <<{source}>> end").diagnostics
    assert (found.code, found.help) == (code, f"did you mean `{near}`?")


def test_limits_are_those_of_the_installation() -> None:
    text = PRELUDE + "template letter in English text <<{% for i in (1..9) %}x{% endfor %}>> end"
    rulebook = compile_rulebook(text, Limits(template_rounds=5)).rulebook
    assert rulebook is not None
    with pytest.raises(TemplateError):
        rulebook.render("letter", RenderContext(Facts(), {}, None, Channel.SMS, "en", ZONE, NOW))


def test_a_label_is_the_name_given_for_the_language_else_the_name_in_words() -> None:
    rulebook = book('topic fine_print category service called "Fine print" in Spanish "Letra pequeña" end')
    assert rulebook.label("topic", "fine_print", "es-MX") == "Letra pequeña"
    assert rulebook.label("topic", "fine_print", "fr") == "Fine print"
    assert rulebook.label("topic", "claim_update", "en") == "claim update"
    assert rulebook.label("commitment", "adjuster_call", "es") == "El perito llama"


def test_an_unknown_topic_is_unclassified_and_breaks_nothing() -> None:
    topic = book().topic("never_heard_of")
    assert (topic.classified, topic.basis, topic.category) == (False, "consent", "unclassified")
