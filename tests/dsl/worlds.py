"""Rulebooks and customers drawn at random, for laws that must hold of all of them."""

from hypothesis import strategies as st

from artifact.channel import Channel
from artifact.event import Subject
from artifact.facts import (
    Commitment,
    CommitmentState,
    Fact,
    Facts,
    Happened,
    Interaction,
    Kept,
    Preferences,
    Situation,
)
from artifact.instant import DAY, HOUR, MINUTE, Instant, format_instant
from dsl.verdict import Asked, Spoken
from tests.dsl.support import NOW, asked

SPANS = ["3 days", "2 hours", "1 month", "90 minutes", "1 year", "2 weeks"]
LONG_SPANS = ["3 days", "1 month", "2 weeks", "1 year"]
CLOSE = [
    -400 * DAY,
    -31 * DAY,
    -14 * DAY,
    -3 * DAY,
    -2 * HOUR,
    -1,
    0,
    1,
    90 * MINUTE,
    2 * DAY,
    28 * DAY,
    370 * DAY,
]

moments = st.one_of(
    st.sampled_from(CLOSE).map(lambda shift: NOW + shift),
    st.integers(min_value=NOW - 800 * DAY, max_value=NOW + 800 * DAY),
)
spans = st.sampled_from(SPANS)
long_spans = st.sampled_from(LONG_SPANS)

CALENDARS = """calendar
  working days Monday to Friday
  holidays 6 January, 19 March 2026
  holidays of "ES"
end
calendar night
  zone "Asia/Kathmandu"
  working hours 18:00 to 23:30
end
"""

_ATOMS = st.one_of(
    st.sampled_from(
        """
        claim is open|claim is closed|claim is refused|claim is not open|claim is known|bereavement is open
        bereavement is closed|adjuster_call is broken|adjuster_call is pending|visiting is web|visiting is known
        preferences.marketing|preferences.marketing is no|customer.age is at least 65|customer.age is 44
        customer.age is between 20 and 60|customer.churn > 0.6|customer.tier is one of (gold, platinum)
        customer.tier is not basic|customer.value is more than 1,000 EUR|customer.city contains "adri"
        customer.city is "Madrid"|customer.value * 1.5 >= 999.99 EUR|customer.age + 1 is less than 45
        customer.value / customer.age is more than 10 EUR|claim.amount is more than 500 EUR|claim.kind is water
        customer.kind is lead|customer.language is known|customer.age is unknown|claim.satisfaction is unknown
        any claim|no claim|every claim with (amount is more than 100 EUR)|message.product is "car"
        any claim with (kind is water and satisfaction is less than 6)|the number of claim is at least 2
        the number of claim in the last 1 month is 1|sum of amount of claim is more than 500 EUR|any policy
        any policy with (product is home)|no policy with (premium is more than 100 EUR)|every policy with (people < 3)
        the number of policies with (product is motor) is 1|sum of premium of policies is more than 100 EUR
        average of people of policies is more than 1.5|latest premium of policies is at least 80 EUR
        any policy with (policy.expires is in the next 1 month)|average of amount of claim > customer.value
        the number of claim.noted in the last 1 month is at least 2|any death.notified|no claim.closed with (satisfaction < 5)
        sum of amount of claim.noted in the last 2 weeks > 100 EUR|average of amount of claim.noted is known
        latest amount of claim.noted in the last 1 year with (amount is known) is at least 50 EUR
        any messages with (topic is survey)|the number of messages with (category is marketing) is 2|no contacts
        every contacts in the last 3 days with (channel is sms)|latest channel of contacts is email
        the number of messages in the last 3 days with (urgency is low) is more than 1
        latest amount of claim with (state is closed) is known|any interaction in the last 2 hours with (channel is web)
        the number of interactions in the last 3 days is more than 1|every claim in the last 1 year with (kind is water)
        no claim with (state is refused)
        customer.age is at least senior|customer.churn > steep|steep is known|message.topic is cross_sell|message.category is service|message.amount >= 10 EUR|message.urgency is low
        claim.closed - claim.opened is more than 2 days|customer.patience is at least 1 week
        customer.last_visit + 3 days <= now|customer.born <= today|customer.born is today|today > customer.born
        claim.opened is older than 3 working days|customer.last_visit + 3 working days <= now
        customer.last_visit is in the last 9 working hours by the calendar night|customer.born + 9 working days <= today
        customer.last_visit > now|claim.until >= now|customer.born + 18 years > today
        customer.last_visit is more than 1 March 2026|claim.opened < 2 March 2026 9:30|now >= 2 March 2026 11:00
        """.replace("\n", "|").split("|")
    )
    .map(str.strip)
    .filter(bool),
    spans.map("customer.last_visit is in the last {}".format),
    spans.map("customer.last_visit is in the next {}".format),
    spans.map("claim.closed is in the last {}".format),
    spans.map("claim.opened is older than {}".format),
    spans.map("any claim with (closed is in the last {} and satisfaction is less than 6)".format),
    spans.map("the number of contacts in the last {} is at least 2".format),
    spans.map("any messages in the last {} with (topic is cross_sell)".format),
    long_spans.map("customer.born is in the last {}".format),
    long_spans.map("customer.born is in the next {}".format),
    long_spans.map("customer.born is older than {}".format),
)

