"""Answer to the claim that data centres stay profitable: returns by vintage."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_funding import threshold_verdict
from runs.claims.answers import Answer, Estimate, Picture, Table, Verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_returns import returns_by_vintage
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_effects import Effect

USES = {
    "reuse": "market rent, with re-use",
    "once": "market rent, two years only",
    "contract": "contract at the price of its first quarter",
}
YEARS = range(5)
RENT_QUARTERS = (0, 8, 16, 24, 32, 39)


def returns(claim: Claim, results: Results) -> Answer:
    """Whether chips of each year earn their cost back."""
    one = claim.thresholds["one"]

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, one, one)

    output = "mean_vintage_return(reuse)"
    found = {use: results.mean("uncertain", f"mean_vintage_return({use})") for use in USES}
    table = vintage_table(results)
    rents = fan_table(results, "uncertain", [f"spot_price_usd_hour:at({q})" for q in RENT_QUARTERS])
    reuse, once, contract = (found[use] for use in ("reuse", "once", "contract"))
    return Answer(
        verdict_of(reuse),
        f"At market rent chips of 2025 to 2028 earn {reuse.mean:.2f} times their cost "
        f"({reuse.low:.2f} to {reuse.high:.2f}) with re-use and {once.mean:.2f} times without; "
        f"under a contract kept to its end {contract.mean:.2f} times.",
        estimates=tuple(
            Estimate.of(f"discounted earnings over cost: {USES[use]}", effect, "times")
            for use, effect in found.items()
        ),
        boundary=(
            "Who sold the capacity ahead at today's price earns his cost back if the buyer pays; "
            "who rents it out at the market does so only where rents fall slowly."
        ),
        explanation=(
            "A chip earns its rent times the use of capacity, less power and upkeep, until that is "
            "less than nothing or its useful life is over. Older chips earn less as they do less "
            "work per hour, not because they stand still: re-use is worth the difference between "
            "the first two lines.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-vintages",
                "Does a data centre of each year earn its cost back?",
                "Discounted earnings over cost, means with 95% intervals; one is even.",
                f"With re-use the mean is {reuse.mean:.2f} times the cost.",
                partial(returns_by_vintage, table, USES),
            ),
            Picture(
                f"{claim.id}-rents",
                "How far does the rent of an accelerator fall?",
                "Rent without contract, runs with uncertain parameters.",
                "A fan that falls from about two dollars an hour.",
                partial(draw_fans, (Panel("Rent without contract", rents, "USD per hour"),)),
            ),
        ),
        tables=(Table(f"{claim.id}-vintages", "Return by vintage and use", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "Rents of the model fall to about 0.4 USD an hour by 2035, as it builds more capacity "
            "than the world may. That makes this answer a hard test of the claim.",
            "Chips bought late in 2029 have not lived their whole life when the run ends.",
        ),
    )


def vintage_table(results: Results) -> pd.DataFrame:
    """One row per use and year: use, year (2025 is 0), mean, low, high, runs."""
    rows = []
    for use in USES:
        for year in YEARS:
            effect = results.mean("uncertain", f"vintage_return({year}, {use})")
            rows.append((use, year, effect.mean, effect.low, effect.high, effect.n))
    return pd.DataFrame(rows, columns=["use", "year", "mean", "low", "high", "runs"])
