"""Words of the live page: one question per panel, with its lines and units. English."""

from __future__ import annotations

PANELS: dict[str, tuple[str, str]] = {
    "cash": ("How much money do the labs have left?", "Deposits of all AI labs, bn USD"),
    "valuation": (
        "What are the labs said to be worth?",
        "Value of all labs at the price of their latest rounds, bn USD",
    ),
    "funding": (
        "Do investors still bring what the labs ask for?",
        "Money asked and money raised in a quarter, bn USD",
    ),
    "capex": (
        "How much is being built?",
        "Spending per quarter: CapEx of clouds and revenue of chipmakers, bn USD",
    ),
    "rpo": (
        "How much has been promised and not yet delivered?",
        "RPO: revenue under contract of all clouds, bn USD",
    ),
    "burden": (
        "Can the labs carry what they have promised?",
        "Compute that labs must still buy, in years of their revenue",
    ),
    "revenue": (
        "Do the labs earn what their compute costs?",
        "Revenue of labs and their bill for compute per quarter, bn USD",
    ),
    "rent": (
        "What does compute cost?",
        "Rent of an accelerator without contract, USD per hour",
    ),
    "utilisation": (
        "Is the compute used?",
        "Compute sold over compute in service, %",
    ),
    "shares": (
        "Which assistant do companies choose?",
        "Share of enterprise seats, %",
    ),
    "circularity": (
        "How much of the money goes round in a circle?",
        "Payments among labs, clouds and chipmakers that come back to where they began, "
        "in % of all; four quarters",
    ),
    "power": (
        "Where does the electricity come from?",
        "Power drawn by chips, and sites that wait for a connection, GW",
    ),
}
"""Panel -> question and what is shown, with its unit."""

LINES = {
    "labs_cash_usd": "Labs' cash",
    "labs_valuation_usd": "Value of labs",
    "needed_usd": "Asked",
    "raised_usd": "Raised",
    "capex_usd": "CapEx of clouds",
    "chip_revenue_usd": "Chip revenue",
    "rpo_usd": "RPO",
    "commitments_over_revenue": "Years of revenue",
    "labs_revenue_usd": "Revenue",
    "labs_compute_cost_usd": "Compute bill",
    "spot_price_usd_hour": "Rent",
    "utilisation": "Utilisation",
    "circularity_year": "Circular share",
    "power_gw": "Drawn",
    "power_queue_gw": "Waiting",
}
GHOST = "without the shock"
DIFFERENCE = "difference"
EVENTS_TITLE = "What happened?"
EVENTS_SHOWN = "Each mark is an event; a larger one is several. Click to ask why."
OTHERS = "others"
TWIN_NOTE = "{label} in {quarter}: {value}; without the shock {ghost} ({difference})."
NO_COMPARISON, NO_VALUE = "not comparable", "no value"
NOTHING_RECORDED = "This world has not started yet: press Play."
