"""Night, Windows, and what else must hold of every hand-over (I5, I6), over whole histories."""

from hypothesis import given

from artifact.instant import DAY
from tests.scenarios.stage import Stage
from tests.simulation.audit import Witness, full_windows
from tests.simulation.histories import History, answers, histories, played
from tests.simulation.rulebooks import rulebooks


@given(rulebooks(), histories(), answers)
def test_nothing_leaves_at_night_without_consent_to_the_dead_or_out_of_its_time(
    text: str, history: History, provider: list[str | None]
) -> None:
    witnesses: list[Witness] = []

    def watch(stage: Stage) -> None:
        witnesses.append(Witness(stage))
        stage.provider = witnesses[0]

    stage = played(text, history, provider=provider, begin=watch)
    stage.pass_until(stage.now + 20 * DAY)
    assert witnesses[0].faults == []
    stage.curtain()


def at_home(history: History) -> History:
    """The history of a customer who stays in one zone and hears only from those who ask."""
    return [s for s in history if s.what not in ("preference.set", "message.sent_elsewhere")]


@given(rulebooks(zone="Europe/Madrid"), histories(most=20, people=False).map(at_home))
def test_no_window_of_a_cap_ever_holds_more_contacts_than_the_cap(text: str, history: History) -> None:
    stage = played(text, history)
    stage.pass_until(stage.now + 20 * DAY)
    book = stage.books.live
    assert book is not None
    exempt = {name for name, topic in book.topics.items() if topic.passes_caps}
    contacts = list(stage.artifact().body.talk.contacts)
    assert full_windows(contacts, exempt, book, book.zone) == []
