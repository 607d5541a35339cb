"""Answer to the question whether revenue will ever justify the investment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runs.claims.answer_part import Answer, Estimate, Verdict
from runs.claims.answers.answer_funding import middle, percent
from runs.claims.firm_names import firm_name
from runs.claims.results import share_by_point
from runs.claims.uncertainty import drivers, spread

if TYPE_CHECKING:
    from runs.claims.catalogue import Claim
    from runs.claims.results import Results
    from runs.twin_runs.twin_effects import Effect

BILLION = 1e9


def break_even(claim: Claim, results: Results) -> Answer:
    """Whether the lab pays its own way by 2030 and 2035; the doubt holds when it seldom does."""
    lab, rule = claim.roles["lab"], claim.thresholds
    output = f"breaks_even({lab}, 39)"

    def verdict_of(effect: Effect) -> Verdict:
        if effect.high <= rule["share"]:
            return "holds"
        return "does not hold" if effect.low >= rule["share"] else "depends"

    late = results.share("uncertain", output)
    early = results.share("uncertain", f"breaks_even({lab}, 21)")
    sector = {q: results.share("uncertain", f"all_break_even({q})") for q in (21, 39)}
    failed = results.share("uncertain", f"defaulted:{lab}")
    frame = results.frame("uncertain")
    revenue = frame[f"year_revenue_usd({lab}, 14)"].astype("float64")
    reaches = (revenue >= rule["goal_usd"]).astype("float64").where(revenue.notna())
    goal = share_by_point(reaches, frame["point"])
    in_2029 = middle("revenue from 2029Q1 to 2029Q4", revenue, "USD bn", 1 / BILLION)
    ratio = results.mean("uncertain", "capex_over_revenue(39)")
    until_2030 = results.mean("uncertain", "capex_over_revenue(21)")
    return Answer(
        verdict_of(late),
        f"{firm_name(lab)} lives and breaks even for a year by the end of 2030 in "
        f"{percent(early)} of the runs and by mid-2035 in {percent(late)}; it fails in "
        f"{percent(failed)}.",
        estimates=(
            Estimate.of("lab breaks even by mid-2035", late, "share"),
            Estimate.of("lab breaks even by the end of 2030", early, "share"),
            Estimate.of("lab fails within ten years", failed, "share"),
            Estimate.of("all labs together break even by the end of 2030", sector[21], "share"),
            Estimate.of("all labs together break even by mid-2035", sector[39], "share"),
            in_2029,
            Estimate.of("runs in which it reaches its goal of 125 bn in 2029", goal, "share"),
            Estimate.of("CapEx of clouds over revenue of labs, until 2030", until_2030, "times"),
            Estimate.of("the same until mid-2035", ratio, "times"),
        ),
        boundary="Where the lab gets over the years of the failed rounds, it breaks even later.",
        explanation=(
            "Breaking even is four quarters in a row in which revenue covers compute and staff. "
            "That is less than justifying the investment: it pays nothing back to those who "
            "financed the losses before. The return on the data centres is another claim (C29).",
            "Clouds build for other customers too, so not all CapEx has to be earned by labs.",
        ),
        drivers=drivers(results, "uncertain", output, verdict_of, is_share=True),
        spread=spread(results, "uncertain", output),
    )
