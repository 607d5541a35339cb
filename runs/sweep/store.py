"""The folder of a sweep: one writer, parts that are whole or absent, what can be read from it.

A part is done when the journal (``parts.jsonl``) names it and the file has the hash that the
journal gives. A part that was written and not yet named is done again.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from filelock import BaseFileLock, FileLock, Timeout, UnixFileLock

from runs.files import append_line, sha256, write_atomically
from runs.problems import Refused, StorageFailed
from runs.sweep.manifest import (
    BY_RUN_ID,
    FORMAT,
    MANIFEST,
    environment,
    environment_changes,
    now,
    read_manifest,
    session,
    write_manifest,
)
from runs.sweep.one_run import RunResult
from runs.sweep.parts import (
    encode,
    part_name,
    replace_rows,
    result_rows,
    result_schema,
    series_rows,
)
from runs.sweep.plan import SweepPlan
from runs.sweep.results import (
    DESIGN,
    ERRORS,
    JOURNAL,
    LOCK,
    RUNS,
    SCENARIOS,
    SERIES,
    TIMINGS,
    count_statuses,
    damage,
    read_errors,
    read_journal,
)

LOCK_PATIENCE_S, LOCK_POLL_S = 0.2, 0.02
"""A command that only looks holds the lock for a moment, so taking it is tried for so long."""


class Lock:
    """The right to write to a folder; it ends with the process, however that ends."""

    def __init__(self, folder: Path) -> None:
        """Take it; raises Refused when another has it."""
        self._lock: BaseFileLock = FileLock(folder / LOCK, thread_local=False)
        try:
            self._lock.acquire(timeout=LOCK_PATIENCE_S, poll_interval=LOCK_POLL_S)
        except Timeout:
            who = _owner(folder)
            raise Refused(f"{folder} is in use: another command writes to it{who}") from None
        self._note(f"process {os.getpid()}")

    def _note(self, text: str) -> None:
        """Say who has it, where the system lets others read the file of a lock."""
        if isinstance(self._lock, UnixFileLock):
            Path(self._lock.lock_file).write_text(text, encoding="utf-8")

    def release(self) -> None:
        """Let others write."""
        with suppress(OSError):
            self._note("")
        self._lock.release()


def _owner(folder: Path) -> str:
    """Who has the lock, in brackets; nothing when that cannot be read."""
    with suppress(OSError, ValueError):
        who = (folder / LOCK).read_text(encoding="utf-8").strip()
        return f" ({who})" if who.startswith("process ") else ""
    return ""


def is_locked(folder: Path) -> bool:
    """Whether a command writes to the folder now; never where nobody may write."""
    path = folder / LOCK
    if not path.is_file() or not os.access(path, os.W_OK):
        return False
    try:
        with FileLock(path, timeout=0, thread_local=False):
            return False
    except (Timeout, OSError):
        return True


# --- the folder of a sweep


EXPERIMENT = "experiment.toml"
_OURS = (MANIFEST, DESIGN, JOURNAL, ERRORS, TIMINGS, LOCK, RUNS, SERIES, SCENARIOS, EXPERIMENT)
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def storage_problems(folder: Path) -> Iterator[None]:
    """Turn a write that failed into one clear line."""
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        if error.filename is not None:
            reason = f"{Path(error.filename2 or error.filename).name}: {reason}"
        advice = "free some room" if error.errno in _FULL else "mend that"
        raise StorageFailed(
            f"cannot write to {folder}: {reason}; what is committed is whole: {advice}"
        ) from error


class Store:
    """The folder of a sweep while one command writes to it."""

    def __init__(self, folder: Path, plan: SweepPlan, lock: Lock, manifest: dict[str, Any]) -> None:
        """Use ``open_store``."""
        self.folder, self.plan, self.manifest = folder, plan, manifest
        self._lock = lock
        self.journal = read_journal(folder)

    def commit(self, part: int, results: Mapping[int, RunResult]) -> None:
        """Write a part, so that from now on it is done.

        Args:
            part: number of the part.
            results: run_id -> result; runs of the part that are absent keep their stored rows.

        Raises:
            StorageFailed: the disk is full or the like; the part is then not done.
        """
        with storage_problems(self.folder):
            table, series = self._merge(part, results)
            for result in results.values():
                if result.status != "ok":
                    append_line(self.folder / ERRORS, _error_entry(result))
            entry: dict[str, Any] = {"part": part, "rows": table.num_rows}
            if series is not None:
                content = encode(series)
                write_atomically(self.folder / SERIES / part_name(part), content)
                entry["series_sha256"] = sha256(content)
            content = encode(table)
            write_atomically(self.folder / RUNS / part_name(part), content)
            entry["sha256"] = sha256(content)
            entry["statuses"] = dict(sorted(Counter(table.column("status").to_pylist()).items()))
            self._note_seconds(part, results)
            append_line(self.folder / JOURNAL, entry)
        self.journal[part] = entry

    def _merge(
        self, part: int, results: Mapping[int, RunResult]
    ) -> tuple[pa.Table, pa.Table | None]:
        all_ids = self.plan.run_ids(part)
        ids = [run_id for run_id in all_ids if run_id in results]
        ordered = [results[run_id] for run_id in ids]
        design = self.plan.rows(part)
        if len(ids) < len(all_ids):
            design = design.take([all_ids.index(run_id) for run_id in ids])
        table = result_rows(design, self.plan.outputs, ordered)
        series = series_rows(self.plan.series, ordered) if self.plan.series else None
        if len(ids) < len(all_ids):
            table = replace_rows(self.folder / RUNS / part_name(part), table, ids)
            if series is not None:
                series = replace_rows(self.folder / SERIES / part_name(part), series, ids)
        return table, series

    def _note_seconds(self, part: int, results: Mapping[int, RunResult]) -> None:
        seconds = {str(run_id): round(r.seconds, 6) for run_id, r in sorted(results.items())}
        entry = {"part": part, "seconds": seconds}
        append_line(self.folder / TIMINGS, entry, is_synced=False)

    def parts_to_do(self) -> list[int]:
        """Parts that are not done, or damaged."""
        return [part for part in range(self.plan.parts) if damage(self.folder, part, self.journal)]

    def statuses(self) -> Counter[str]:
        """How many stored runs ended in which way."""
        return count_statuses(self.journal)

    def finish(self, status: str) -> None:
        """Write down how this command ended; errors are put in order."""
        with storage_problems(self.folder):
            if status == "finished":
                _compact_errors(self.folder)
            self._end_session(status)

    def _end_session(self, status: str) -> None:
        self.manifest["status"] = status
        self.manifest["sessions"][-1] |= {"ended": now(), "status": status}
        write_manifest(self.folder, self.manifest)

    def abandon(self, status: str) -> None:
        """Write down the end if that is still possible."""
        with suppress(OSError):
            self._end_session(status)

    def close(self) -> None:
        """Let others write."""
        self._lock.release()


def open_store(
    folder: Path,
    plan: SweepPlan,
    *,
    resume: bool = False,
    overwrite: bool = False,
    force: bool = False,
    argv: Sequence[str] = (),
) -> Store:
    """Make the folder of a sweep, or take up one that is there.

    Args:
        folder: where to; made when absent.
        plan: the sweep.
        resume: go on with the sweep in the folder; the same as a new one when there is none.
        overwrite: delete the sweep in the folder and begin anew.
        force: resume although the experiment, the code or a package has changed.
        argv: the command, for the manifest.

    Raises:
        Refused: the folder is in use, holds something else, or has changed.
        StorageFailed: it cannot be written.
    """
    _check_kind(folder, resume=resume, overwrite=overwrite)
    with storage_problems(folder):
        folder.mkdir(parents=True, exist_ok=True)
        lock = Lock(folder)
    try:
        if resume and (folder / MANIFEST).exists():
            return _take_up(folder, plan, lock, force=force, argv=argv)
        with storage_problems(folder):
            _clear(folder)
            manifest = _write_plan(folder, plan, argv)
        return Store(folder, plan, lock, manifest)
    except BaseException:
        lock.release()
        raise


def _check_kind(folder: Path, *, resume: bool, overwrite: bool) -> None:
    """Raise Refused unless a sweep may be written here."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise Refused(f"{folder} is a file: name a folder for the results")
    names = sorted(path.name for path in folder.iterdir())
    if MANIFEST in names:
        read_manifest(folder)
        if not (resume or overwrite):
            raise Refused(f"{folder} holds a sweep: add --resume to go on, or --overwrite")
        return
    strange = [name for name in names if name not in _OURS and not name.endswith(".tmp")]
    if strange:
        raise Refused(f"{folder} holds other files, such as {strange[0]}: name a new folder")


