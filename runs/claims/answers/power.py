"""Answers to the claims about power: 10 GW, homes, and own plants."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from runs.claims.answers.funding import percent, threshold_verdict
from runs.claims.claim import Answer, Estimate, Picture, Table, Verdict
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_money import intervals
from runs.claims.results import drivers, firm_name, spread, with_gain

if TYPE_CHECKING:
    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect

LAB_QUARTERS = (0, 5, 9, 13, 17, 21, 25, 29, 33, 37)
CLOUD_QUARTERS = (5, 9, 13, 17, 21)
GENEROUS = (
    "The model is generous with power: by the 2030s it connects more than forecasts of grids and "
    "gas plants allow. So a date of this answer is an early one."
)


def wanted_power(claim: Claim, results: Results) -> Answer:
    """Whether and when the lab runs on the power that it wants."""
    lab, cloud, rule = claim.roles["lab"], claim.roles["cloud"], claim.thresholds
    output = f"reaches_gw({lab}, {rule['gw']:g}, 21)"

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rule["often"], rule["rarely"])

    early = results.share("uncertain", output)
    late = results.share("uncertain", f"reaches_gw({lab}, {rule['gw']:g}, 39)")
    half = results.share("uncertain", f"reaches_gw({lab}, 4.5, 21)")
    used = results.mean("uncertain", f"lab_gw({lab}, 13)")
    built = results.mean("uncertain", f"cloud_gw({cloud}, 13)")
    ours = fan_table(results, "uncertain", [f"lab_gw({lab}, {q})" for q in LAB_QUARTERS])
    theirs = fan_table(results, "uncertain", [f"cloud_gw({cloud}, {q})" for q in CLOUD_QUARTERS])
    return Answer(
        verdict_of(early),
        f"{firm_name(lab)} runs on {rule['gw']:g} GW by the end of 2030 in {percent(early)} of the "
        f"runs; at the end of 2028 its compute draws {used.mean:.1f} GW on average.",
        estimates=(
            Estimate.of("runs with 10 GW by the end of 2030", early, "share"),
            Estimate.of("runs with 10 GW within ten years", late, "share"),
            Estimate.of("runs with 4.5 GW by the end of 2030", half, "share"),
            Estimate.of(f"{firm_name(lab)}, end of 2028", used, "GW"),
            Estimate.of(f"{firm_name(cloud)}, all its AI chips, end of 2028", built, "GW"),
        ),
        boundary="It ends where money ends: a lab gives up what has not begun.",
        explanation=(
            "Power is a queue: so many GW are connected a quarter, gas and reactors come later. "
            "The lab's GW are its compute at the average efficiency of the chips in service.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-gigawatts",
                "How much power does the lab's compute draw?",
                f"Runs with uncertain parameters ({early.n:,}); a lab that has failed draws none.",
                f"A fan that reaches {used.mean:.1f} GW at the end of 2028.",
                partial(
                    draw_fans,
                    (
                        Panel(
                            firm_name(lab),
                            ours,
                            "GW",
                            marks=((rule["gw"], "wanted"), (rule["article_gw"], "article")),
                        ),
                        Panel(f"{firm_name(cloud)}: all its AI chips", theirs, "GW"),
                    ),
                ),
            ),
        ),
        tables=(Table(f"{claim.id}-gigawatts", "GW behind the lab's compute", ours),),
        drivers=drivers(results, "uncertain", output, verdict_of, is_share=True),
        spread=spread(results, "uncertain", output),
        notes=(GENEROUS,),
    )


def homes(claim: Claim, results: Results) -> Answer:
    """How many homes draw as much as the data centres."""
    del results  # a division needs no run
    rule = claim.thresholds
    million = rule["gw"] / rule["kilowatt"]
    low, high = rule["gw"] / rule["high_kilowatt"], rule["gw"] / rule["low_kilowatt"]
    factor = rule["factor"]
    near = [
        rule["homes_million"] * factor >= each >= rule["homes_million"] / factor
        for each in (low, high)
    ]
    verdict: Verdict = "holds" if all(near) else "depends" if any(near) else "does not hold"
    return Answer(
        verdict,
        f"{rule['gw']:g} GW is what about {million:.1f} million homes draw ({low:.1f} to "
        f"{high:.1f} million), not {rule['homes_million']:g} million.",
        estimates=(
            Estimate(
                "homes that draw 10 GW",
                million,
                low,
                high,
                "million homes",
                0,
                "range of 0.9 to 1.5 kW for a home",
            ),
            Estimate(
                "power of one million homes",
                rule["kilowatt"],
                rule["low_kilowatt"],
                rule["high_kilowatt"],
                "GW",
                0,
                "range of 0.9 to 1.5 kW for a home",
            ),
        ),
        boundary="A million homes is near the 1.4 GW that the article names just before.",
        explanation=("The figure is corrected wherever this project names it.",),
    )


def own_plants(claim: Claim, results: Results) -> Answer:
    """What gas plants and reactors add to the build-out."""
    study, output = "power-options", "power_gw:at(21)"
    rise = claim.thresholds["rise"]

    def verdict_of(effect: Effect) -> Verdict:
        return threshold_verdict(effect, rise, rise)

    def gain(arm: str, which: str) -> tuple[Effect, Results]:
        found = with_gain(results, study, which, arm, "grid", is_relative=True)
        return found.mean(study, which), found

    both, paired = gain("both", output)
    gas, reactors = gain("gas", output)[0], gain("reactors", output)[0]
    late = {arm: gain(arm, "power_gw:at(37)")[0] for arm in ("gas", "reactors", "both")}
    grid = results.mean(study, output, "grid")
    rows = [
        ("gas, end of 2030", gas),
        ("reactors, end of 2030", reactors),
        ("both, end of 2030", both),
        *((f"{arm}, end of 2034", effect) for arm, effect in late.items()),
    ]
    return Answer(
        verdict_of(both),
        f"Own gas plants and reactors add {percent(both)} to the power that AI draws at the end "
        f"of 2030; gas alone {100 * gas.mean:.0f}%, reactors alone {100 * reactors.mean:.0f}%.",
        estimates=(
            *(
                Estimate.of(f"more power than with the grid alone: {n}", e, "share")
                for n, e in rows
            ),
            Estimate.of("power drawn with the grid alone, end of 2030", grid, "GW"),
        ),
        boundary="They matter where the grid is what limits; where demand limits, they add little.",
        explanation=(
            "Gas comes seven quarters after the start, reactors after twenty; each adds so many GW "
            "a quarter to what the grid connects, and is used only when chips wait for power.",
        ),
        pictures=(
            Picture(
                f"{claim.id}-options",
                "What does each source of power add?",
                f"Paired differences against the grid alone, {both.n:,} points, 95% intervals.",
                f"Both together add {both.mean:.0%} by the end of 2030.",
                partial(
                    intervals,
                    {"": [Estimate.of(name, effect, "share") for name, effect in rows]},
                    f"Own plants add {both.mean:.0%} by the end of 2030",
                    "Power drawn by AI chips, more than with the grid alone",
                ),
            ),
        ),
        drivers=drivers(paired, study, output, verdict_of),
        spread=spread(paired, study, output),
        notes=(GENEROUS,),
    )
