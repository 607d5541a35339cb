"""Words of the page of firms. English."""

from __future__ import annotations

CHOICE = "Firm"
KIND_NAMES = {
    "labs": "AI labs",
    "clouds": "Clouds",
    "chipmakers": "Chipmakers",
    "investors": "Investors",
}
HEAD_TITLE = "How does it stand?"
HEAD = "{name} in {label}"
OWNS = "It owns {assets} and owes {debts}, its own shares apart: {equity} are left for its owners."
RUNWAY = "At the present rate its cash lasts {quarters} quarters."
RUNWAY_NONE = "It burns no cash."
WORTH = "It is said to be worth {value}."
STATES = {
    "": "{name} is in business.",
    "failed": "{name} has failed.",
    "margin call": "{name} has had a margin call: its lender asks for its money.",
    "short runway": "{name} has cash for less than a year.",
    "outside": "{name} has not entered the market.",
}
OPEN_NETWORK = "See it in the money network"

BALANCE_TITLE = "What does it own, and what does it owe?"
BALANCE_QUESTION = "Balance sheet of {name}: assets up, debts down, own shares left out, bn USD"
BALANCE_LINE = "left for owners"
OWED = "{name} owed"
DEBT_NAMES = {"receivables": "payables"}
"""Claim -> what the firm that owes it calls it."""
FLOWS_TITLE = "Where does its money come from, and where does it go?"
FLOWS_QUESTION = "Received up, paid down, per quarter, financing included, bn USD"
FLOWS_LINE = "change of cash"
OTHERS = "other"
NEW_MONEY = "new {name}"

SHEET_TITLE = "Balance sheet in {label}"
SHEET_ASSETS, SHEET_DEBTS = "It owns", "It owes"
SHEET_HEAD = ("What", "At or by whom", "Amount")
SHEET_NOTHING = "Nothing."
SHEET_SHARES = "Its own shares, at their present value, are held by"
OWNER_HEAD = ("Owner", "Value")
MORE = "and {count} more, {amount} together"

CONTRACTS_TITLE = "What has it promised, or been promised?"
CONTRACTS_QUESTION = "Compute contracts signed up to {label}"
CONTRACTS_HEAD = ("Buyer", "Seller", "First delivery", "In all", "Delivered", "Left", "Given up")
CONTRACTS_NONE = "{name} is part of no compute contract up to {label}."

EVENTS_TITLE = "What did it decide, and what happened to it?"
EVENTS_QUESTION = "Newest first, up to {label}"
EVENTS_NONE = "Nothing out of the ordinary has happened to {name} up to {label}."
EVENTS_MORE = "{count} earlier events are not listed; the table to take away holds all."
WHY = "Why?"

PANELS: dict[str, tuple[str, str]] = {
    "beliefs": ("What does it expect?", "Growth per quarter that it expects, %"),
    "beliefs_lab": (
        "What does it expect, and what does it get?",
        "Growth of its revenue per quarter: expected and true, %",
    ),
    "income": ("Does it earn what it costs?", "Revenue, compute bill and cash burnt, bn USD"),
    "rounds": ("What does it ask investors for?", "Money needed and raised in the quarter, bn USD"),
    "lab_value": ("What is it said to be worth?", "Value of all its shares, bn USD"),
    "promises": ("What has it promised to buy?", "Compute under contract, not delivered, bn USD"),
    "price": ("What does it ask for a seat?", "Offered price, EUR per seat per month"),
    "shares": (
        "How does it stand with customers and lenders?",
        "Share of enterprise seats, and chance of default within a year as seen by lenders, %",
    ),
    "lab_compute": ("What does it use compute for?", "For users and for training, CU"),
    "building": ("What does it build, and from what?", "CapEx and operating cash flow, bn USD"),
    "cloud_debt": ("What does it owe, and what is it owed?", "Debt and RPO, bn USD"),
    "projects": (
        "Are its plans worth while, and can it pay for them?",
        "Share of projects that pay, share of plans financed, use of its compute, %",
    ),
    "orders": ("How much does it order?", "Capacity ordered in the quarter, thousand chips"),
    "value": ("What is it worth on the market?", "Market value, bn USD"),
    "chips": ("What does it earn from chips?", "Revenue and free cash flow, bn USD"),
    "backlog": ("How long is the queue for its chips?", "Ordered, not delivered, thousand chips"),
    "chip_price": ("What does it ask for a chip?", "USD per chip"),
    "returns": ("What does it expect, and what did it get?", "Return per quarter, %"),
    "assets": ("How large is it?", "All assets and own debt, bn USD"),
    "leverage": ("How far has it borrowed?", "Debt over assets, %"),
    "invested": ("What does it put into labs?", "Put into rounds in the quarter, bn USD"),
    "impact": (
        "What if it fails?",
        "Part of all equity that the others would lose, and part of its own that it would lose "
        "when one other firm fails, %",
    ),
}
"""Panel -> question and what is shown, with its unit."""

LINES = {
    "expected_growth": "expected",
    "revenue_growth": "true",
    "revenue_usd": "revenue",
    "compute_cost_usd": "compute bill",
    "burn_usd": "cash burnt",
    "need_usd": "needed",
    "raised_usd": "raised",
    "valuation_usd": "value",
    "rpo_usd": "RPO",
    "price_eur": "price",
    "seat_share": "share of seats",
    "default_probability": "chance of default",
    "inference_cu": "users",
    "training_cu": "training",
    "capex_usd": "CapEx",
    "operating_cash_usd": "operating cash",
    "debt_usd": "debt",
    "hurdle_share": "projects that pay",
    "funded_share": "plans financed",
    "utilisation": "in use",
    "orders_thousand": "orders",
    "value_usd": "value",
    "free_cash_flow_usd": "free cash flow",
    "backlog_thousand": "backlog",
    "price_usd": "price",
    "past_return": "earned",
    "assets_usd": "assets",
    "loan_to_value": "debt over assets",
    "invested_usd": "invested",
    "systemic_impact": "others lose",
    "vulnerability": "it loses",
}

MATRIX_TITLE = {
    "balance-sheet": "Who owns what, and who owes it?",
    "transactions-flow": "Where does all the money come from, and where does it go?",
    "revaluation": "Who has gained and lost without any payment?",
}
MATRIX_QUESTION = {
    "balance-sheet": "Balance sheets at the end of {label}, bn USD: assets +, debts -",
    "transactions-flow": "Transactions flow in {label}, bn USD: sources of funds +, uses -",
    "revaluation": "Revaluation in {label}, bn USD: gains +, losses -",
}
MATRIX_KINDS = {
    "balance-sheet": "Balance sheets",
    "transactions-flow": "Transactions flow",
    "revaluation": "Revaluation",
}
MATRIX_BY = {"sector": "By sector", "party": "By firm"}
MATRIX_CHOICE, MATRIX_BY_CHOICE = "Matrix", "Columns"
MATRIX_INTRO = "The books of the whole economy"
ZERO_ALL = (
    "The books balance: {count} rows and columns must add up to zero, and all of them do, to the "
    "cent."
)
ZERO_NOT = (
    "The books do not balance: {wrong} of {count} rows and columns that must be zero are not."
)
ZERO_REASON = (
    "One party's claim is another one's debt, and what one pays another gets; only real assets "
    "have no debtor."
)
MATRIX_NONE = "Nothing was booked in this matrix in {label}."