def _clear(folder: Path) -> None:
    """Delete an earlier sweep, its manifest first, so that half of it is never taken for one.

    Files that others put into the folder, such as pictures, stay.
    """
    for name in _OURS:
        path = folder / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif name != LOCK:
            path.unlink(missing_ok=True)


def _write_plan(folder: Path, plan: SweepPlan, argv: Sequence[str]) -> dict[str, Any]:
    (folder / RUNS).mkdir(exist_ok=True)
    if plan.series:
        (folder / SERIES).mkdir(exist_ok=True)
    hashes = _write_files(folder, plan)
    manifest: dict[str, Any] = {
        "kind": "sweep",
        "format": FORMAT,
        "name": plan.name,
        "status": "running",
        "runs": plan.runs,
        "part_rows": plan.part_rows,
        "parts": plan.parts,
        "identity": plan.identity,
        "varied": list(plan.varied),
        "outputs": {field.name: str(field.type) for field in plan.outputs},
        "series": list(plan.series),
        "spec": dict(plan.spec),
        "files": hashes,
        **environment(plan.own_model),
        "sessions": [session(argv)],
    }
    write_manifest(folder, manifest)
    return manifest


def _write_files(folder: Path, plan: SweepPlan) -> dict[str, str]:
    contents = {name: text.encode() for name, text in plan.files.items()}
    contents[DESIGN] = encode(plan.design)
    for name, content in contents.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_atomically(folder / name, content)
    return {name: sha256(content) for name, content in sorted(contents.items())}


