"""Rulebooks as an author would write them, in the language: every effect of a message rule, conditional situations,
promises, quiet and forbidden hours, caps, topics with keys.

The vocabulary is one for all, so that a history can be told to any of them.
"""

from hypothesis import strategies as st

HEAD = """
rulebook generated
  zone "{zone}"
  currency EUR
  owner "Law"
end

vocabulary
  customer.tier: one of (basic, gold)
  customer.debt: whole number from 0 to 1000
  event claim.opened: (claim_id: text, amount: whole number)
  event claim.moved: (claim_id: text, amount: whole number)
  event claim.closed: (claim_id: text, mood: whole number from 0 to 10)
  event bill.returned: (bill_id: text, amount: whole number)
  event bill.paid: (bill_id: text)
  event care.needed: (amount: whole number)
end
"""

WORDS = """
template plain
  by email, sms, push, letter, phone, app, web in English text "News of {{ message.topic }}."
end
template gentle
  in English body "With care: {{ message.text }}"
end
template mail_only
  by email, letter in English text "In writing."
end
"""

TOPICS = ("offer", "survey", "claim_news", "bill", "notice", "alarm")
"""What a history may ask for; a rulebook may declare `correction` besides."""
SENDS = ("email", "sms", "push", "letter", "phone")
CHANNELS = (*SENDS, "app", "web")
CATEGORIES = {"marketing": "consent", "service": "existing_customer", "claims": "contract", "legal": "legal"}
ZONES = (
    "Europe/Madrid",
    "Atlantic/Canary",
    "America/New_York",
    "America/Havana",  # its clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Asia/Kathmandu",
)

_minutes = st.integers(0, 95).map(lambda quarter: f"{quarter // 4}:{quarter % 4 * 15:02}")


def _some(names: tuple[str, ...], most: int = 3) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(names), min_size=1, max_size=most, unique=True).map(", ".join)


def spans(units: tuple[str, ...] = ("minutes", "hours", "days"), most: int = 40) -> st.SearchStrategy[str]:
    return st.builds(lambda n, unit: f"{n} {unit}", st.integers(1, most), st.sampled_from(units))


@st.composite
def _window(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(["quiet hours", "quiet hours", "forbidden hours"]))
    days = draw(st.sampled_from(["", "", "", " on Saturday and Sunday", " on Monday to Friday"]))
    begin, end = draw(st.lists(_minutes, min_size=2, max_size=2, unique=True))
    return f"  {kind} for {draw(_some(SENDS))}{days} {begin} to {end}"


@st.composite
def calendars(draw: st.DrawFn) -> str:
    windows = draw(st.lists(_window(), max_size=3))
    return "\n".join(["calendar", *windows, "end"]) if windows else ""


@st.composite
def _cap(draw: st.DrawFn, number: int) -> str:
    about = draw(
        st.sampled_from(["", " of category marketing", " of category marketing, service", " of topic offer"])
    )
    by = draw(st.sampled_from(["", " by sms", " by sms, push"]))
    period = draw(
        st.sampled_from(["per day", "per week", "in any 7 days", "in any 36 hours", "in any 3 days"])
    )
    otherwise = draw(st.sampled_from(["postpone", "postpone", "block", "deliver by email, app"]))
    limit = draw(st.integers(1, 3))
    return f"cap cap{number} at most {limit} contacts{about}{by} {period}, otherwise {otherwise} end"


_ATOMS = (
    "claim is open",
    "claim is not open",
    "claim is moved",
    "debt is open",
    "customer.tier is gold",
    "customer.tier is unknown",
    "customer.debt is more than 10",
    "any claim with (closed is in the last 3 days)",
    "any claim with (closed is in the last 36 hours and mood is less than 5)",
    "any debt with (amount is at least 2)",
    "visiting is known",
    "call is broken",
    "call is pending",
    "message.topic is offer",
)
_EVENT_ATOMS = (
    "claim is open",
    "claim is not open",
    "customer.tier is gold",
    "debt is open",
    "any claim with (closed is in the last 3 days)",
)


def _conditions(atoms: tuple[str, ...]) -> st.SearchStrategy[str]:
    atom = st.sampled_from(atoms)
    return st.one_of(
        atom,
        atom,
        st.builds("{} and {}".format, atom, atom),
        st.builds("({} or {})".format, atom, atom),
        st.builds("not ({})".format, atom),
    )


_otherwise = st.sampled_from(["block", "deliver", "deliver by email, letter"])
_postpones = st.one_of(
    st.builds(
        "postpone for {}, at most {} times, otherwise {}".format, spans(), st.integers(1, 3), _otherwise
    ),
    st.builds("postpone for {}".format, spans()),
    st.builds("postpone until {}".format, _minutes),
    st.builds(
        "postpone until the claim closes, at most {}, otherwise {}".format, spans(("days",)), _otherwise
    ),
    st.builds(
        "postpone while {}, at most {}, otherwise {}".format,
        st.sampled_from(["claim is open", "debt is open", "visiting is known"]),
        spans(("hours", "days")),
        _otherwise,
    ),
)
_effects = st.one_of(
    st.just("block"),
    _postpones,
    _postpones,
    st.builds("deliver by {}".format, _some(CHANNELS)),
    st.builds("avoid {}".format, _some(CHANNELS, 2)),
    st.builds("propagate to {}".format, _some(CHANNELS, 2)),
    st.builds("propagate to {} if unseen after {}".format, _some(CHANNELS, 2), spans(("hours", "days"), 5)),
    st.just("rephrase with gentle"),
    st.builds("set the urgency to {}".format, st.sampled_from(["low", "normal", "high"])),
    st.builds("require proof by {}".format, st.sampled_from(["letter", "email"])),
)


