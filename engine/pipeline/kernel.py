"""A group of jobs through the kernel and into the store: load, step, commit, once or not at all (I1, I2).

Runs on whatever event loop calls it; over the embedded store nothing in it suspends, so that the loop's thread is
the one engine-and-writer thread. One customer's fault never touches another's.
"""

import logging
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from artifact.customer import Artifact
from artifact.decision import EventStatus, Intent
from artifact.errors import ErrorCode, InputError
from artifact.event import Event, EventKey
from artifact.instant import SECOND
from artifact.limits import Limits
from engine.books import Books
from engine.builtin import ALWAYS_ADMITTED
from engine.judging import Memo
from engine.pipeline.pasts import Pasts
from engine.pipeline.run import Run
from engine.scene import Scene
from store.port import Commit, CommitResult, Loaded, Store, Want

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """One thing to do for a customer: fold `event`, or hand over `deliveries` for `worker`, or just wake her up.

    `passing`: there is nothing to come, so she takes nobody's place at hand. The rest is the answer.
    """

    customer_id: str
    event: Event | None = None
    deliveries: tuple[str, ...] = ()
    worker: str = ""
    passing: bool = False
    status: EventStatus = EventStatus.REJECTED
    version: int | None = None
    error: InputError | None = None
    fault: Exception | None = None
    taken: tuple[str, ...] = ()
    artifact: Artifact | None = field(default=None, repr=False)


