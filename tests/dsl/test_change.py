"""How two rulebooks differ: in rules about messages alone, or in more, which concerns everybody."""

import pytest

from dsl.book import CompiledRulebook
from dsl.compile import compile_rulebook

TEXT = """
rulebook changing
  zone "Europe/Madrid"
  currency EUR
  owner "Nobody"
end
vocabulary
  customer.tier: one of (basic, gold)
  event page.viewed: (page: text)
end
category service  basis contract  channels sms end
topic bill  category service  template plain end
event rule "Seen"
  on page.viewed
  then set customer.tier to gold
end
message rule "One"
  for topic bill
  when customer.tier is gold
  then avoid sms
end
message rule "Two"
  for topic bill
  then set the urgency to low
end
template plain
  by sms in English text "News."
end
"""


def book(*edits: tuple[str, str]) -> CompiledRulebook:
    text = TEXT
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    checked = compile_rulebook(text)
    assert checked.rulebook is not None, checked.diagnostics
    return checked.rulebook


@pytest.mark.parametrize(
    ("edit", "names"),
    [
        (("avoid sms", "avoid email"), {"One"}),
        (('"One"', '"Uno"'), {"One", "Uno"}),
        (("is gold\n", "is basic\n"), {"One"}),
        (("to gold", "to basic"), set()),
        (('"News."', '"Good news."'), set()),
        (("topic bill  category", 'topic bill  called "Bill"  category'), set()),
        (('owner "Nobody"', 'owner "Eva"'), set()),
        (("  for topic bill\n  when", "\n  for topic bill\n\n  when"), set()),
    ],
)
def test_rules_that_differ_are_named_and_what_deciding_does_not_read_is_none(
    edit: tuple[str, str], names: set[str]
) -> None:
    for change in (book(edit).change_from(book()), book().change_from(book(edit))):
        assert change is not None
        assert change.names == names


@pytest.mark.parametrize(
    "edit",
    [
        ("Europe/Madrid", "Europe/Paris"),
        ("channels sms", "channels sms, email"),
        ("by sms in English", "by sms, email in English"),
        ("then set the", "when any messages in the last 2 days\n  then set the"),
    ],
)
def test_where_deciding_reads_anything_else_that_differs_nothing_is_told(edit: tuple[str, str]) -> None:
    assert book(edit).change_from(book()) is None
    assert book().change_from(book(edit)) is None
