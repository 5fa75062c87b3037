"""What a backtest reports of experiments: who met which arm, and for whom it succeeded."""

import json
from pathlib import Path

from artifact.instant import DAY, HOUR, format_instant, parse_instant
from tests.memento.process import answer, memento

RULEBOOK = """rulebook manners zone "Europe/Madrid" currency EUR end
vocabulary event policy.renewed: (policy_id: text) end
category news basis contract channels web end
topic offer category news template words end
experiment softer
  for topic offer
  variant plain 40 % then deliver
  variant soft 40 % then rephrase with gentle
  holdout 20 %
  succeeds on policy.renewed within 10 days
end
template words in English text "News." end
template gentle in English text "Gently: {{ message.text }}" end
"""
START = parse_instant("2026-03-02T10:00:00Z")
MANY = 60


def written(folder: Path) -> tuple[Path, Path]:
    """Everybody is asked something; every third renews in time, every third too late."""
    rules, events = folder / "manners.rules", folder / "events.ndjson"
    rules.write_text(RULEBOOK, encoding="utf-8")
    lines = []
    for number in range(MANY):
        lines.append((START, f"c{number}", "message.requested", {"topic": "offer"}))
        days = (5, 20, None)[number % 3]
        if days is not None:
            lines.append((START + days * DAY + HOUR, f"c{number}", "policy.renewed", {"policy_id": "P"}))
    lines.sort(key=lambda line: (line[0], line[1]))
    events.write_text(
        "".join(
            json.dumps(
                {"id": str(n), "source": "crm", "customerId": id, "type": type_}
                | {"at": format_instant(at), "data": data}
            )
            + "\n"
            for n, (at, id, type_, data) in enumerate(lines)
        ),
        encoding="utf-8",
    )
    return rules, events


def test_a_backtest_counts_who_met_each_arm_and_for_whom_it_succeeded(tmp_path: Path) -> None:
    rules, events = written(tmp_path)
    figures = answer("backtest", rules, events)
    arms = figures["experiments"]["softer"]
    assert set(arms) == {"plain", "soft", "holdout"}
    assert sum(arm["customers"] for arm in arms.values()) == MANY
    assert sum(arm["succeeded"] for arm in arms.values()) == MANY / 3
    assert arms["holdout"]["customers"] == figures["reasons"]["holdout"]
    assert answer("backtest", rules, events, PYTHONHASHSEED="3")["experiments"] == figures["experiments"]
    said = memento("backtest", rules, events).stdout
    assert f"plain {arms['plain']['succeeded']} of {arms['plain']['customers']}" in said
