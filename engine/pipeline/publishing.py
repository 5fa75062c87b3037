"""Saving, publishing and rolling back rulebooks: what is put in force, by whom, when, and whether it may be.

A publication is a row and nothing else; customers follow it as they are touched, or by the sweep. Refuses a text with
errors, one whose own tests fail (unless told otherwise), and whoever has not seen the newest publication.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from artifact.errors import ErrorCode, InputError
from artifact.instant import DAY, Instant
from artifact.limits import Limits
from dsl.book import CompiledRulebook
from dsl.compile import Checked
from dsl.rulebook import Rulebook
from engine.books import ALWAYS, CONFIRMED, NOTICE, Books
from engine.pipeline.rulebook_tests import TestResult, run_tests
from store.port import Publication, RulebookRow, Store

Check = Callable[[str], Awaitable[Checked]]

FARTHEST = 366 * DAY
"""How far ahead a rulebook may be published."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Who publishes, and how. `call` names the call, so that sent again it is answered and not done again.

    `expected_epoch` is the newest epoch that the actor saw; `effective_at` None: at once.
    """

    actor: str
    call: str = ""
    expected_epoch: int | None = None
    effective_at: Instant | None = None
    even_if_tests_fail: bool = False


class Publishing:
    """Over one store, for one process."""

    def __init__(self, store: Store, books: Books, check: Check, limits: Limits) -> None:
        self._store = store
        self._books = books
        self._check = check
        self._limits = limits

    async def save(
        self, text: str, author: str, id: str, base: str | None = None
    ) -> tuple[RulebookRow, Checked]:
        """Keep a text, with its errors if it has any. `base` is the version that its author began from.

        Raises InputError EDIT_CONFLICT where another text was saved since, RULEBOOK_UNKNOWN for an unknown `base`.
        """
        newest = (await self._row(base, "baseVersionId")).number if base is not None else None
        checked = await self._check(text)
        revision = checked.rulebook.revision if checked.rulebook is not None else None
        return await self._store.save_rulebook(text, author, id, revision, newest), checked

    async def draft(self, rulebook_id: str) -> Rulebook:
        """A saved text, compiled once. Raises InputError RULEBOOK_UNKNOWN or RULEBOOK_INVALID."""
        row = await self._row(rulebook_id)
        book = self._books.known(row.revision or "")
        if book is None:
            book = _publishable(await self._check(row.text))
            await asyncio.to_thread(self._books.prepare, book)
            self._books.keep(book)
        return book

    async def publish(self, rulebook_id: str, order: Order) -> Publication:
        """Put a saved text in force, at once or at an instant to come.

        What is published already, or was by this very call, answers with its publication. Raises InputError
        RULEBOOK_UNKNOWN, RULEBOOK_INVALID, RULEBOOK_TESTS_FAILED, INSTANT_INVALID, or EDIT_CONFLICT where another
        publication came first.
        """
        publications = await self._store.publications()
        done = _done(publications, rulebook_id, order, self._store.now())
        if done is not None:
            return done
        checked = await self._check((await self._row(rulebook_id)).text)
        book = _publishable(checked)
        if not order.even_if_tests_fail:
            await self._demand_tests(checked)
        return await self._append(rulebook_id, book, order, publications)

    async def roll_back(self, rulebook_id: str | None, order: Order) -> Publication:
        """Put in force again what was before: a new publication. None: what the newest publication replaced.

        Its tests are not run: it has been in force. Raises InputError RULEBOOK_NEVER_PUBLISHED, and as `publish`.
        """
        publications = await self._store.publications()
        again = _of_call(publications, order, rulebook_id)
        if again is not None:
            return again
        if rulebook_id is not None:
            await self._row(rulebook_id)
        target = earlier(publications, rulebook_id, self._store.now())
        done = _done(publications, target, order, self._store.now())
        if done is not None:
            return done
        return await self._append(target, await self.draft(target), order, publications)

    async def refresh(self) -> None:
        """Confirm what is in force: without this a process commits no intents under it (I6).

        Raises InputError STORE_INVALID where the store does not hold its text: nothing may leave under another one.
        """
        now = self._store.now()
        await self._books.follow(await self._store.publications(), now)
        self._books.confirmed_until = now + CONFIRMED if self._store.shared else ALWAYS

    async def _append(
        self, rulebook_id: str, book: Rulebook, order: Order, known: Sequence[Publication]
    ) -> Publication:
        newest = known[-1].epoch if known else 0
        expected = newest if order.expected_epoch is None else order.expected_epoch
        await asyncio.to_thread(self._books.prepare, book)
        at = self._effective_at(order.effective_at)
        made = await self._store.publish(rulebook_id, book.revision, at, order.actor, expected, order.call)
        self._books.keep(book)
        await self.refresh()
        made = made or _of_call(await self._store.publications(), order, rulebook_id)
        if made is None:
            raise InputError(
                ErrorCode.EDIT_CONFLICT,
                "another rulebook was published meanwhile",
                help="read it, then publish again",
                path=("expectedEpoch",),
            )
        return made

    def _effective_at(self, asked: Instant | None) -> Instant:
        """Where several processes share the store, all must have heard of it before it holds."""
        now = self._store.now()
        if asked is not None and not now <= asked <= now + FARTHEST:
            raise InputError(
                ErrorCode.INSTANT_INVALID,
                "a rulebook is published for now, or for an instant within a year",
                help="leave `effectiveAt` out to publish at once",
                path=("effectiveAt",),
            )
        soonest = now + NOTICE if self._store.shared else now
        return max(soonest, asked or 0)

    async def test(self, checked: Checked) -> list[TestResult]:
        """Run the tests that a text brings; none where it has errors."""
        if checked.rulebook is None or not checked.tests:
            return []
        # In a thread of its own: virtual time computes for long and waits for nothing.
        return await asyncio.to_thread(asyncio.run, run_tests(checked.rulebook, checked.tests, self._limits))

    async def _demand_tests(self, checked: Checked) -> None:
        results = await self.test(checked)
        failed = [result.name for result in results if not result.passed]
        if failed:
            named = ", ".join(f"“{name}”" for name in failed[:3])
            raise InputError(
                ErrorCode.RULEBOOK_TESTS_FAILED,
                f"{len(failed)} of its {len(results)} tests fail: {named}",
                help="mend the rules or the tests; `evenIfTestsFail` publishes all the same",
                path=("versionId",),
            )

    async def _row(self, rulebook_id: str, path: str = "versionId") -> RulebookRow:
        row = await self._store.rulebook(rulebook_id)
        if row is None:
            raise InputError(
                ErrorCode.RULEBOOK_UNKNOWN, f"no rulebook `{rulebook_id}` was saved", path=(path,)
            )
        return row


def _publishable(checked: Checked) -> CompiledRulebook:
    if checked.rulebook is None:
        raise InputError(
            ErrorCode.RULEBOOK_INVALID,
            "a text with errors is never published",
            help="run checkRulebook and mend what it finds",
            path=("versionId",),
        )
    return checked.rulebook


def _of_call(
    publications: Sequence[Publication], order: Order, rulebook_id: str | None
) -> Publication | None:
    """What this very call made already. Raises InputError EVENT_CONFLICT where it asked for something else then."""
    found = next((one for one in publications if order.call and one.call == order.call), None)
    if found is not None and rulebook_id not in (None, found.rulebook_id):
        raise InputError(
            ErrorCode.EVENT_CONFLICT,
            f"the call `{order.call}` published another version",
            help="an id is given once: publish this version under an id of its own",
            path=("id",),
        )
    return found


def _done(
    publications: Sequence[Publication], rulebook_id: str, order: Order, now: Instant
) -> Publication | None:
    """The publication that this order would only repeat."""
    again = _of_call(publications, order, rulebook_id)
    if again is not None or not publications or publications[-1].rulebook_id != rulebook_id:
        return again
    newest, at = publications[-1], order.effective_at
    same = newest.effective_at <= now if at is None else newest.effective_at == at
    return newest if same else None


def earlier(publications: Sequence[Publication], rulebook_id: str | None, now: Instant) -> str:
    """The text to go back to. Raises InputError RULEBOOK_NEVER_PUBLISHED where there is none."""
    were = [one.rulebook_id for one in publications if _was_in_force(one, publications, now)]
    if rulebook_id is None:
        newest = publications[-1].rulebook_id if publications else None
        found = next((id for id in reversed(were) if id != newest), None)
    else:
        found = rulebook_id if rulebook_id in were else None
    if found is not None:
        return found
    raise InputError(
        ErrorCode.RULEBOOK_NEVER_PUBLISHED,
        "nothing was in force before" if rulebook_id is None else f"`{rulebook_id}` has never been in force",
        help="publishRulebook puts a version in force for the first time",
        path=("versionId",),
    )


def _was_in_force(one: Publication, publications: Sequence[Publication], now: Instant) -> bool:
    """Its instant came, and before that of any later publication."""
    later = (other.effective_at for other in publications if other.epoch > one.epoch)
    return one.effective_at <= now and all(one.effective_at <= at for at in later)
