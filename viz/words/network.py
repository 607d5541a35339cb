"""Words of the page of the money network. English."""

from __future__ import annotations

TITLE = "Who pays whom?"
QUESTION = (
    "{index} of what labs, clouds and chipmakers pay one another runs in circles ({period}): "
    "{circular} of {total}. That part is red."
)
QUESTION_NONE = "Labs, clouds and chipmakers pay one another nothing in this period ({period})."
LABEL = "Network of payments. {question} Largest arrows: {largest}."
NOTE = (
    "Circle: a firm, larger with its balance sheet. Arrow: money, wider with the amount; dashed: "
    "money put in as shares or loans. Ring: a firm in distress. Left out: what a lab and its own "
    "parent pay each other{left_out}."
)
NOTE_AI = ", wages, supplies, dividends and all business outside AI"

PERIODS = {"quarter": "This quarter", "year": "Last four quarters"}
SCOPES = {"ai": "AI money only", "all": "The whole economy"}
COUNTS = {"4": "4 of each kind", "7": "7 of each kind", "100": "All firms"}
CHOICES = {"period": "Period", "scope": "What", "count": "Firms drawn"}

KINDS = {
    "labs": "AI lab",
    "clouds": "Cloud",
    "chipmakers": "Chipmaker",
    "investors": "Investor",
    "bank": "Lender",
    "customers": "Customer",
    "rest": "Rest of the economy",
}
COLUMNS = {
    "outside": "Outside",
    "labs": "AI labs",
    "clouds": "Clouds",
    "chipmakers": "Chipmakers",
    "rest": "Rest",
}
GROUPS = {
    "customers": "Customers",
    "bank": "Lenders",
    "rest": "Rest of the economy",
    "labs": "Other labs",
    "clouds": "Other clouds",
    "chipmakers": "Other chipmakers",
    "investors": "Other investors",
}
DISTRESS = {
    "failed": "has failed",
    "margin call": "margin call",
    "short runway": "cash for less than a year",
    "outside": "not in the market yet",
}
ASSETS = "Balance sheet: {amount}"
FLOW_TIP = "{payer} pays {payee} {amount}"
FLOW_PARTS = "{goods} for goods and services, {financing} as finance"
FLOW_CIRCLE = "of it in circles: {amount}"

SANKEY_TITLE = "The same money as streams"
SANKEY_QUESTION = "Left: who pays. Right: who gets it. Red: the part that comes back ({period})."
SANKEY_LEFT, SANKEY_RIGHT = "{name} pays", "{name} gets"

LOOPS_TITLE = "Which circles does the money run in?"
LOOPS_QUESTION = "What each firm in the circle passes on to the next, bn USD ({period})"
LOOPS_NONE = (
    "In this period no money comes back to the firm that paid it. The circle was at its largest in "
    "{label}: {index} of what the firms paid one another that quarter."
)
LOOPS_NEVER = "In no quarter so far did money come back to the firm that paid it."
LOOPS_NOTE = "Click a circle to see it alone in the picture; click again to see all."
GO_LARGEST = "Go to {label}, when the circle was largest"

PANEL_TITLE = "What is it made of?"
PANEL_HINT = "Click a circle or an arrow in the picture, or choose a firm here."
FLOW_TITLE = "{payer} pays {payee}"
FLOW_SUM = "{amount} in {period}: {parts}."
FLOW_NOTHING = "{payer} paid {payee} nothing in {period}."
CIRCLE_SUM = "{amount} of it can be followed back to {payer}."
PURPOSES = "What was it paid for?"
CONTRACTS_BETWEEN = "Compute contracts between the two"
CLAIMS_BETWEEN = "What {holder} holds of {issuer}"
CONTRACT_HEAD = ("Buyer", "First delivery", "In all", "Delivered", "Left")
NO_CONTRACTS = "There is no compute contract between the two."
NO_CLAIMS = "Neither holds shares or debt of the other."
FIRM_IN, FIRM_OUT = "Who pays it", "Whom it pays"
NOBODY = "Nobody in this period."
GROUP_MEMBERS = "Drawn together here: {names}."
OPEN_FIRM = "Open its books"
MORE = "and {count} smaller ones, {amount} together"
SOURCE = "From the ledger of the model, {period}."

PURPOSE_NAMES = {
    "receivables": "bills settled",
    "compute": "compute",
    "seats": "enterprise seats",
    "subscriptions": "subscriptions",
    "advertising": "advertising",
    "private equity": "new private shares",
    "listed equity": "listed shares",
    "bonds": "bonds",
    "loans": "loans",
    "vendor loans": "vendor loans",
    "investment": "chips and data centres",
    "interest": "interest",
    "dividends": "dividends",
}
"""Row of the ledger -> words; a row that is not here keeps its name."""
