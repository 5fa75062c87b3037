"""What the demo says when the play is over: that its world goes on, at which instant, and what to paste to play on.

Every command is whole: it names the instant by the demo's own clock, because an event of the newcomer's today would
lie in this world's future and be refused.
"""

from pathlib import Path

from artifact.instant import SECOND, Instant, datetime_of, format_instant
from artifact.span import zone_of
from memento.demo.action import ZONE

_CALL = """  curl -s {url} -H 'content-type: application/json' -H 'X-Memento-Actor: me' -d '{{
    "query": "{query}"{variables}}}' | python3 -m json.tool --no-ensure-ascii"""

HAPPENS = "mutation($inputs: [EventInput!]!) { ingestEvents(inputs: $inputs) { results { status userErrors { message } } } }"
ASKS = (
    "mutation($inputs: [MessageRequestInput!]!) { requestMessages(inputs: $inputs) "
    "{ results { status message { state explanation } userErrors { message } } } }"
)
BRUNO = (
    '{ customer(id: \\"C002\\") { situations(open: true) { kind reference state } '
    "inbox(channel: APP) { state body } messages(first: 20) { nodes { label state explanation } } } }"
)
BLOCKED = (
    "{ messages(first: 20, where: {states: [BLOCKED]}) { nodes { label rule explanation customer { id } } } }"
)


def closing(url: str, spool: Path, now: Instant) -> str:
    """The demo's last words; `now` is what its clock reads."""
    at, wall = format_instant(now - now % SECOND), datetime_of(now).astimezone(zone_of(ZONE))
    claim = _inputs("claims", "play-1", at, '"type": "claim.opened"', '"claim_id": "S-9", "kind": "storm"')
    offer = _inputs("campaigns", "play-2", at, '"topic": "cross_sell"', '"product": "life"')
    return f"""Here it is {wall:%A} {wall.day} {wall:%B %Y, %H:%M}, and this world goes on until Ctrl-C. Play on: paste the commands, change them,
give every event an id of its own, and date what you send by the clock of this world, as they do.

A storm damages Bruno's roof:
{_call(url, HAPPENS, claim)}

The campaigns want to sell him something:
{_call(url, ASKS, offer)}

What is with Bruno now:
{_call(url, BRUNO)}

Everything that is not said, and why:
{_call(url, BLOCKED)}

The manners behind it. Edit the file, see what that would change, then leave out --preview:
  ./run memento rulebook show --url {url} > mine.rules
  ./run memento publish mine.rules --preview --url {url}

The API is at {url}; what has left lies in {spool}.
"""


def _call(url: str, query: str, variables: str = "") -> str:
    return _CALL.format(url=url, query=query, variables=variables)


def _inputs(source: str, id: str, at: str, what: str, data: str) -> str:
    return f""",
    "variables": {{"inputs": [
      {{"source": "{source}", "id": "{id}", "customerId": "C002", {what}, "at": "{at}",
       "data": {{{data}}}}}]}}"""
