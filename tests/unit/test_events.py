"""The event log: order, causes, sentences."""

import pytest

from market.events import KINDS, Event, EventLog


@pytest.fixture
def log() -> EventLog:
    """A failed round, a cut that rests on it, a freeze on both, and a stranger."""
    log = EventLog(start="2025Q3")
    failed = log.record(6, "failed round", "A", 28.0, "USD bn", "raised 12 of 40 bn USD.")
    log.record(6, "round", "B", 5.0, "USD bn", "raised 5 of 5 bn USD")
    cut = log.record(7, "capex cut", "C", 0.4, "share", "", causes=[failed])
    log.record(7, "funding freeze", "labs", 0.31, "of need", "second quarter", [failed, cut.id])
    return log


@pytest.mark.parametrize(
    ("quarter", "label"),
    [(0, "2025Q3"), (1, "2025Q4"), (2, "2026Q1"), (7, "2027Q2"), (-3, "2024Q4")],
)
def test_quarter_labels(quarter: int, label: str) -> None:
    assert EventLog("2025Q3").label(quarter) == label


@pytest.mark.parametrize("start", ["2025", "2025Q5", "Q3", "2025-Q3", "2025Q03", ""])
def test_a_wrong_start_is_refused(start: str) -> None:
    with pytest.raises(ValueError, match="not a quarter such as 2025Q3"):
        EventLog(start)


def test_events_are_numbered_and_frozen(log: EventLog) -> None:
    assert len(log) == 4
    assert [event.id for event in log] == [0, 1, 2, 3]
    assert log[2] == Event(2, 7, "capex cut", "C", 0.4, "share", "", (0,))
    with pytest.raises(AttributeError):
        log[2].size = 1.0  # type: ignore[misc]
    for wrong in (4, -1):
        with pytest.raises(IndexError, match="the log holds 4"):
            log[wrong]


def test_latest(log: EventLog) -> None:
    assert log.latest() is log[3]
    assert log.latest("failed round") is log[0]
    assert log.latest(agent="B") is log[1]
    assert log.latest("failed round", "B") is None
    assert log.latest("failed round", "A", since=6) is log[0]
    assert log.latest("failed round", "A", since=7) is None


def test_select(log: EventLog) -> None:
    assert log.select() == list(log)
    assert log.select(quarter=7) == [log[2], log[3]]
    assert log.select(kind="round") == [log[1]]
    assert log.select(agent="C", quarter=6) == []


def test_chain_holds_every_cause_once_oldest_first(log: EventLog) -> None:
    assert log.chain(3) == [log[0], log[2], log[3]]
    assert log.chain(log[1]) == [log[1]]


def test_explain_writes_a_sentence_per_event(log: EventLog) -> None:
    assert log.explain(3).splitlines() == [
        "2027Q2: Funding freeze, labs: second quarter; "
        "came before and could reach it: 2027Q1: failed round, A; 2027Q2: capex cut, C.",
        "2027Q2: Capex cut, C (0.4 share); came before and could reach it: 2027Q1: failed round, "
        "A.",
        "2027Q1: Failed round, A: raised 12 of 40 bn USD.",
    ]


def test_a_long_braid_of_causes_is_explained_once_per_event() -> None:
    log = EventLog()
    log.record(0, "shock", "world", 1.0, "", "start")
    log.record(0, "shock", "world", 1.0, "", "start")
    for quarter in range(1, 60):
        for _ in range(2):
            log.record(quarter, "default", "A", 1.0, "", "", (2 * quarter - 2, 2 * quarter - 1))
    assert len(log.explain(log[119]).splitlines()) == 119


def test_doubled_causes_count_once(log: EventLog) -> None:
    assert log.record(8, "default", "A", 1.0, "USD bn", "", [log[0], 0, 3]).causes == (0, 3)


def test_wrong_records_are_refused_and_leave_no_trace(log: EventLog) -> None:
    with pytest.raises(ValueError, match="did you mean 'capex cut'"):
        log.record(8, "capex cuts", "A", 1.0, "share", "")
    with pytest.raises(ValueError, match="finite"):
        log.record(8, "default", "A", float("nan"), "USD bn", "")
    with pytest.raises(ValueError, match="2027Q1 comes after an event of 2027Q2"):
        log.record(6, "default", "A", 1.0, "USD bn", "")
    for cause in (4, -1):
        with pytest.raises(ValueError, match="not an earlier event"):
            log.record(8, "default", "A", 1.0, "USD bn", "", [cause])
    assert len(log) == 4
    assert log.select(quarter=8) == []


def test_frame(log: EventLog) -> None:
    frame = log.to_frame()
    assert frame.index.name == "id"
    assert frame.loc[3, "label"] == "2027Q2"
    assert frame.loc[3, "causes"] == "0 2"
    assert frame["size"].tolist() == [28.0, 5.0, 0.4, 0.31]
    empty = EventLog().to_frame()
    assert empty.empty
    assert empty.dtypes.to_dict() == frame.dtypes.to_dict()


def test_every_kind_has_a_meaning() -> None:
    assert len(KINDS) == 24
    assert all(KINDS.values())
