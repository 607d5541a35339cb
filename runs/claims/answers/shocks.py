"""Answer to the claim that a cheap rival was a warning: impulse responses of paired twins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.claim import (
    WORDS,
    Answer,
    ClaimWords,
    Estimate,
    Picture,
    Verdict,
    with_interval,
    words_of,
)
from runs.claims.pictures_failure import impulse_panels
from runs.claims.results import drivers, firm_name, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect

RIVAL, RIVAL_CHANCE = "cheap-rival", "cheap-rival-reference"
QUARTERS = 8


def impulse_table(results: Results, study: str, indicator: str) -> pd.DataFrame:
    """Change of an indicator by quarter after a shock.

    Returns:
        Columns quarter, mean, low, high (parts of the value without), pairs.
    """
    rows = []
    for quarter in range(QUARTERS):
        effect = results.mean(study, f"impulse({indicator}, {quarter})")
        rows.append((quarter, effect.mean, effect.low, effect.high, effect.n))
    return pd.DataFrame(rows, columns=["quarter", "mean", "low", "high", "pairs"])


def cheap_rival(claim: Claim, results: Results) -> Answer:
    """What a cheap rival alone does to prices, values and CapEx."""
    say = words_of(claim)
    move, roles = claim.thresholds["move"], claim.roles
    lab, maker = firm_name(roles["lab"]), firm_name(roles["chipmaker"])
    value = impulse_table(results, RIVAL, f"{roles['lab']}.valuation_usd")
    chips = impulse_table(results, RIVAL, f"{roles['chipmaker']}.value_usd")
    capex = impulse_table(results, RIVAL, "capex_usd")
    price = impulse_table(results, RIVAL, f"{roles['lab']}.price_eur")
    rows = {
        say("what-price", lab=lab): price,
        say("what-value-lab", lab=lab): value,
        say("what-value-maker", maker=maker): chips,
        say("what-capex"): capex,
    }
    deciding = f"impulse({roles['chipmaker']}.value_usd, {QUARTERS - 1})"
    return say.answer(
        warns(value, chips, move),
        {
            "lab": lab,
            "price": _moved(price),
            "value": _moved(value),
            "maker": maker,
            "chips": _moved(chips),
            "capex": _moved(capex),
            "move": f"{move:.0%}",
            "lab_when": _when(say, lab, value, move),
            "maker_when": _when(say, maker, chips, move),
            "change": f"{chips['mean'].iloc[0]:.1%}",
        },
        estimates=(
            *(_last(say, name, table) for name, table in rows.items()),
            *(_deepest(say, name, table) for name, table in rows.items()),
            Estimate.of(
                say("figure-rival-seats", rival=firm_name(roles["rival"])),
                results.mean(RIVAL, f"entrant_share({roles['rival']})"),
                "share",
            ),
            *(
                _last(say, say("reference", name=name), table)
                for name, table in _both(say, results, roles, RIVAL_CHANCE).items()
            ),
        ),
        pictures=(impulse_picture(claim, results, rows),),
        tables=(say.table("impulses", _long(rows)),),
        drivers=drivers(
            results, RIVAL, deciding, lambda effect: _size_of(say, effect, move), is_share=False
        ),
        spread=spread(results, RIVAL, deciding),
    )


def warns(value: pd.DataFrame, chips: pd.DataFrame, move: float) -> Verdict:
    """The rule: both fall by ``move`` in some quarter, or neither moves by it in any."""
    fall = [bool((table["high"] <= -move).any()) for table in (value, chips)]
    still = [
        bool(((table["low"] > -move) & (table["high"] < move)).all()) for table in (value, chips)
    ]
    if all(fall):
        return "holds"
    return "does not hold" if all(still) else "depends"


def _when(say: ClaimWords, name: str, table: pd.DataFrame, move: float) -> str:
    """First quarter in which a fall is sure."""
    sure = table[table["high"] <= -move]["quarter"]
    if sure.empty:
        return say("when-never", name=name)
    return say("when", name=name, quarter=int(sure.iloc[0]))


def _size_of(say: ClaimWords, effect: Effect, move: float) -> str:
    if effect.high <= -move:
        return say("driver-falls", move=f"{move:.0%}")
    is_still = effect.low > -move and effect.high < move
    return say("driver-stays" if is_still else "driver-unsure")


def _both(
    say: ClaimWords, results: Results, roles: dict[str, str], study: str
) -> dict[str, pd.DataFrame]:
    indicators = {
        say("what-value-lab", lab=firm_name(roles["lab"])): f"{roles['lab']}.valuation_usd",
        say(
            "what-value-maker", maker=firm_name(roles["chipmaker"])
        ): f"{roles['chipmaker']}.value_usd",
        say("what-capex"): "capex_usd",
    }
    return {name: impulse_table(results, study, each) for name, each in indicators.items()}


def _moved(table: pd.DataFrame) -> str:
    row = table.iloc[-1]
    return moved_words(float(row["mean"]), float(row["low"]), float(row["high"]))


def moved_words(mean: float, low: float, high: float) -> str:
    """A change in words: "23% less (18 to 28)", "4% less (8% less to 0.4% more)"."""
    if low < 0 < high:
        return with_interval(_more(mean), _more(low), _more(high))
    ends = sorted((100 * abs(low), 100 * abs(high)))
    return with_interval(_more(mean), *(f"{each:.0f}" for each in ends))


def _more(change: float) -> str:
    digits = 0 if abs(change) >= 0.01 else 1
    return WORDS("change-less" if change < 0 else "change-more", part=f"{abs(change):.{digits}%}")


def _last(say: ClaimWords, name: str, table: pd.DataFrame) -> Estimate:
    row = table.iloc[-1]
    ends = (float(row["mean"]), float(row["low"]), float(row["high"]))
    return Estimate(say("figure-last", name=name), *ends, "share", int(row["pairs"]))


def _deepest(say: ClaimWords, name: str, table: pd.DataFrame) -> Estimate:
    row = table.sort_values("mean", ignore_index=True).iloc[0]
    ends = (float(row["mean"]), float(row["low"]), float(row["high"]))
    place = int(row["quarter"])
    return Estimate(
        say("figure-deepest", name=name, place=place),
        *ends,
        "share",
        int(row["pairs"]),
    )


def _long(rows: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(what=name) for name, table in rows.items()], ignore_index=True)


def impulse_picture(claim: Claim, results: Results, rows: dict[str, pd.DataFrame]) -> Picture:
    """Impulse responses: price, values, CapEx."""
    say = words_of(claim)
    roles = claim.roles

    def lines(role: str, indicator: str) -> Sequence[tuple[str, pd.DataFrame]]:
        return [
            (firm_name(roles[each]), impulse_table(results, RIVAL, f"{roles[each]}.{indicator}"))
            for each in (role, "other_lab")
        ]

    values, makers, capex = list(rows.values())[1:]
    panels = {
        say("panel-price"): lines("lab", "price_eur"),
        say("panel-value-lab"): lines("lab", "valuation_usd"),
        say("panel-value-maker", maker=firm_name(roles["chipmaker"])): [("", makers)],
        say("what-capex"): [("", capex)],
    }
    pairs = len(results.frame(RIVAL))
    names = [firm_name(roles[role]) for role in ("lab", "chipmaker")]
    ends = [f"{table['mean'].iloc[-1]:+.0%}" for table in (values, makers)]
    title = say(
        "impulses-headline", lab=names[0], lab_change=ends[0], maker=names[1], maker_change=ends[1]
    )
    return say.picture("impulses", partial(impulse_panels, panels, title), pairs=pairs)
