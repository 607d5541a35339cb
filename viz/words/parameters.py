"""Titles of the groups of parameters, and bounds of the app's own."""

from __future__ import annotations

GROUPS: dict[str, str] = {
    "quarters": "Clock",
    "expectations": "Expectations",
    "enterprise": "Enterprise customers",
    "consumers": "Consumers",
    "lab_rules": "Labs: behaviour",
    "funding": "Funding rounds",
    "compute": "Compute and power",
    "cloud_rules": "Clouds: behaviour",
    "chipmaker_rules": "Chipmakers: behaviour",
    "investor_rules": "Investors: behaviour",
    "valuation": "Valuation",
    "bank": "Bank",
    "default": "Default",
    "labs": "Lab",
    "clouds": "Cloud",
    "chipmakers": "Chipmaker",
    "investors": "Investor",
    "compute_contracts": "Compute contract",
    "equity_commitments": "Letter of intent",
    "backstops": "Backstop",
    "stakes": "Stake",
    "demanding_customers": "Demanding customer",
}

APP_BOUNDS = "{low} to {high}: the limit of this app; the model itself takes up to {model}"
