"""A day as lines of events, for `memento ingest` and `memento backtest`.

What only a client at the moment could know is left out: a file says that she opened the app, not what she saw there.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from artifact.instant import format_instant
from memento.demo.action import Action, Kind

_ASKED = ("topic", "key", "channels", "data")
_CHANNEL = {Kind.LOOK: "APP", Kind.TELL: "CONTACT_CENTRE"}


def lines(actions: Iterable[Action]) -> Iterator[dict[str, Any]]:
    """One event for each action, in the order in which they arrive."""
    for number, action in enumerate(actions):
        body = action.body
        match action.kind:
            case Kind.EVENT:
                yield body
            case Kind.REQUEST:
                envelope = {name: value for name, value in body.items() if name not in _ASKED}
                asked = {name: body[name] for name in _ASKED if name in body}
                yield {**envelope, "type": "message.requested", "data": asked}
            case Kind.CONSENT:
                yield _event(
                    action, body["id"], f"consent.{body['state'].lower()}", {"category": body["category"]}
                )
            case Kind.LOOK | Kind.TELL:
                yield _event(
                    action, f"visit-{number}", "interaction.started", {"channel": _CHANNEL[action.kind]}
                )


def _event(action: Action, id: str, type: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "source": "front-desk",
        "id": id,
        "customerId": action.body["customerId"],
        "type": type,
        "at": format_instant(action.at),
        "data": data,
    }
