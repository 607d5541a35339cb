"""What a command that runs several ensembles tells of its progress."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from pathlib import Path

    from runs.sweep.runner import SweepProgress


class Announcer:
    """Tells which ensemble is run, and how far it is.

    Args:
        word: what an ensemble is called, such as "study".
        is_quiet: tell nothing.
    """

    def __init__(self, word: str, *, is_quiet: bool) -> None:
        """Tell nothing yet."""
        self.word, self.is_quiet = word, is_quiet
        self.progress: SweepProgress | None = None

    def begin(self, name: str, folder: Path, runs: int, number: int, count: int) -> SweepProgress:
        """An ensemble begins, or goes on.

        Args:
            name: of the ensemble.
            folder: of its runs, which may hold some.
            runs: all of its runs.
            number: of the ensemble, from 1.
            count: number of ensembles.

        Returns:
            What hears of its progress.
        """
        from runs.sweep.results import count_statuses, read_journal
        from runs.sweep.runner import SweepProgress

        self.close()
        done = sum(count_statuses(read_journal(folder)).values()) if folder.exists() else 0
        if not self.is_quiet:
            text = f"{self.word} {number} of {count}, {name}: {runs:,} runs"
            typer.echo(text + (f", {done:,} stored" if done else ""), err=True)
        whole = f"this {self.word}" if number < count else ""
        self.progress = SweepProgress(sys.stderr, runs, done, is_quiet=self.is_quiet, whole=whole)
        return self.progress

    def close(self) -> None:
        """End the bar of the ensemble before."""
        if self.progress is not None:
            self.progress.close()
