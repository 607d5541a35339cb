"""G6 to G8: is the circle causal, in a bust as in telecom too, and can the banks be hurt?"""

from __future__ import annotations

from runs.twin_runs.results import Effect, share_effect
from runs.validation.gate import Chart, Found, Gate, exactly
from runs.validation.results import Results

BASE = "as-is"
RELATIVE = ("capex", "chip_revenue", "valuations")
ABSOLUTE = ("freeze_5y", "lab_failures")
LOANS = ("with-loans", "without")
ARMS = {"moves": "no-vendors", "circle-moves": "no-circle"}


def causal(gate: Gate, results: Results) -> Found:
    """G6: how many of five statistics the circle moves, and whether vendor loans are used."""
    effects, names, charts = {}, {}, []
    for part, arm in ARMS.items():
        moves = moved_by(results, arm)
        beyond = [name for name, effect in moves.items() if is_beyond(effect)]
        effects[part] = exactly(len(beyond), len(moves))
        names[part] = ", ".join(
            f"{gate.says(f'statistic-{name}')} {'+' if moves[name].mean > 0 else '-'}"
            for name in beyond
        )
        for kind, unit in ((RELATIVE, "change"), (ABSOLUTE, "points")):
            rows = tuple((gate.says(f"statistic-{name}"), moves[name]) for name in kind)
            charts.append(Chart(f"{part}-{unit}", rows, unit))
    limit = gate.numbers["loans_over_revenue"]
    loans = results.values("circle", "vendor_loans", BASE)
    effects["loans"] = share_effect((loans >= limit).astype("float64").tolist())
    return Found(effects, tuple(charts), names=names)


def moved_by(results: Results, arm: str) -> dict[str, Effect]:
    """Statistic -> what an arm changes in it: relative, or in points and firms."""
    found = {name: results.change("circle", name, arm, BASE) for name in RELATIVE}
    return found | {name: results.difference("circle", name, arm, BASE) for name in ABSOLUTE}


def is_beyond(effect: Effect) -> bool:
    """Whether a mean is known to be other than zero: its 95% interval lies on one side."""
    return effect.low > 0 or effect.high < 0


def telecom(gate: Gate, results: Results) -> Found:
    """G7: the boom, failures and losses of a world of carriers, with vendor loans and without."""
    boom = results.change("telecom", "peak_capex", *LOANS)
    more = {
        name: results.difference("telecom", statistic, *LOANS)
        for name, statistic in (("carriers", "cloud_failures"), ("losses", "maker_losses"))
    }
    losses = more["losses"]
    failed = results.values("telecom", "chipmaker_failures", LOANS[0])
    effects = {
        "boom": boom,
        "carriers": more["carriers"],
        "losses": Effect(losses.mean / 1e9, losses.low / 1e9, losses.high / 1e9, losses.n),
        "makers": share_effect((failed > 0).astype("float64").tolist()),
    }
    rows = tuple((gate.says(name), effects[name]) for name in ("carriers", "losses"))
    return Found(
        effects,
        (
            Chart("boom", ((gate.says("boom"), boom),), "change", "boom"),
            Chart("failures", rows, "count"),
        ),
    )


def banks(gate: Gate, results: Results) -> Found:
    """G8: how often the bank's capital falls under its floor, from thick to thin capital."""
    arms = results.trials["bank"].present
    shares = {arm: results.share("bank", "bank_under_floor", arm) for arm in arms}
    rows = tuple((gate.says(f"arm-{arm}"), share) for arm, share in shares.items())
    safest = min(shares.values(), key=lambda share: share.mean)
    worst_off = max(shares.values(), key=lambda share: share.mean)
    return Found({"safe": safest, "broken": worst_off}, (Chart("map", rows, "share"),))
