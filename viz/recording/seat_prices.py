"""Offers of seats, and cuts of their prices as the model applies them, in words.

A cut is a difference to what the lab would ask; a second cut of the same lab is not added to the
first but replaces it from its quarter on (``market.shocks``).
"""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING, NamedTuple

from viz.words.customers import (
    CUT_ALREADY,
    CUT_DONE,
    CUT_ENDS,
    CUT_PART,
    CUT_STATUS,
    NO_OFFERS,
    NO_OFFERS_NOW,
    NO_OFFERS_YET,
)

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters
    from viz.recording.recording import Recording
    from viz.world.worlds import ShockStep, World

KIND = "price cut"


class Cut(NamedTuple):
    """How much less a lab asks from a quarter on, EUR per seat per month; 0 = nothing."""

    quarter: int
    eur: float


def sellers(recording: Recording, quarter: int) -> list[str]:
    """Keys of the labs that sell seats in a quarter."""
    state = recording.snapshots[quarter].customers
    return [k for k, p in zip(state.keys, state.prices.tolist(), strict=True) if not isnan(p)]


def no_offers(recording: Recording, quarter: int) -> str:
    """Why a quarter has no offers: none ever, none yet, or none any more."""
    label = recording.labels[quarter]
    if any(sellers(recording, past) for past in range(quarter)):
        return NO_OFFERS_NOW.format(label=label)
    later = range(quarter + 1, recording.quarters_recorded)
    if any(sellers(recording, each) for each in later):
        return NO_OFFERS_YET.format(label=label)
    return NO_OFFERS


def cuts_of(parameters: MarketParameters, key: str) -> list[Cut]:
    """Changes of the cut of a lab through a run, those of the scenario included.

    What changes nothing, such as the same cut once more, is left out.
    """
    shocks = [s for s in parameters.shocks.values() if s.kind == KIND and s.target in (None, key)]
    found: list[Cut] = []
    now = 0.0
    for quarter in range(parameters.quarters):
        eur = now
        for shock in shocks:
            if shock.quarter == quarter:
                eur = shock.size
            elif shock.quarters is not None and shock.quarter + shock.quarters == quarter:
                eur = 0.0
        if eur != now:
            found.append(Cut(quarter, eur))
        now = eur
    return found


def cut_in_force(parameters: MarketParameters, key: str, quarter: int) -> Cut:
    """The cut of a lab that holds in a quarter, with the quarter since when."""
    past = [cut for cut in cuts_of(parameters, key) if cut.quarter <= quarter]
    return past[-1] if past else Cut(0, 0.0)


def already_cut(world: World, step: ShockStep) -> str:
    """Why a cut of a lab would change nothing; "" when it would change something.

    Raises:
        WorldProblem: the cut is not possible in this world.
    """
    key, before = step.target or "", world.parameters
    if cuts_of(world.with_shock(step).parameters, key) != cuts_of(before, key):
        return ""
    return CUT_ALREADY.format(
        name=before.labs[key].name,
        eur=f"{step.size:g}",
        since=before.quarter_label(cut_in_force(before, key, step.quarter).quarter),
        label=before.quarter_label(step.quarter),
    )


def cut_status(recording: Recording) -> str:
    """What the visitor cut in this world, in a sentence for each lab."""
    steps = recording.world.shocks
    keys = list(dict.fromkeys(s.target for s in steps if s.kind == KIND and s.target))
    if not keys:
        return CUT_STATUS
    sentences = []
    for key in keys:
        parts = [
            (CUT_PART if cut.eur else CUT_ENDS).format(
                eur=f"{cut.eur:g}", label=recording.labels[cut.quarter]
            )
            for cut in cuts_of(recording.parameters, key)
        ]
        sentences.append(f"{recording.name_of(key)} {', '.join(parts)}.")
    return CUT_DONE.format(cuts=" ".join(sentences))