def _take_up(
    folder: Path, plan: SweepPlan, lock: Lock, *, force: bool, argv: Sequence[str]
) -> Store:
    manifest = read_manifest(folder)
    if manifest["format"] == BY_RUN_ID:
        raise Refused(
            f"{folder} holds parts in an older order: it can be read, exported and verified; "
            "to go on, name a new folder"
        )
    changes = environment_changes(manifest, plan.own_model)
    if manifest["identity"] != plan.identity:
        changes.insert(0, "the experiment is another one")
    if changes and not force:
        raise Refused(
            f"{folder} was begun otherwise ({'; '.join(changes)}): go back to that, or add --force"
        )
    manifest |= {"status": "running"}
    manifest["sessions"].append(session(argv) | ({"forced": changes} if changes else {}))
    with storage_problems(folder):
        if changes:
            _drop_other_parts(folder, plan)
            manifest |= {"identity": plan.identity, "spec": dict(plan.spec), "runs": plan.runs}
            manifest |= {"part_rows": plan.part_rows, "parts": plan.parts}
            manifest |= environment(plan.own_model)
            manifest |= {"varied": list(plan.varied), "series": list(plan.series)}
            manifest["outputs"] = {field.name: str(field.type) for field in plan.outputs}
        for name in (RUNS, SERIES) if plan.series else (RUNS,):
            (folder / name).mkdir(exist_ok=True)
        manifest["files"] = _write_files(folder, plan)
        write_manifest(folder, manifest)
    return Store(folder, plan, lock, manifest)


def _drop_other_parts(folder: Path, plan: SweepPlan) -> None:
    """Delete parts that do not fit the rows and columns of a changed plan."""
    schema = result_schema(plan.design.schema, plan.outputs)
    for path in sorted((folder / RUNS).glob("part-*.parquet")):
        part = int(path.stem.removeprefix("part-"))
        series = folder / SERIES / path.name
        with suppress(OSError, pa.ArrowException):
            table = pq.read_table(path)
            if part < plan.parts and table.schema.equals(schema):
                design = table.select(plan.design.column_names)
                if design.equals(plan.rows(part)) and series.exists() == bool(plan.series):
                    continue
        path.unlink()
        series.unlink(missing_ok=True)


def _error_entry(result: RunResult) -> dict[str, Any]:
    return {
        "run_id": result.run_id,
        "status": result.status,
        "error": result.error,
        "traceback": result.traceback,
    }


def _compact_errors(folder: Path) -> None:
    """One entry per run that is not ok, by number; no file when there is none."""
    if not (folder / ERRORS).exists():
        return
    lines = [json.dumps(entry, ensure_ascii=False) for entry in read_errors(folder).values()]
    if lines:
        write_atomically(folder / ERRORS, ("\n".join(lines) + "\n").encode())
    else:
        (folder / ERRORS).unlink()
