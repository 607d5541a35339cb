"""A quick claims report that is made in the background: its progress, and who hears of it."""

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import pytest
from solara.server.kernel_context import VirtualKernelContext

from viz.jobs.claims_run import ClaimsRun, claims_run
from viz.pages.claims import follow, status
from viz.session.work import Work

if TYPE_CHECKING:
    from solara.server.kernel import Kernel

COMMAND = """
import json, pathlib, sys, time
folder = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
folder.mkdir(parents=True, exist_ok=True)
with open(folder / "calls", "a") as file:
    file.write(json.dumps(sys.argv[1:]) + chr(10))
mode = (folder.parent / "mode").read_text()
if mode == "refused" and "--overwrite" not in sys.argv:
    print("the code of the model has changed", file=sys.stderr)
    raise SystemExit(5)
if mode == "broken":
    print("no room on the disk", file=sys.stderr)
    raise SystemExit(1)
for number in (1, 2, 3):
    print(f"study {number} of 3, s{number}: 8 runs", file=sys.stderr, flush=True)
    if mode == "slow":
        try:
            time.sleep(30)
        except KeyboardInterrupt:
            raise SystemExit(130)
(folder / "claims.json").write_text("{}")
"""


@pytest.fixture
def run(tmp_path: Path) -> ClaimsRun:
    (tmp_path / "command.py").write_text(COMMAND)
    (tmp_path / "mode").write_text("well")
    return ClaimsRun(tmp_path, [sys.executable, str(tmp_path / "command.py")])


def calls(run: ClaimsRun) -> list[list[str]]:
    return [json.loads(line) for line in (run.folder / "calls").read_text().splitlines()]


def test_a_run_tells_its_progress_and_ends(run: ClaimsRun) -> None:
    heard: list[tuple[str, int, int]] = []
    run.listen(lambda: heard.append((run.status, run.done, run.total)))
    run.start()
    run.wait(30)
    assert (run.status, run.done, run.total, run.problem) == ("finished", 3, 3, "")
    assert heard[-1] == ("finished", 3, 3)
    assert "--quick" in calls(run)[0] and "--resume" not in calls(run)[0]
    assert status(run)


def test_a_run_can_be_cancelled_and_gone_on_with(run: ClaimsRun, tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("slow")
    run.start()
    end = time.monotonic() + 20
    while run.total == 0 and time.monotonic() < end:
        time.sleep(0.02)
    began = time.monotonic()
    run.cancel()
    run.wait(20)
    assert run.status == "cancelled"
    assert time.monotonic() - began < 15
    (run.folder / "claims-run.json").write_text("{}")
    (tmp_path / "mode").write_text("well")
    run.start()
    run.wait(30)
    assert run.status == "finished"
    assert "--resume" in calls(run)[-1]


def test_after_new_code_it_begins_anew(run: ClaimsRun, tmp_path: Path) -> None:
    run.folder.mkdir()
    (run.folder / "claims-run.json").write_text("{}")
    (tmp_path / "mode").write_text("refused")
    run.start()
    run.wait(30)
    assert run.status == "finished"
    assert ["--overwrite" in call for call in calls(run)] == [False, True]


def test_what_goes_wrong_is_said(run: ClaimsRun, tmp_path: Path) -> None:
    (tmp_path / "mode").write_text("broken")
    run.start()
    run.wait(30)
    assert (run.status, run.problem) == ("failed", "no room on the disk")


def test_a_listener_whose_page_is_gone_is_forgotten(run: ClaimsRun) -> None:
    heard: list[int] = []

    def gone() -> None:
        heard.append(1)
        raise RuntimeError("no page")

    run.listen(gone)
    run.start()
    run.wait(30)
    assert heard == [1]
    assert run.status == "finished"


def test_visitors_share_a_run(tmp_path: Path) -> None:
    assert claims_run(tmp_path) is claims_run(tmp_path)


# --- a run that several visitors see


@pytest.fixture
def visitors(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Two visitors of a server, each with values of his own."""
    monkeypatch.setattr("solara.toestand._using_solara_server", lambda: True)
    loop, no_kernel = asyncio.new_event_loop(), cast("Kernel", None)
    yield [
        VirtualKernelContext(id=name, kernel=no_kernel, session_id=name, event_loop=loop)
        for name in ("one", "two")
    ]
    loop.close()


def work_for(visitor: Any) -> Work:
    with visitor:
        work = Work()
        assert work.version.peek() == 0
    return work


def version(visitor: Any, work: Work) -> int:
    with visitor:
        return int(work.version.peek())


def test_every_visitor_hears_of_a_run_that_another_one_began(
    run: ClaimsRun, visitors: list[Any]
) -> None:
    works = [work_for(visitor) for visitor in visitors]
    for visitor, work in zip(visitors, works, strict=True):
        with visitor:
            follow(work, run, run.news)
    with visitors[0]:
        run.start()
    run.wait(30)
    assert run.status == "finished"
    assert all(version(*each) >= 2 for each in zip(visitors, works, strict=True))


def test_a_visitor_hears_of_news_between_drawing_and_following_and_no_more_when_he_leaves(
    run: ClaimsRun, visitors: list[Any]
) -> None:
    work = work_for(visitors[1])
    seen = run.news
    run.start()
    run.wait(30)
    stop = follow(work, run, seen)
    heard = version(visitors[1], work)
    assert heard > 0
    stop()
    run.start()
    run.wait(30)
    assert version(visitors[1], work) == heard


def test_a_visitor_who_has_closed_his_page_ends_no_run(run: ClaimsRun, visitors: list[Any]) -> None:
    work = work_for(visitors[0])
    follow(work, run, run.news)
    visitors[0].closed_event.set()
    with pytest.raises(RuntimeError, match="gone"):
        work.touch()
    run.start()
    run.wait(30)
    assert run.status == "finished"
