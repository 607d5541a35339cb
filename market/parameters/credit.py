"""Who lends to firms that build, to which kinds of issuers, and on what terms.

Kinds of issuers and lenders are data: a scenario changes an entry, or adds its own. The entries
below hold in every world that does not state otherwise.
"""

from __future__ import annotations

from typing import Any, Literal

from market.parameters.fields import (
    MONEY,
    MOST_MONEY_USD,
    MOST_SAVING_USD,
    SAVING,
    Section,
    parameter,
)


class CreditParameters(Section):
    """The market for the notes of firms that build, and the money that goes to it."""

    cash_usd: float = parameter(
        9.0e10,
        unit="USD",
        ge=0,
        le=MOST_MONEY_USD,
        doc="Money that credit investors have for AI notes at the start, all together.",
        source="rounded: 73 bn of bonds of five hyperscalers in September to 10 November 2025 "
        "(particle.news, ginlix.ai), and private credit",
        confidence="derived",
        why=MONEY,
    )
    inflow_usd: float = parameter(
        4.5e10,
        unit="USD per quarter",
        ge=0,
        le=MOST_SAVING_USD,
        doc="New money for AI notes that savers bring them, all together.",
        source="rounded: bonds of five hyperscalers in autumn 2025, and private credit",
        confidence="derived",
        why=SAVING,
    )
    inflow_growth: float = parameter(
        0.015, unit="per quarter", ge=-0.1, le=0.2, doc="Growth of that, and of the cash they keep."
    )
    cash_ceiling: float = parameter(
        2.0,
        unit="times the cash at the start",
        ge=0,
        le=1000,
        doc="Cash beyond it, grown with the inflow, goes back to savers: nobody wanted it.",
    )
    share_for_sale: float = parameter(
        0.5, unit="per quarter", ge=0, le=1, doc="Part of their cash that they lend in a quarter."
    )
    required_spread: float = parameter(
        0.0,
        unit="per year",
        ge=-0.02,
        le=0.3,
        doc="What all lenders ask of all issuers beyond the spread of their kind.",
        source="modelling choice: 0 is autumn 2025",
        why="under it money would be lent for less than it costs",
    )
    risk_multiple: float = parameter(
        1.5,
        unit="1",
        ge=0,
        le=10,
        doc="Spread asked for a unit of expected yearly loss.",
        source="form: Gilchrist and Zakrajsek 2012; value assumed, half to twice of it",
    )
    concentration_spread: float = parameter(
        0.01,
        unit="per year",
        ge=0,
        le=0.1,
        doc="Spread asked of an issuer all of whose contracts are with one customer.",
        source="modelling choice: a cloud with one dominant customer paid some 95 bp more",
    )
    supply_width: float = parameter(
        0.012,
        unit="per year",
        gt=0,
        le=0.2,
        doc="Rise of the spread from the first to the last dollar that is for sale.",
        source="form: Gilchrist and Zakrajsek 2012; value assumed, 0.6 to 2.4%",
        why="below, all is for sale at one spread; above, nobody could pay for it",
    )
    usual_tension: float = parameter(
        0.1,
        unit="1",
        ge=0,
        le=1,
        doc="Part of what is for sale that is asked for in usual times.",
        source="what the first quarters of the reference ask for over what is for sale",
        confidence="derived",
    )
    least_part: float = parameter(
        0.25,
        unit="1 of what is asked",
        ge=0,
        le=1,
        doc="Part that must be found, or an issue is pulled: nothing is sold.",
        source="as of rounds: funding.minimum_close",
    )
    loss_stop: float = parameter(
        0.10,
        unit="1 of its notes",
        gt=0,
        le=1,
        doc="Losses of late at which a lender buys nothing more.",
        source="modelling choice: wide range, 0.03 to 0.3",
    )
    loss_memory: float = parameter(
        0.7, unit="per quarter", ge=0, lt=1, doc="Part of losses of late still felt a quarter on."
    )
    mark_speed: float = parameter(
        0.5, unit="per quarter", ge=0, le=1, doc="Speed of prices of notes towards their spread."
    )
    flow_sensitivity: float = parameter(
        10.0,
        unit="1",
        ge=0,
        le=50,
        doc="Part of the inflow that a fund loses for a return of -1 a quarter, 0 to 1.",
        source="form: Goldstein, Jiang and Ng 2017; value assumed",
    )
    line_spread: float = parameter(
        0.02,
        unit="per year",
        ge=0,
        le=0.2,
        doc="Spread that banks ask on lines of lenders.",
        source="modelling choice: lines of private credit, 1.5 to 3% over the base rate",
    )
    least_coverage: float = parameter(
        1.2,
        unit="yearly operating cash over interest",
        ge=0,
        le=10,
        doc="Covenant: new debt is sold only while operating cash covers interest so often.",
        source="modelling choice: usual covenants 1.0 to 2.0",
        why="beyond, nobody could borrow",
    )
    vendor_loan_quarters: int = parameter(
        12, unit="quarters", ge=1, le=80, doc="Quarters over which a vendor loan is paid back."
    )


