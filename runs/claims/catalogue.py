"""The claims of the article, one file each in ``catalogue/``: text, experiment and verdict rule.

A rule stands in its file before any run is looked at. Companies are data: a file gives the roles
("lab", "cloud", ...) that its function works with.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from runs.problems import UserProblem, nearest

FOLDER = Path(__file__).parent / "catalogue"


class Show(BaseModel):
    """What the app opens for a claim: a world, a tab, and a quarter.

    Attributes:
        scenario, changes, seed: the world. tab: key of a tab of the app.
        quarter: label of the quarter to go to, such as "2028Q2"; "" for the last one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: str = "reference"
    changes: tuple[str, ...] = ()
    seed: int = 42
    tab: str = "live"
    quarter: str = Field(default="", pattern=r"^([0-9]{4}Q[1-4])?$")


class Claim(BaseModel):
    """One claim of the article.

    Attributes:
        id: "C01" to "C33". title: a few words.
        says: the article's sentence. question: what is asked, in plain words.
        public: what public figures say. sources: where they stand.
        contradicts: a figure of the article that public sources contradict; "" for none.
        experiment: what is done. rule: how the verdict is found, fixed before any run.
        function: "module:function" in ``runs.claims`` that gives the answer.
        studies: the studies whose runs it needs.
        thresholds: numbers of the rule. roles: role -> company key, or other text.
        outputs: study -> what this claim needs measured in it.
        show: what the app opens.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^C[0-9]{2}$")
    title: str
    says: str
    question: str
    public: str
    sources: tuple[str, ...] = ()
    contradicts: str = ""
    experiment: str
    rule: str
    function: str = Field(pattern=r"^[a-z_]+:[a-z_0-9]+$")
    studies: tuple[str, ...] = ()
    thresholds: dict[str, float] = {}
    roles: dict[str, str] = {}
    outputs: dict[str, tuple[str, ...]] = {}
    show: Show = Show()


@lru_cache(maxsize=1)
def load_claims() -> tuple[Claim, ...]:
    """All claims in order of their ids.

    Raises:
        ValueError: a file is not valid.
    """
    files = sorted(FOLDER.glob("C*.toml"))
    claims = tuple(read_claim(path) for path in files)
    for path, claim in zip(files, claims, strict=True):
        if path.stem != claim.id:
            raise ValueError(f"{path.name}: holds claim {claim.id!r}")
    return claims


def read_claim(path: Path) -> Claim:
    """Read one file of the catalogue; raises ValueError with the file, key and value."""
    return _read(Claim, path)


def _read[Model: BaseModel](cls: type[Model], path: Path) -> Model:
    try:
        tree: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        return cls.model_validate(tree)
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise ValueError(f"{path.name}: {error}") from None


def select_claims(only: Sequence[str]) -> tuple[Claim, ...]:
    """The claims with the given ids, in the order of the catalogue; all for none.

    Raises:
        UserProblem: an id is not known.
    """
    claims = load_claims()
    known = [claim.id for claim in claims]
    wanted = [each.strip().upper() for each in only]
    for each in wanted:
        if each not in known:
            raise UserProblem(f"--only: there is no claim {each!r}; {nearest(each, known)}")
    return tuple(claim for claim in claims if not wanted or claim.id in wanted)