class Kernel:
    """Steps customers and commits them. `environment` names what else decisions depend on, for the log."""

    def __init__(
        self, store: Store, books: Books, limits: Limits, environment: str, kept_hot: int = 1_000
    ) -> None:
        self.store = store
        self.books = books
        self.limits = limits
        self.environment = environment
        self._pasts = Pasts(store, books)
        self._hot: OrderedDict[str, Run] = OrderedDict()
        self._kept_hot = kept_hot

    def scene(self) -> Scene:
        """The setting of the next step."""
        return Scene(self.books.live, self.books.revision, self.limits, self.environment)

    async def process(self, jobs: Sequence[Job]) -> None:
        """Do the jobs, several of one customer in their order; each job then holds its answer.

        Raises InputError STORE_UNAVAILABLE where the store cannot answer; then none of the jobs counts as done.
        """
        pending = group_by_customer(jobs)
        for _ in range(self.limits.commit_attempts):
            conflicts = await self._attempt(pending)
            if not conflicts:
                return
            pending = {customer: pending[customer] for customer in conflicts}
        for jobs_of_one in pending.values():
            for job in jobs_of_one:
                job.error = InputError(
                    ErrorCode.TOO_BUSY, "this customer is being changed by others without pause"
                )
                job.status = EventStatus.REJECTED

    async def _attempt(self, pending: dict[str, list[Job]]) -> list[str]:
        """One try; the customers whose version had moved on meanwhile."""
        self.books.turn(self.store.now())
        wants = [
            Want(customer, _keys(jobs), self._version_at_hand(customer)) for customer, jobs in pending.items()
        ]
        loaded = await self.store.load(wants)
        runs: list[tuple[Run, Commit]] = []
        for (customer, jobs), found in zip(pending.items(), loaded, strict=True):
            run = self._begin(customer, found, all(job.passing for job in jobs))
            if not await self._run(run, jobs):
                continue
            commit = run.commit()
            if commit is None:
                self._keep_hot(run)
            elif self._too_large(commit, jobs):
                await self._one_by_one(jobs)
            else:
                runs.append((run, commit))
        return await self._commit(runs)

    def _version_at_hand(self, customer: str) -> int | None:
        hot = self._hot.get(customer)
        return hot.artifact.version if hot is not None else None

    def _begin(self, customer: str, found: Loaded, passing: bool) -> Run:
        """Take her up; until she is committed she is not at hand, so whatever fails is forgotten."""
        run = self._hot.pop(customer, None)
        if run is None or not (found.unchanged or _is_newest(run.artifact, found.artifact)):
            run = Run(
                found.artifact or Artifact(customer), self.scene(), self.books.epoch, self._pasts, Memo()
            )
            run.passing = passing
        self.books.turn_to(run.artifact.epoch)
        run.go_on(self.scene(), self.books.epoch, found.known)
        return run

    async def _run(self, run: Run, jobs: list[Job]) -> bool:
        """Do one customer's jobs; False where she cannot be brought up to date: then nothing of hers is committed."""
        now = self.store.now()
        if run.artifact.epoch > run.epoch:
            return self._refuse(run, jobs, unconfirmed())
        for job in jobs:
            job.error = job.fault = None
            try:
                await run.catch_up(now)  # before each: the job before may have made something due
            except Exception as fault:
                self._give_up(run, jobs, fault)
                return False
            try:
                await self._do(run, job, now)
            except InputError as error:
                job.status, job.error = EventStatus.REJECTED, error
            except Exception as fault:
                log.exception("customer %s: a job failed", run.customer_id)
                job.status, job.fault = EventStatus.REJECTED, fault
            job.artifact = run.artifact
        return True

    def _refuse(self, run: Run, jobs: list[Job], error: InputError) -> bool:
        for job in jobs:
            job.status, job.error, job.fault = EventStatus.REJECTED, error, None
        return False

    def _give_up(self, run: Run, jobs: list[Job], fault: Exception) -> None:
        log.error("customer %s: cannot be brought up to date", run.customer_id, exc_info=fault)
        for job in jobs:
            job.status, job.error, job.fault = EventStatus.REJECTED, None, fault

    async def _do(self, run: Run, job: Job, now: int) -> None:
        if job.event is not None:
            job.status, job.version = await run.take(job.event, now)
        elif job.deliveries:
            if now > self.books.confirmed_until:
                raise unconfirmed()
            intent = Intent(job.deliveries, job.worker, now + self.limits.intent_seconds * SECOND)
            job.taken = run.intend(intent, now)
            job.version = run.artifact.version

    def _too_large(self, commit: Commit, jobs: list[Job]) -> bool:
        """Past the hard limit the event fails, never the customer, and never what is always admitted."""
        if (
            commit.body is None
            or len(commit.body) <= self.limits.artifact_hard_bytes
            or all(self._always_admitted(job) for job in jobs)
        ):
            return False
        if len(jobs) == 1:
            jobs[0].status = EventStatus.REJECTED
            jobs[0].error = InputError(
                ErrorCode.ARTIFACT_TOO_LARGE,
                f"the artifact would pass {self.limits.artifact_hard_bytes} bytes",
                help="keep large values in the back-end and send references",
            )
        return True

    def _always_admitted(self, job: Job) -> bool:
        if job.event is None or job.event.type in ALWAYS_ADMITTED:
            return True
        book = self.books.live
        return (
            job.event.type == "message.requested"
            and book is not None
            and book.topic(job.event.data["topic"]).critical
        )

    async def _one_by_one(self, jobs: list[Job]) -> None:
        if len(jobs) > 1:
            for job in jobs:
                await self.process([job])

    async def _commit(self, runs: list[tuple[Run, Commit]]) -> list[str]:
        if not runs:
            return []
        results = await self.store.commit([commit for _, commit in runs])
        conflicts = []
        for (run, _), result in zip(runs, results, strict=True):
            if result is CommitResult.COMMITTED:
                run.committed()
                self._keep_hot(run)
            else:
                conflicts.append(run.customer_id)
        return conflicts

    def _keep_hot(self, run: Run) -> None:
        if run.passing:
            return
        self._hot[run.customer_id] = run
        while len(self._hot) > self._kept_hot:
            self._hot.popitem(last=False)


def _is_newest(hot: Artifact, found: Artifact | None) -> bool:
    return found is not None and found.version == hot.version


def group_by_customer(jobs: Sequence[Job]) -> dict[str, list[Job]]:
    """The jobs of each customer, in their order."""
    grouped: dict[str, list[Job]] = {}
    for job in jobs:
        grouped.setdefault(job.customer_id, []).append(job)
    return grouped


def unconfirmed() -> InputError:
    """What is answered while another process may know of a newer publication (I6)."""
    return InputError(
        ErrorCode.STORE_UNAVAILABLE,
        "it is not known whether a newer rulebook is in force",
        help="send the same again a little later",
    )


def _keys(jobs: list[Job]) -> tuple[EventKey, ...]:
    return tuple(job.event.key for job in jobs if job.event is not None)
