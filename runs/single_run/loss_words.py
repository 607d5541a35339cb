"""Who pays for an event in words: the table of payers for a terminal, and its finding."""

from __future__ import annotations

import pandas as pd

from runs.single_run.losses import LEAST_USD, SPREAD
from runs.single_run.story import align

_HEADS = (
    ("first_round_usd", "first round"),
    ("contagion_usd", "contagion"),
    ("fire_sales_usd", "fire sales"),
    ("marks_usd", "marks"),
    ("lost_usd", "debts lost"),
    ("passed_usd", "passed on"),
    ("borne_usd", "finally borne"),
    (SPREAD, "± 2 s.e."),
    ("borne_bp", "bp of capital"),
    ("forgiven_usd", "own forgiven"),
    ("shares_lost_usd", "shares lost"),
    ("shares_borne_usd", "shares borne"),
)


def losses_text(table: pd.DataFrame, what: str, how: str) -> str:
    """The table of payers in bn USD, with its sums; sectors or parties that it leaves alone go.

    Args:
        table: of ``Losses.table``, or means of several.
        what: the event, as a clause.
        how: what is counted, as a clause.
    """
    by, heads = str(table.columns[0]), {name: head for name, head in _HEADS if name in table}
    money = [name for name in heads if name.endswith("_usd") and name != SPREAD]
    shown = table[(table[money].abs() >= LEAST_USD).any(axis=1)]
    rows = [[by, *heads.values()]]
    for _, row in shown.iterrows():
        rows.append([str(row[by]), *(_cell(name, row[name]) for name in heads)])
    sums = table[money].sum()
    rows.append(["Sum", *(_cell(name, sums[name]) if name in money else "" for name in heads)])
    lines = [
        f"Who pays for {what}, {how} (bn USD; losses are above zero):",
        *align(rows),
        "Debts lost = finally borne = own debts forgiven, in sum. Shares stand apart: a fall of",
        "market value is no debt, and the two are never added.",
    ]
    real = float(table["real_assets_lost_usd"].sum())
    if abs(real) >= LEAST_USD:
        lines.append(f"Real assets gone, at book value: {real / 1e9:,.2f} bn USD.")
    return "\n".join(lines)


def _cell(name: str, value: float) -> str:
    if pd.isna(value):
        return ""
    text = f"{value:,.1f}" if name.endswith("_bp") else f"{value / 1e9:,.2f}"
    return text if text.strip("-0.") else "0"


def headline_of(table: pd.DataFrame, what: str) -> str:
    """The finding as a sentence: how much is lost, and who bears most of it."""
    lost = float(table["lost_usd"].sum())
    start = f"{what[0].upper()}{what[1:]}"
    if lost < LEAST_USD:
        return f"{start}: no debts are lost"
    worst = table.sort_values("borne_usd", ascending=False, kind="stable").iloc[0]
    share = float(worst["borne_usd"]) / lost
    most = f"{share:.0%} of it to: {worst.iloc[0]}"
    return f"{start}: {lost / 1e9:,.1f} bn USD of debts are lost, {most}"
