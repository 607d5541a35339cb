"""Answer to the claim that data centres stay profitable: returns on sites by vintage."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from runs.claims.answer_part import Answer, Estimate, Picture, Table, Verdict
from runs.claims.answers.answer_funding import threshold_verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_returns import returns_by_vintage
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

USES = {
    "reuse": "market rent, with re-use",
    "once": "market rent, two years only",
    "contract": "contract at the price of its first quarter",
}
YEARS = range(5)
BARE = "bare"
"""In the table of vintages: market rent, with re-use, nothing left of the site."""
RENT_QUARTERS = (0, 8, 16, 24, 32, 39)


def returns(claim: Claim, results: Results) -> Answer:
    """Whether data centres of each year earn their cost back."""
    one, life = claim.thresholds["one"], claim.thresholds["building_years"]

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, one, one)

    output = f"mean_site_return(reuse, {life:g})"
    found = {use: results.mean("uncertain", f"mean_site_return({use}, {life:g})") for use in USES}
    bare = {use: results.mean("uncertain", f"mean_vintage_return({use})") for use in USES}
    lives = [claim.thresholds[f"{each}_building_years"] for each in ("shortest", "longest")]
    others = {
        years: results.mean("uncertain", f"mean_site_return(reuse, {years:g})") for years in lives
    }
    table = vintage_table(results, life)
    reuse, once, contract = (found[use] for use in ("reuse", "once", "contract"))
    return Answer(
        verdict_of(reuse),
        f"At market rent data centres of 2025 to 2028 bring {reuse.mean:.2f} times their cost "
        f"({reuse.low:.2f} to {reuse.high:.2f}) with re-use and {once.mean:.2f} times without, "
        "what is left of the site when its chips leave included; under a contract kept to its end "
        f"{contract.mean:.2f} times.",
        estimates=(
            *(_estimate(f"return over cost: {USES[use]}", found[use]) for use in USES),
            *(
                _estimate(f"the same with re-use, buildings over {years:g} years", effect)
                for years, effect in others.items()
            ),
            *(_estimate(f"nothing left of the site: {USES[use]}", bare[use]) for use in USES),
        ),
        boundary=_boundary(bare["reuse"], others, contract, one),
        explanation=(
            "A chip earns its rent times the use of capacity, less power and upkeep, until that is "
            "less than nothing or its useful life is over. Then the site is free for other chips: "
            f"what is not yet written off of it over {life:g} years counts, discounted.",
            "Older chips earn less as they do less work per hour, not because they stand still. "
            "Re-use is worth the difference between the first two lines: what the chips still "
            "earn after two years, less what it costs to have the site back later.",
        ),
        pictures=_pictures(claim, results, table, reuse),
        tables=(Table(f"{claim.id}-vintages", "Return by vintage and use", table),),
        drivers=drivers(results, "uncertain", output, verdict_of),
        spread=spread(results, "uncertain", output),
        notes=(
            "A first version of this answer wrote the whole site off with its first chips, "
            "buildings, power and cooling too; what is left of the site was added after its "
            f"answer had been seen. Without it the return is {bare['reuse'].mean:.2f} times the "
            f"cost ({bare['reuse'].low:.2f} to {bare['reuse'].high:.2f}), and the answer "
            f"“{verdict_of(bare['reuse'])}”. The threshold is the same.",
            "What is left is a book value: a site that finds no second tenant is worth less.",
            "Rents of the model fall to about 0.4 USD an hour by 2035, as it builds more capacity "
            "than the world may. That makes this answer a hard test of the claim.",
        ),
    )


def _estimate(name: str, effect: Effect) -> Estimate:
    return Estimate.of(name, effect, "times")


def _boundary(bare: Effect, others: dict[float, Effect], contract: Effect, one: float) -> str:
    """How much turns on the site, and on who bears the fall of rents."""
    lives = " and ".join(
        f"{effect.mean:.2f} with buildings over {years:g} years "
        f"(“{threshold_verdict(effect, one, one)}”)"
        for years, effect in others.items()
    )
    ends = {"holds": "earns his cost back", "does not hold": "does not earn his cost back"}
    ahead = ends.get(threshold_verdict(contract, one, one), "may earn his cost back")
    return (
        f"The life of the site moves the return at market rent, with re-use: {bare.mean:.2f} with "
        f"nothing left when its first chips leave, {lives}. Who sold the capacity ahead at the "
        f"price of its first quarter {ahead} if the buyer pays."
    )


def _pictures(
    claim: Claim, results: Results, table: pd.DataFrame, reuse: Effect
) -> tuple[Picture, ...]:
    rents = fan_table(results, "uncertain", [f"spot_price_usd_hour:at({q})" for q in RENT_QUARTERS])
    lines = USES | {BARE: "market rent, with re-use,\nnothing left of the site"}
    title = f"At market rent, data centres of 2025 to 2028 bring {reuse.mean:.2f} times their cost"
    return (
        Picture(
            f"{claim.id}-vintages",
            "Does a data centre of each year earn its cost back?",
            "Discounted earnings and what is left of the site, over cost; means with 95% "
            "intervals; one is even. Grey: nothing left.",
            f"With re-use the mean of 2025 to 2028 is {reuse.mean:.2f} times the cost.",
            partial(returns_by_vintage, table, lines, title),
        ),
        Picture(
            f"{claim.id}-rents",
            "How far does the rent of an accelerator fall?",
            "Rent without contract, runs with uncertain parameters.",
            "A fan that falls from about two dollars an hour.",
            partial(draw_fans, (Panel("Rent without contract", rents, "USD per hour"),)),
        ),
    )


def vintage_table(results: Results, building_years: float) -> pd.DataFrame:
    """One row per use and year: use, year (2025 is 0), mean, low, high, runs.

    Args:
        results: finished studies.
        building_years: life of buildings, years; in the rows of ``BARE`` nothing is left of them.
    """
    rows = []
    for use in (*USES, BARE):
        for year in YEARS:
            output = f"site_return({year}, {use}, {building_years:g})"
            if use == BARE:
                output = f"vintage_return({year}, reuse)"
            effect = results.mean("uncertain", output)
            rows.append((use, year, effect.mean, effect.low, effect.high, effect.n))
    return pd.DataFrame(rows, columns=["use", "year", "mean", "low", "high", "runs"])
