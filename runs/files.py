"""Files that are there as a whole or as they were before, whatever happens while writing."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from market.parameters.schema import shortened
from runs.problems import Refused, UserProblem

LONGEST_NAME = 255
"""Bytes of a file's name that the usual file systems allow."""
NO_WORKING_FOLDER = "the working folder was deleted: go to another one with cd"


def sha256(content: bytes) -> str:
    """Hash of a file's content."""
    return hashlib.sha256(content).hexdigest()


def draft_of(path: Path, end: str = ".tmp") -> Path:
    """A hidden name beside a path, for what is not whole yet; no longer than systems allow."""
    room = LONGEST_NAME - len(end) - 1
    name = path.name.encode(errors="surrogateescape")[:room].decode(errors="ignore")
    return path.with_name(f".{name}{end}")


def check_place(path: Path, what: str = "") -> None:
    """Raise UserProblem unless the system could have a file or folder of this name.

    It refuses names that are too long or not UTF-8, links that go in a circle, folders that are
    files, and relative names where the working folder was deleted. Whether it may be written
    shows when it is.

    Args:
        path: where something shall be written.
        what: the option that names it.
    """
    name = f"{what} {shortened(str(path))}".strip()
    try:
        os.path.realpath(path).encode()
        if any(len(part.encode()) > LONGEST_NAME for part in path.parts):
            raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))
        path.stat()
    except UnicodeEncodeError:
        raise UserProblem(f"{name}: its name or that of a folder above is not UTF-8") from None
    except FileNotFoundError:
        if not path.is_absolute() and not _has_working_folder():
            raise UserProblem(f"{name}: {NO_WORKING_FOLDER}") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserProblem(f"{name}: {reason}: name another place") from None


def _has_working_folder() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file so that after any crash it is there as a whole, or as it was before."""
    draft = draft_of(path)
    try:
        with open(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def write_file(path: Path, content: bytes) -> None:
    """Write a file as a whole; raises Refused when that is not possible."""
    try:
        write_atomically(path, content)
    except OSError as error:
        raise Refused(f"cannot write {path}: {error.strerror}") from None


def sync_folder(folder: Path) -> None:
    """Make the names in a folder last, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def append_line(path: Path, entry: Mapping[str, Any], *, is_synced: bool = True) -> None:
    """Add one line of JSON to a file; a line that was torn by a crash is closed first."""
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    with open(path, "ab+") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":
                line = b"\n" + line
        file.write(line)
        file.flush()
        if is_synced:
            os.fsync(file.fileno())


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Entries of a file of JSON lines; torn lines are left out.

    Raises:
        Refused: it is there and cannot be read: it is a folder, for instance.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        raise Refused(f"{path} cannot be read: {error.strerror}") from None
    for line in lines:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(entry, dict):
            yield entry
