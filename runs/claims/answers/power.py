"""Answers to the claims about power: 10 GW, homes, and own plants."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from runs.claims.answers.funding import percent, threshold_verdict
from runs.claims.claim import Answer, Estimate, Verdict, words_of
from runs.claims.fans import Panel, draw_fans, fan_table
from runs.claims.pictures_money import intervals
from runs.claims.results import drivers, firm_name, spread, with_gain

if TYPE_CHECKING:
    from runs.claims.claim import Claim
    from runs.claims.results import Results
    from runs.twin_runs.results import Effect

LAB_QUARTERS = (0, 5, 9, 13, 17, 21, 25, 29, 33, 37)
CLOUD_QUARTERS = (5, 9, 13, 17, 21)


def wanted_power(claim: Claim, results: Results) -> Answer:
    """Whether and when the lab runs on the power that it wants."""
    say = words_of(claim)
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
    return say.answer(
        verdict_of(early),
        {
            "lab": firm_name(lab),
            "gw": f"{rule['gw']:g}",
            "early": percent(early),
            "used": f"{used.mean:.1f}",
        },
        estimates=(
            Estimate.of(say("figure-wanted-2030"), early, "share"),
            Estimate.of(say("figure-wanted-ever"), late, "share"),
            Estimate.of(say("figure-half-2030"), half, "share"),
            Estimate.of(say("figure-lab-2028", lab=firm_name(lab)), used, "GW"),
            Estimate.of(say("figure-cloud-2028", cloud=firm_name(cloud)), built, "GW"),
        ),
        pictures=(
            say.picture(
                "gigawatts",
                partial(
                    draw_fans,
                    (
                        Panel(
                            firm_name(lab),
                            ours,
                            say("axis-gw"),
                            marks=(
                                (rule["gw"], say("mark-wanted")),
                                (rule["article_gw"], say("mark-article")),
                            ),
                        ),
                        Panel(say("panel-cloud", cloud=firm_name(cloud)), theirs, say("axis-gw")),
                    ),
                ),
                runs=f"{early.n:,}",
                used=f"{used.mean:.1f}",
            ),
        ),
        tables=(say.table("gigawatts", ours),),
        drivers=drivers(results, "uncertain", output, verdict_of, is_share=True),
        spread=spread(results, "uncertain", output),
    )


def homes(claim: Claim, results: Results) -> Answer:
    """How many homes draw as much as the data centres."""
    say = words_of(claim)
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
    return say.answer(
        verdict,
        {
            "gw": f"{rule['gw']:g}",
            "million": f"{million:.1f}",
            "low": f"{low:.1f}",
            "high": f"{high:.1f}",
            "homes_million": f"{rule['homes_million']:g}",
        },
        estimates=(
            Estimate(
                say("figure-homes"),
                million,
                low,
                high,
                "million homes",
                0,
                say("interval-home"),
            ),
            Estimate(
                say("figure-million-homes"),
                rule["kilowatt"],
                rule["low_kilowatt"],
                rule["high_kilowatt"],
                "GW",
                0,
                say("interval-home"),
            ),
        ),
    )


def own_plants(claim: Claim, results: Results) -> Answer:
    """What gas plants and reactors add to the build-out."""
    say = words_of(claim)
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
        (say("option-gas"), gas),
        (say("option-reactors"), reactors),
        (say("option-both"), both),
        *((say(f"option-late-{arm}"), effect) for arm, effect in late.items()),
    ]
    return say.answer(
        verdict_of(both),
        {
            "both": percent(both),
            "gas": f"{100 * gas.mean:.0f}",
            "reactors": f"{100 * reactors.mean:.0f}",
        },
        estimates=(
            *(Estimate.of(say("figure-more-power", option=n), e, "share") for n, e in rows),
            Estimate.of(say("figure-grid-power"), grid, "GW"),
        ),
        pictures=(
            say.picture(
                "options",
                partial(
                    intervals,
                    {"": [Estimate.of(name, effect, "share") for name, effect in rows]},
                    say("options-headline", both=f"{both.mean:.0%}"),
                    say("options-x"),
                ),
                points=f"{both.n:,}",
                both=f"{both.mean:.0%}",
            ),
        ),
        drivers=drivers(paired, study, output, verdict_of),
        spread=spread(paired, study, output),
    )
