"""The command ``kaartenhuis``: it looks whose packages Python would import, then starts theirs.

The program stands in the packages market, agents, runs and viz. Other distributions use such names
too, and the one that comes first on Python's path wins. Then nothing of ``runs`` may be there to
say so; hence this file beside them, under a name that is the project's own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("market", "agents", "runs", "viz")
HERE = Path(__file__).resolve().parent
BROKEN = 1
WAY_OUT = (
    "install Kaartenhuis into an environment of its own (python -m venv NEW, then NEW/bin/pip"
    " install), or uninstall the other one"
)


def taken(names: Sequence[str] = PACKAGES) -> str:
    """Which of the packages another distribution has taken, in one line; empty when none."""
    for name in names:
        found = find_spec(name)
        places = list(found.submodule_search_locations or ()) if found is not None else []
        if found is not None and not places:  # a single file
            places = [str(found.origin)]
        if not places or Path(places[0]).resolve() == HERE / name:
            continue
        return f"another package has the name {name!r}: {places[0]}{_owner(name)}; {WAY_OUT}"
    return ""


def _owner(name: str) -> str:
    """Whose package it is, as far as that is known."""
    from importlib.metadata import packages_distributions

    owners = [each for each in packages_distributions().get(name, ()) if each != "kaartenhuis"]
    return f" (of {', '.join(sorted(set(owners)))})" if owners else ""


def main() -> None:
    """Entry point of the command."""
    problem = taken()
    if problem:
        sys.stderr.write(f"error: {problem}\n")
        sys.exit(BROKEN)
    from runs.cli import execute

    sys.exit(execute())


if __name__ == "__main__":
    main()
