"""What the log costs: bytes of a decision's record and of an entry beyond its event, snapshots included."""

import asyncio

import msgspec

from artifact.decision import Entry, KeptGate, KeptRecord, decoded_verdict
from artifact.instant import HOUR, MINUTE, Instant
from artifact.message import Delivery, Hold, Message, Request
from benchmarks.line import Line
from benchmarks.scale import Scale
from benchmarks.timing import cpu_each
from benchmarks.world import START, event, grown, request, rulebook, topics_of
from dsl.book import CompiledRulebook
from dsl.verdict import Fired, Traced, Trail, Verdict
from engine.pipeline.run import Run
from engine.traces import FIRED, kept, whole
from store.codec import encode_entry, encode_snapshot

_records = msgspec.msgpack.Encoder(order="deterministic")


def measure(scale: Scale) -> list[Line]:
    """A day in which every fourth event asks for a message."""
    book = rulebook(scale.rules)
    run = asyncio.run(_day(scale))
    entries = run.entries
    records: list[KeptRecord] = [record for entry in entries for record in entry.out]
    mean = sum(len(_records.encode(r)) for r in records) / len(records)
    decided = [_as_decided(record, entry, book) for entry in entries for record in entry.out]
    each = cpu_each(
        lambda: [_records.encode(_kept_anew(one, book)) for one in decided], scale.calls, scale.rounds
    ) / len(decided)
    own = sum(len(msgspec.msgpack.encode(e.event)) for e in entries if e.event is not None)
    all_bytes = sum(len(encode_entry(e)) for e in entries)
    snapshots = len(encode_snapshot(run.snapshot)) / 64 if run.snapshot is not None else 0
    rows = sum(map(_rows_of, records)) / len(records)
    return [
        Line(
            "decision record",
            mean,
            "B",
            600,
            300,
            note=f"{rows:.0f} of {len(book.rules):,} rules told of, "
            f"{len(records) / len(entries):.2f} records an entry",
        ),
        Line("encode a decision record", each * 1e6, "us", 5, 2.5),
        Line("log entry beyond its event", (all_bytes - own) / len(entries) + snapshots, "B", 1_024, 512),
    ]


def _rows_of(record: KeptRecord) -> int:
    """How many rules it tells of."""
    told = decoded_verdict(record.told)
    return len(told.rules) + len(told.counted)


Decision = tuple[Message, Verdict, tuple[KeptGate, ...], str, Instant | None, Instant]


def _kept_anew(one: Decision, book: CompiledRulebook) -> KeptRecord:
    """The first record that tells of a verdict, whose rules fired together before: further records find it packed."""
    one[1].trail.packed = None
    return kept(*one, book)


def _as_decided(kept: KeptRecord, entry: Entry, book: CompiledRulebook) -> Decision:
    """What deciding gives to be packed: a message with its plan, what the rules said of it, the gates that it passed."""
    record = whole(kept, entry, book)
    message = Message(
        kept.message,
        entry.n,
        entry.now,
        Request("core", "", entry.now, ""),
        kept.state,
        kept.reason,
        holds=tuple(Hold(row.kind, row.since, row.until, row.rule) for row in record.holds),
        deliveries=tuple(Delivery("", row.channel, row.state, row.planned_at) for row in record.plan),
    )
    told, looked = record.rules[: _rows_of(kept)], decoded_verdict(kept.told).looked
    verdict = Verdict(
        tuple(Fired(row.rule, 0, ()) for row in told if row.result == FIRED),
        tuple(row for row in told if row.result != FIRED),
        trail=Trail(lambda: Traced(record.reads, looked)),
    )
    return message, verdict, kept.gates, kept.cause, kept.next_at, entry.now


async def _day(scale: Scale) -> Run:
    run = await grown(rulebook(scale.rules), scale.rules)
    run.entries.clear()
    for n in range(120):
        at = START + HOUR + n * MINUTE
        if n % 4 == 0:
            one = request("c0", f"ask {n}", f"topic_{n % topics_of(scale.rules)}", at)
        else:
            one = event("c0", f"step {n}", "step.taken", at, {"step_id": f"s{n}", "amount": 12.5})
        await run.take(one, one.at)
    return run