class CreditClassParameters(Section):
    """A kind of issuer: what lenders ask of it, and for how long they lend."""

    name: str = parameter(unit="text", doc="Name shown to people.")
    base_spread: float = parameter(
        unit="per year", ge=0, le=0.3, doc="Spread of an issuer that is sure to pay."
    )
    most_spread: float = parameter(
        unit="per year", ge=0, le=1, doc="Spread over which it sells no notes."
    )
    loss_given_default: float = parameter(
        unit="1", ge=0, le=1, doc="Part that lenders expect to lose when it fails."
    )
    duration_years: float = parameter(
        unit="years",
        ge=0,
        le=30,
        doc="Fall of the price of its notes per rise of the spread.",
        why="the longest bonds are of a century, and have this duration",
    )
    tenor_from: int = parameter(
        unit="quarters", ge=1, le=200, doc="Shortest of the notes that it sells."
    )
    tenor_to: int = parameter(
        unit="quarters", ge=1, le=200, doc="Longest of the notes that it sells."
    )
    opening_quarters: int = parameter(
        unit="quarters",
        ge=1,
        le=200,
        doc="Quarters over which debt of the start falls due, evenly, when nothing is stated.",
    )
    bank_share: float = parameter(
        unit="1", ge=0, le=1, doc="Part of its debt that banks lend while they can."
    )


class CreditInvestorParameters(Section):
    """A lender that buys notes: insurers, bond funds, pensions, private credit, others."""

    name: str = parameter(unit="text", doc="Name shown to people.")
    share: float = parameter(
        unit="1", ge=0, le=1, doc="Its part of the money for AI notes, at the start and of inflow."
    )
    assets_usd: float = parameter(
        unit="USD", ge=0, le=MOST_MONEY_USD, doc="All that it owns at the start.", why=MONEY
    )
    limit: float = parameter(unit="1 of its assets", ge=0, le=1, doc="Most AI notes that it holds.")
    holds: dict[str, float] = parameter(
        unit="1 by kind of issuer",
        doc="Its part, beside the other lenders', of the notes of a kind at the start; it buys the "
        "kinds that are named.",
    )
    owes: Literal["fund shares", "policies", "pension claims"] = parameter(
        unit="instrument", doc="What its owners have in it."
    )
    owners: Literal["households", "rest"] = parameter(
        "households", unit="party", doc="Who owns what it owes."
    )
    capital_share: float = parameter(
        0.0,
        unit="1 of its assets",
        ge=0,
        le=1,
        doc="Own capital, which bears losses before its owners do.",
    )
    extra_spread: float = parameter(
        0.0, unit="per year", ge=-0.05, le=0.1, doc="What it asks beyond others."
    )
    line_share: float = parameter(
        0.0, unit="1 of its notes", ge=0, le=0.95, doc="Part of its notes that a bank lends it."
    )
    redemption: float = parameter(
        0.0,
        unit="1",
        ge=0,
        le=50,
        doc="Part of its worth that owners want back for a return of -1 a quarter.",
    )
    gate: float = parameter(
        1.0, unit="1 of its worth per quarter", ge=0, le=1, doc="Most that it pays back."
    )


CREDIT_CLASSES: dict[str, dict[str, Any]] = {
    # AA 42, A 68, BBB 101 bp and high yield about 300 in autumn 2025; caps: peaks of 2008 to 2020
    "ig": {
        "name": "Investment grade",
        "base_spread": 0.004,
        "most_spread": 0.045,
        "loss_given_default": 0.5,
        "duration_years": 7.0,
        "tenor_from": 20,
        "tenor_to": 60,
        "opening_quarters": 44,
        "bank_share": 0.045,
    },
    # neoclouds: notes at 9 to 9.25%, delayed-draw loans of five years
    "hy": {
        "name": "High yield",
        "base_spread": 0.030,
        "most_spread": 0.10,
        "loss_given_default": 0.55,
        "duration_years": 3.0,
        "tenor_from": 6,
        "tenor_to": 20,
        "opening_quarters": 20,
        "bank_share": 0.31,
    },
}
"""Kinds of issuers of every world; a scenario changes them entry by entry."""

CREDIT_INVESTORS: dict[str, dict[str, Any]] = {
    # assets: Z.1; parts of the notes: Z.1 for investment grade, filings for neoclouds
    "insurers": {
        "name": "Insurers",
        "share": 0.24,
        "assets_usd": 6.0e12,
        "limit": 0.08,
        "holds": {"ig": 0.25},
        "owes": "policies",
        "capital_share": 0.08,
    },
    "bondfunds": {
        "name": "Bond funds",
        "share": 0.20,
        "assets_usd": 3.7e12,
        "limit": 0.12,
        "holds": {"ig": 0.22, "hy": 0.20},
        "owes": "fund shares",
        "redemption": 2.0,
    },
    "pensions": {
        "name": "Pension funds",
        "share": 0.11,
        "assets_usd": 2.0e12,
        "limit": 0.08,
        "holds": {"ig": 0.12},
        "owes": "pension claims",
    },
    "privatecredit": {
        "name": "Private credit",
        "share": 0.10,
        "assets_usd": 2.0e10,
        "limit": 1.0,
        "holds": {"hy": 0.40},
        "owes": "fund shares",
        "line_share": 0.55,
        "redemption": 2.0,
        "gate": 0.05,
    },
    "others": {
        "name": "Foreign and other holders",
        "share": 0.35,
        "assets_usd": 6.1e12,
        "limit": 0.08,
        "holds": {"ig": 0.365},
        "owes": "fund shares",
        "owners": "rest",
    },
}
"""Lenders of every world; a scenario changes them entry by entry."""


def with_defaults(given: Any, defaults: dict[str, dict[str, Any]]) -> Any:
    """The entries of every world with those of a scenario laid over them, value by value."""
    if not isinstance(given, dict):
        return given
    merged: dict[str, Any] = {key: dict(entry) for key, entry in defaults.items()}
    for key, entry in given.items():
        is_change = isinstance(entry, dict) and key in merged
        merged[key] = {**merged[key], **entry} if is_change else entry
    return merged
