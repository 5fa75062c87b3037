"""Names are the same however an author spells them; what a source sends is spelled as it was declared."""

from dsl.compile import compile_rulebook
from engine.pipeline.rulebook_tests import run_tests

RULEBOOK = """rulebook shop zone "Europe/Madrid" currency EUR end
vocabulary
  event claim.opened: (claimId: text, amount: money)
  event claim.moved: (claimId: text)
  event claim.closed: (claimId: text)
end
category service basis contract channels app, sms end
topic news category service one per CLAIMID must agree in Amount with (claimId: text, amount: money) end
topic bill category service one per Claim_ID end
group digest takes topic news one per claimid waits 1 day from the first template words end
template words in English text "News." end
situation Claim
  one per CLAIMID
  opens on Claim.Opened
  becomes Refused on claim.moved when event.CLAIMID is "one"
  becomes refused on claim.moved when event.claimid is "two"
  closes on claim.closed
  remembers AMOUNT
end
commitment call "A call" one per claimid made on claim.opened within 2 days kept on claim.closed end
message rule "A refused claim is quiet" for topic NEWS when cláim is REFUSED then block end
"""

TEST = """test "Spelled {spelled}" at 2 March 2026 10:00
  when event claim.opened with ({field} = "{id}", Amount = 3 EUR)
  expect claim is open and call is pending
  when event CLAIM.MOVED with (claimId = "{id}")
  expect CLAIM is rEfused
  when message about news with (claimid = "{id}")
  expect block by rule "a refused claim is QUIET"
  when event claim.closed with (claimid = "{id}")
  expect call is kept
end
"""


async def test_a_name_is_found_however_it_is_spelled() -> None:
    tests = [
        TEST.format(spelled=f"{field} {id}", field=field, id=id)
        for field in ("claimId", "CLAIMID", "claimid")
        for id in ("one", "two")
    ]
    checked = compile_rulebook(RULEBOOK + "".join(tests))
    assert checked.diagnostics == ()
    assert checked.rulebook is not None
    results = await run_tests(checked.rulebook, checked.tests)
    assert [one.detail for one in results if not one.passed] == []
    assert len(results) == 6


def test_a_field_is_kept_as_it_was_declared_for_that_is_how_it_is_sent() -> None:
    book = compile_rulebook(RULEBOOK).rulebook
    assert book is not None
    assert (book.topics["news"].one_per, book.topics["news"].must_agree) == ("claimId", ("amount",))
    assert book.topics["bill"].one_per == "Claim_ID"
    assert book.groups["digest"].one_per == "claimId"
    assert book.program.keys == {"Claim": "claimId", "call": "claimId"}
    states = [t.state for plan in book.program.situations for t in plan.transitions if t.state]
    assert states == ["Refused", "Refused"]
