"""Where a failure would reach the banks: by their capital, who fails, and who lent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answers.criteria import where_it_fails
from runs.claims.firm_names import firm_name

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results

BANKS = {"failure-map-bank": "lab", "failure-map-bank-cloud": "debt_cloud"}
"""Study -> role of the firm that is struck."""
FLOOR = 0.06
"""Capital over assets under which the reference scenario's banks stop lending."""
ARMS = {"bonds": "clouds' debt is bonds, as stated", "bank-loans": "clouds' debt is bank loans"}


def banks_table(claim: Claim, results: Results) -> pd.DataFrame:
    """What each failure costs the banks, by who has lent to the clouds and by the banks' capital.

    Returns:
        One row per firm that is struck, lender and capital: struck, lender, bank.capital_usd,
        pairs, before (capital over assets), lowest and lowest_of_all (the lowest afterwards, mean
        and least of the pairs), lost and lost_most (part of the capital), under_floor and
        many_fail (shares of pairs). Only pairs in which the struck firm fails.
    """
    tables = []
    for study, role in BANKS.items():
        frame = where_it_fails(results, study).frame(study)
        frame = frame.astype({"bank_under_floor": float, "many_fail": float})
        table = frame.groupby(["arm", "bank.capital_usd"]).agg(
            pairs=("bank_under_floor", "size"),
            before=("bank_ratio_at_start()", "mean"),
            lowest=("lowest_bank_ratio()", "mean"),
            lowest_of_all=("lowest_bank_ratio()", "min"),
            lost=("bank_capital_loss", "mean"),
            lost_most=("bank_capital_loss", "max"),
            under_floor=("bank_under_floor", "mean"),
            many_fail=("many_fail", "mean"),
        )
        table.insert(0, "struck", firm_name(claim.roles[role]))
        tables.append(table.reset_index())
    found = pd.concat(tables, ignore_index=True)
    found["arm"] = found["arm"].map(ARMS)
    columns = ["struck", *(name for name in found if name != "struck")]
    return found[columns].rename(columns={"arm": "lender"})


def banks_text(banks: pd.DataFrame, worst: float, who: str) -> str:
    """Where on the map of banks the floor is broken, and how far off it is as stated.

    Args:
        banks: as ``banks_table`` makes it.
        worst: largest part of the banks' capital that any failure costs.
        who: name of the firm with that failure.
    """
    room = 1 - FLOOR / float(banks["before"].max())
    stated = (
        f"As stated, the banks reach their floor when about {room:.0%} of their capital is lost; "
        f"the most that any of these failures costs is {worst:.1%} ({who})."
    )
    broken = banks[banks["under_floor"] > 0]
    if broken.empty:
        return (
            f"{stated} No boundary was found: with capital of {banks['before'].min():.2%} of "
            "assets, hardly over the floor, they still stand."
        )
    first = broken.sort_values("before").iloc[-1]
    return (
        f"{stated} The floor is broken with capital of {first['before']:.2%} of assets or less "
        f"({first['struck']} fails, {first['lender']}: in {first['under_floor']:.0%} of the pairs)."
    )