@st.composite
def _message_rule(draw: st.DrawFn, name: str) -> str:
    about = draw(
        st.one_of(
            st.builds("  for topics {}".format, _some(TOPICS)),
            st.builds("  for categories {}".format, _some(tuple(CATEGORIES), 2)),
        )
    )
    lines = [f'message rule "{name}"', f"  if unknown {draw(st.sampled_from(['apply', 'ignore']))}"]
    if draw(st.booleans()):
        lines.append(f"  priority {draw(st.integers(1, 99))}")
    if draw(st.booleans()):
        lines.append("  agent may release")
    lines.append(about)
    lines.append(f"  when {draw(_conditions(_ATOMS))}")
    lines.append(f"  then {draw(_effects)}")
    return "\n".join([*lines, "end"])


_event_effects = st.one_of(
    st.builds(
        "send {} with (claim_id = event.claim_id, amount = 1)".format,
        st.sampled_from(["claim_news", "offer"]),
    ),
    st.just("raise task look for desk, due in 2 days"),
    st.just("raise alert look for desk"),
    st.just("set customer.tier to gold"),
    st.just("set customer.debt to 20"),
    st.just("withdraw offer, survey"),
    st.just("raise event care.needed with (amount = 3)"),
)


@st.composite
def _event_rule(draw: st.DrawFn, number: int) -> str:
    on = draw(st.sampled_from(["claim.opened", "claim.moved", "claim.closed"]))
    when = draw(st.one_of(st.just(""), _conditions(_EVENT_ATOMS).map("  when {}".format)))
    return f'event rule "React {number}"\n  on {on}\n{when}\n  then {draw(_event_effects)}\nend'


@st.composite
def _reactions(draw: st.DrawFn) -> list[str]:
    """Situations and a promise whose transitions depend on what came before: the order of the memory shows."""
    if_open = draw(
        st.sampled_from(["", " when event.amount is more than 1", " when customer.tier is not gold"])
    )
    if_moved = draw(st.sampled_from(["", " when claim is open and event.amount is at least 2"]))
    expires, within = spans(("days",), 20), spans(("hours", "days"), 4)
    broken = draw(st.sampled_from(["raise task sorry for desk", "send claim_news with (amount = 9)"]))
    return [
        _CLAIM.format(if_open, if_moved, draw(expires)),
        _DEBT.format(draw(expires)),
        _CALL.format(draw(within), broken),
    ]


_CLAIM = """situation claim
  one per claim_id
  opens on claim.opened{}
  becomes moved on claim.moved{}
  closes on claim.closed
  expires after {}
  remembers amount, mood
end"""
_DEBT = """situation debt
  one per bill_id
  opens on bill.returned
  closes on bill.paid
  expires after {}
  remembers amount
end"""
_CALL = """commitment call "We call"
  one per claim_id
  made on claim.opened
  within {}
  kept on claim.moved
  dropped on claim.closed
  if broken {}
end"""


@st.composite
def _topics(draw: st.DrawFn) -> list[str]:
    def category(name: str, basis: str, extra: str = "") -> str:
        lives = draw(st.sampled_from(["2 days", "10 days", "30 days"]))
        channels = draw(_some(CHANNELS))
        return f"category {name}  basis {basis}  lives for {lives}  channels {channels}{extra} end"

    expires = draw(st.sampled_from(["", "  expires after 2 days", "  expires after 12 hours"]))
    return [
        category("marketing", "consent", "  urgency low"),
        category("service", "existing_customer"),
        category("claims", "contract", "  urgency high"),
        category("legal", "legal", draw(st.sampled_from(["", "  passes caps"]))),
        "category security  basis vital_interest  channels sms, push  passes quiet hours  passes caps end",
        f"topic offer  category marketing  template plain{expires} end",
        "topic survey  category marketing  template mail_only end",
        "topic claim_news  category claims  template plain  one per claim_id end",
        f"topic bill  category service  template plain  one per bill_id  must agree in amount{expires} end",
        "topic notice  category legal  template plain end",
        "topic alarm  category security  critical  template plain end",
        *draw(st.sampled_from([[], ["topic correction  category claims  template plain end"]])),
    ]


@st.composite
def rulebooks(draw: st.DrawFn, *, rules: int = 5, zone: str | None = None, named: str = "Rule") -> str:
    """The text of a rulebook that compiles. `named` begins the names of its message rules."""
    parts = [
        HEAD.format(zone=zone or draw(st.sampled_from(ZONES))),
        draw(calendars()),
        *draw(_topics()),
        *(draw(_cap(n)) for n in range(draw(st.integers(0, 2)))),
        *draw(_reactions()),
        *(draw(_event_rule(n)) for n in range(draw(st.integers(0, 3)))),
        *(draw(_message_rule(f"{named} {n}")) for n in range(draw(st.integers(0, rules)))),
        WORDS,
    ]
    return "\n\n".join(part for part in parts if part)
