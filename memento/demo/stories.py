"""Three customers' day in words: what happened, what was decided then, and where each message stands now.

All of it is read through the public API with one query.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from memento.client import Client
from memento.demo.action import ZONE
from memento.demo.scripts import SCRIPTS

STORY = """query Story($id: ID!) {
  customer(id: $id) {
    facts
    messages(first: 20) { nodes { label explanation deliveries { channel state } } }
    timeline(first: 100) { nodes { at kind event { type source } decisions { state reason message { label } } } }
  }
}"""
_QUIET = ("customer.", "preference.", "consent.given", "weather.")
"""Types of events that a story can do without."""


def stories(client: Client) -> Iterator[str]:
    """The three of them."""
    for customer in SCRIPTS:
        found = client.execute(STORY, {"id": customer})["customer"]
        if found is not None:
            yield from _story(customer, found)


def _story(customer: str, found: dict[str, Any]) -> Iterator[str]:
    yield f"{found['facts'].get('name', customer)} ({customer})"
    for entry in reversed(found["timeline"]["nodes"]):
        yield from _entry(entry)
    yield "  and now:"
    for message in reversed(found["messages"]["nodes"]):
        yield f"    {message['explanation']}{_deliveries(message['deliveries'])}"
    yield ""


def _entry(entry: dict[str, Any]) -> Iterator[str]:
    event, decisions = entry["event"], entry["decisions"]
    if entry["kind"] == "INTENT" or (not decisions and (event is None or event["type"].startswith(_QUIET))):
        return
    what = (
        "time has passed"
        if event is None
        else _WHAT.get(event["type"], "{type} from {source}").format(**event)
    )
    decided = "; ".join(_decision(one) for one in decisions)
    yield f"  {_clock(entry['at'])}  {what}{f': {decided}' if decided else ''}"


_WHAT = {
    "message.requested": "asked by {source}",
    "interaction.started": "the customer shows up",
    "consent.withdrawn": "the customer withdraws a consent",
    "delivery.handed_over": "handed over",
    "delivery.seen": "seen by the customer",
    "delivery.told": "told by an agent",
}
"""What the service's own events are called in a story."""


def _decision(decision: dict[str, Any]) -> str:
    label = decision["message"]["label"] if decision["message"] is not None else "a message"
    state = decision["state"].lower()
    reason = f" ({decision['reason'].replace('_', ' ')})" if decision["reason"] not in {"", state} else ""
    return f"“{label}” {state.replace('_', ' ')}{reason}"


def _deliveries(deliveries: list[dict[str, Any]]) -> str:
    told = ", ".join(f"{d['channel']} {d['state'].lower().replace('_', ' ')}" for d in deliveries)
    return f"  [{told}]" if told else ""


def _clock(text: str) -> str:
    return f"{datetime.fromisoformat(text).astimezone(ZoneInfo(ZONE)):%a %H:%M}"
