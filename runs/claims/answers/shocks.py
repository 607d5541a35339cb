"""Answer to the claim that a cheap rival was a warning: impulse responses of paired twins."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
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
    move, roles = claim.thresholds["move"], claim.roles
    lab, maker = firm_name(roles["lab"]), firm_name(roles["chipmaker"])
    value = impulse_table(results, RIVAL, f"{roles['lab']}.valuation_usd")
    chips = impulse_table(results, RIVAL, f"{roles['chipmaker']}.value_usd")
    capex = impulse_table(results, RIVAL, "capex_usd")
    price = impulse_table(results, RIVAL, f"{roles['lab']}.price_eur")
    rows = {
        f"price of {lab}": price,
        f"value of {lab}": value,
        f"value of {maker}": chips,
        "CapEx of all clouds": capex,
    }
    deciding = f"impulse({roles['chipmaker']}.value_usd, {QUARTERS - 1})"
    return Answer(
        warns(value, chips, move),
        f"Two years after a cheap rival opens, {lab} asks {_moved(price)} for a seat and is worth "
        f"{_moved(value)}; {maker} is worth {_moved(chips)} and CapEx is {_moved(capex)}.",
        estimates=(
            *(_last(name, table) for name, table in rows.items()),
            *(_deepest(name, table) for name, table in rows.items()),
            Estimate.of(
                f"enterprise seats of {firm_name(roles['rival'])} after two years",
                results.mean(RIVAL, f"entrant_share({roles['rival']})"),
                "share",
            ),
            *(
                _last(f"{name}, reference parameters", table)
                for name, table in _both(results, roles, RIVAL_CHANCE).items()
            ),
        ),
        boundary=(
            f"A fall of {move:.0%} is sure {_when(lab, value, move)} and "
            f"{_when(maker, chips, move)}. CapEx and chips move later and less "
            "than labs, as the rival's users need compute too, a third of it."
        ),
        explanation=(
            "The rival opens at 12 EUR a seat, under half of the others' price, and needs a third "
            "of their compute for an answer. Rivals cut their prices, lose users and raise less.",
            "A chipmaker is valued on its revenue. It falls when orders do, quarters after the "
            "labs, and not on the day of the news.",
        ),
        pictures=(impulse_picture(claim, results, rows),),
        tables=(Table(f"{claim.id}-impulses", "Change by quarter after the entry", _long(rows)),),
        drivers=drivers(
            results, RIVAL, deciding, lambda effect: _size_of(effect, move), is_share=False
        ),
        spread=spread(results, RIVAL, deciding),
        notes=(
            "The model is wrong about the day itself: in January 2025 the chipmaker's share fell "
            "17% at once and most of it came back; here a value follows reported revenue, so "
            f"{maker} moves by {chips['mean'].iloc[0]:.1%} in the quarter of the entry.",
            "The rival takes more of the market than the real one did: here nobody refuses it for "
            "where it comes from, and compute to serve its users is there to rent.",
        ),
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


def _when(name: str, table: pd.DataFrame, move: float) -> str:
    """First quarter in which a fall is sure."""
    sure = table[table["high"] <= -move]["quarter"]
    if sure.empty:
        return f"for {name} in none of the eight quarters"
    return f"for {name} from quarter {int(sure.iloc[0])} after the entry on"


def _size_of(effect: Effect, move: float) -> str:
    if effect.high <= -move:
        return f"falls by {move:.0%}"
    return "stays" if effect.low > -move and effect.high < move else "unsure"


def _both(results: Results, roles: dict[str, str], study: str) -> dict[str, pd.DataFrame]:
    indicators = {
        f"value of {firm_name(roles['lab'])}": f"{roles['lab']}.valuation_usd",
        f"value of {firm_name(roles['chipmaker'])}": f"{roles['chipmaker']}.value_usd",
        "CapEx of all clouds": "capex_usd",
    }
    return {name: impulse_table(results, study, each) for name, each in indicators.items()}


def _moved(table: pd.DataFrame) -> str:
    row = table.iloc[-1]
    return moved_words(float(row["mean"]), float(row["low"]), float(row["high"]))


def moved_words(mean: float, low: float, high: float) -> str:
    """A change in words: "23% less (18 to 28)", "4% less (8% less to 0.4% more)"."""
    if low < 0 < high:
        return f"{_more(mean)} ({_more(low)} to {_more(high)})"
    ends = sorted((100 * abs(low), 100 * abs(high)))
    return f"{_more(mean)} ({ends[0]:.0f} to {ends[1]:.0f})"


def _more(change: float) -> str:
    digits = 0 if abs(change) >= 0.01 else 1
    return f"{abs(change):.{digits}%} {'less' if change < 0 else 'more'}"


def _last(name: str, table: pd.DataFrame) -> Estimate:
    row = table.iloc[-1]
    ends = (float(row["mean"]), float(row["low"]), float(row["high"]))
    return Estimate(f"{name}, after two years", *ends, "share", int(row["pairs"]))


def _deepest(name: str, table: pd.DataFrame) -> Estimate:
    row = table.sort_values("mean", ignore_index=True).iloc[0]
    ends = (float(row["mean"]), float(row["low"]), float(row["high"]))
    place = int(row["quarter"])
    return Estimate(f"{name}, deepest (quarter {place})", *ends, "share", int(row["pairs"]))


def _long(rows: dict[str, pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table.assign(what=name) for name, table in rows.items()], ignore_index=True)


def impulse_picture(claim: Claim, results: Results, rows: dict[str, pd.DataFrame]) -> Picture:
    """Impulse responses: price, values, CapEx."""
    roles = claim.roles

    def lines(role: str, indicator: str) -> Sequence[tuple[str, pd.DataFrame]]:
        return [
            (firm_name(roles[each]), impulse_table(results, RIVAL, f"{roles[each]}.{indicator}"))
            for each in (role, "other_lab")
        ]

    makers, capex = list(rows)[2], list(rows)[3]
    panels = {
        "Price of a seat": lines("lab", "price_eur"),
        "Value of the lab": lines("lab", "valuation_usd"),
        f"Value of {firm_name(roles['chipmaker'])}": [("chipmaker", rows[makers])],
        "CapEx of all clouds": [("CapEx", rows[capex])],
    }
    pairs = len(results.frame(RIVAL))
    names = [firm_name(roles[role]) for role in ("lab", "chipmaker")]
    ends = [f"{rows[f'value of {name}']['mean'].iloc[-1]:+.0%}" for name in names]
    title = f"Change of value after two years: {names[0]} {ends[0]}, {names[1]} {ends[1]}"
    return Picture(
        f"{claim.id}-impulses",
        "What does a cheap rival change, and when?",
        f"Difference between twins with and without the rival, as a part of the value without; "
        f"{pairs} pairs with uncertain parameters, 95% intervals of the mean.",
        "Prices and labs' values fall at once, chips and CapEx later and less.",
        partial(impulse_panels, panels, title),
    )