conditions = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' and '.join(parts)})"),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' or '.join(parts)})"),
        inner.map("not ({})".format),
    ),
    max_leaves=6,
)

_THEN = st.one_of(
    st.sampled_from(
        [
            "block",
            "deliver by sms",
            "deliver by app, email and avoid sms",
            "rephrase with words",
            "group into together",
            "postpone for 3 days, at most 2 times, otherwise group into together",
            "set urgency to low",
            "require proof by email",
            "propagate to sms if unseen after 2 hours",
            "postpone for 3 days, at most 2 times, otherwise block",
            "postpone until 10:00",
            "postpone until 10:00 on the next working day",
            "postpone for 2 working days",
            "postpone until claim.decided happens, at most 9 working hours by the calendar night, otherwise block",
            "postpone until the claim closes, at most 60 days, otherwise block",
            "postpone until claim.opened + 5 days",
            "postpone until 1 September 2026 9:30",
        ]
    ),
    _ATOMS.filter(lambda text: " is " in text or "visiting" in text).map(
        "postpone while {}, at most 9 days, otherwise deliver".format
    ),
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    """A few message rules, some of them exceptions to an earlier one."""
    texts = [CALENDARS]
    for number in range(draw(st.integers(1, 5))):
        about = draw(
            st.sampled_from(
                ["", "for topic cross_sell", "for category marketing", "for topics survey, apology"]
            )
        )
        meta = [f"if unknown {draw(st.sampled_from(['apply', 'ignore']))}"]
        if number and draw(st.booleans()):
            meta.append(f'exception to "rule {draw(st.integers(0, number - 1))}"')
        if draw(st.booleans()):
            meta.append(f"priority {draw(st.sampled_from([10, 50, 90]))}")
        if draw(st.integers(0, 5)) == 0:
            meta.append("valid from 1 March 2026 to 3 March 2026")
        when = " and ".join(draw(st.lists(conditions, min_size=1, max_size=3)))
        texts.append(
            f'message rule "rule {number}" {" ".join(meta)} {about} when {when} then {draw(_THEN)} end'
        )
    return "\n".join(texts)


_COLUMNS: dict[str, list[str]] = {
    "customer.age": [
        "44",
        "20, 44, 65",
        "at least 65",
        "20 to under 44",
        "over 20 to 44",
        "unknown",
        "other than 44",
    ],
    "customer.tier": ["gold", "gold, silver", "other than gold, platinum", "unknown, basic"],
    "customer.value": ["over 100 EUR", "0 EUR to 99.99 EUR", "under 50 EUR, over 900 EUR"],
    "customer.last_visit": ["in the last 3 days", "older than 1 month", "known"],
    "claim": ["open", "closed, refused"],
    "claim.kind": ["water", "water, theft"],
    "preferences.marketing": ["yes", "no"],
}


@st.composite
def tables(draw: st.DrawFn) -> str:
    """A table `t` with the outputs `x` (of an importance) and `y` (a number), under any hit policy."""
    columns = draw(st.lists(st.sampled_from(sorted(_COLUMNS)), min_size=1, max_size=4, unique=True))
    lists, numbers = ["all", "all in order", "all by importance"], ["the number"]
    single = ["first", "the only one", "any one", "the most important"]
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        cells = [draw(st.sampled_from(["-", "-", *_COLUMNS[column]])) for column in columns]
        level, number = draw(st.sampled_from(["high", "low", "unknown"])), draw(st.integers(0, 2))
        rows.append(f"| {' | '.join(cells)} | => {level} | {number} |")
    if draw(st.booleans()):
        rows.append("| otherwise | => low | 7 |")
    policy = draw(st.sampled_from([*single, *lists, *numbers]))
    header = f"| {' | '.join(columns)} | => x: one of (high, low) | y |"
    return "\n".join([f"table t takes {policy}", header, *rows, "end\n"])


def _maybe(strategy: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    return st.one_of(
        st.none(), strategy, st.sampled_from(["nonsense", 7, True, 2.5, {"amount": "9.5", "currency": "EUR"}])
    )


_VALUES: dict[str, st.SearchStrategy[object]] = {
    "age": st.integers(0, 120),
    "churn": st.floats(0, 1),
    "tier": st.sampled_from(["basic", "silver", "gold", "platinum"]),
    "value": st.one_of(st.integers(0, 5000), st.integers(0, 500_000).map(lambda n: n / 100)),
    "city": st.sampled_from(["Madrid", "Sevilla"]),
    "born": st.sampled_from(["1960-02-29", "2008-03-02", "2026-03-02", "2026-03-30", "2026-02-27"]),
    "last_visit": moments.map(format_instant),
    "patience": st.sampled_from(["P3D", "P1W", "PT90M"]),
    "preferences.marketing": st.booleans(),
    "policies": st.lists(
        st.one_of(
            st.fixed_dictionaries(
                {"product": st.sampled_from(["home", "motor"]), "premium": st.integers(0, 200)},
                optional={
                    "people": st.integers(0, 4),
                    "expires": st.sampled_from(["2026-03-20", "2026-09-01", "soon"]),
                },
            ),
            st.just("nonsense"),
        ),
        max_size=6,
    ),
}


@st.composite
def situations(draw: st.DrawFn) -> tuple[Situation, ...]:
    """Claims and a bereavement, open or closed, each key once."""
    found = []
    for kind, reference in draw(
        st.lists(
            st.sampled_from([("claim", "S1"), ("claim", "S2"), ("claim", "S3"), ("bereavement", "")]),
            unique=True,
        )
    ):
        opened, closed = draw(moments), draw(st.one_of(st.none(), moments))
        data: dict[str, object] = {}
        for name, values in (
            ("kind", st.sampled_from(["water", "theft"])),
            ("amount", st.integers(0, 100_000).map(lambda n: n / 100)),
            ("satisfaction", st.integers(0, 10)),
            ("until", moments.map(format_instant)),
        ):
            value = draw(_maybe(values))
            if value is not None:
                data[name] = value
        state = "closed" if closed is not None else draw(st.sampled_from(["open", "refused"]))
        changed = opened if closed is None else max(opened, closed)
        found.append(Situation(kind, reference, state, closed is None, opened, changed, closed, None, data))
    return tuple(found)


@st.composite
def histories(draw: st.DrawFn) -> dict[str, Kept]:
    """Events that are counted, some of which had to leave."""
    found = {}
    for name, field, values in (
        ("claim.noted", "amount", st.integers(0, 100)),
        ("claim.closed", "satisfaction", st.integers(0, 10)),
        ("death.notified", "", st.none()),
    ):
        rows = [
            Happened(at, {field: value} if (value := draw(_maybe(values))) is not None and field else {})
            for at in sorted(draw(st.lists(moments, max_size=4)))
        ]
        if rows:
            found[name] = Kept(tuple(rows), draw(st.sampled_from([None, rows[0].at])))
    return found


@st.composite
def customers(draw: st.DrawFn) -> Facts:
    """A customer of whom anything may be known, or known wrongly."""
    attributes = {}
    for name, values in _VALUES.items():
        if draw(st.booleans()):
            attributes[name] = Fact(draw(_maybe(values)), NOW)
    commitments = [
        Commitment(
            "adjuster_call", reference, draw(moments), draw(moments), draw(st.sampled_from(CommitmentState))
        )
        for reference in draw(st.lists(st.sampled_from(["S1", "S2"]), unique=True))
    ]
    visits = [
        Interaction(
            str(number),
            draw(st.sampled_from([Channel.WEB, Channel.APP])),
            draw(moments),
            draw(st.none() | moments),
        )
        for number in range(draw(st.integers(0, 2)))
    ]
    return Facts(
        attributes=attributes,
        situations=draw(situations()),
        commitments=tuple(commitments),
        interactions=tuple(visits),
        events=draw(histories()),
        preferences=Preferences(language=draw(st.sampled_from([None, "es"]))),
    )


@st.composite
def messages(draw: st.DrawFn) -> Asked:
    """A message, perhaps about a claim."""
    about = draw(
        st.one_of(st.none(), st.sampled_from(["S1", "S2", "S9"]).map(lambda ref: Subject("claim", ref)))
    )
    given: list[dict[str, object]] = [{}, {"product": "car"}, {"product": 3, "amount": 12.5}]
    data = draw(st.sampled_from(given))
    return asked(draw(st.sampled_from(["cross_sell", "survey", "apology", "nobody_knows"])), about, **data)


@st.composite
def talks(draw: st.DrawFn) -> Spoken:
    """What was asked for, the message at hand among it, and what was said."""
    topics = st.sampled_from(["cross_sell", "survey", "apology", "gone"])
    asked_for = [
        Happened(
            draw(moments),
            {"id": f"m{n}", "topic": draw(topics), "category": "marketing", "urgency": "low"},
        )
        for n in range(draw(st.integers(0, 4)))
    ]
    said = []
    for id in range(draw(st.integers(0, 4))):
        at, channel = draw(moments), draw(st.sampled_from(["SMS", "EMAIL"]))
        for topic in draw(st.lists(topics, min_size=1, max_size=2)):
            said.append(Happened(at, {"id": id, "topic": topic, "category": "", "channel": channel}))
    return Spoken(tuple(asked_for), tuple(said))


zones = st.sampled_from(["Europe/Madrid", "UTC", "America/Sao_Paulo", "Australia/Lord_Howe"])
nows: st.SearchStrategy[Instant] = st.one_of(st.just(NOW), moments)
