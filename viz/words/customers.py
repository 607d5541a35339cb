"""Words of the page of customers. English."""

from __future__ import annotations

SEATS_TITLE = "Who buys from whom?"
SEATS_QUESTION = "Seats of companies by lab, millions; a second provider's seats included"
SHARES_TITLE = "Which lab gains, which one loses?"
SHARES_QUESTION = "Share of enterprise seats, %"
SHARES_GHOST = "Share of enterprise seats, %; dashed: without the shock"
PRICES_TITLE = "What does a seat cost?"
PRICES_QUESTION = "Price that each lab offers, EUR per seat per month"
PRICES_GHOST = "Price that each lab offers, EUR per seat per month; dashed: without the shock"
NO_SEATS = "No company buys a seat in this run so far."
NO_OFFERS = "No lab offers seats in this run so far."
NO_OFFERS_NOW = "No lab offers seats any more in {label}."
NO_OFFERS_YET = "No lab offers seats yet in {label}."

PERIODS = {"quarter": "This quarter", "year": "Last four quarters", "run": "Whole run so far"}
PERIOD = "Period of the moves"
MOVES_TITLE = "Who left whom?"
MOVES_QUESTION = "Seats that changed their main provider, from row to column, thousands ({period})"
STREAMS_TITLE = "Where did they go?"
STREAMS_QUESTION = "Thousands of seats ({period}): left before, right after"
NO_MOVES = (
    "No company changed its provider in this period ({period}). Companies can move when their "
    "contract ends, and do so when another offer is better by more than their cost of switching."
)
NEW, GONE = "new customers", "gave up"
MOVE_TIP = "{giver} to {taker}: <b>{seats}</b> seats"
WITH_NEW = {"moves": "Moves only", "all": "With new customers"}
WITH_NEW_CHOICE = "What"

COSTS_TITLE = "How much cheaper must a rival be?"
COSTS_QUESTION = (
    "Millions of seats by what it costs the company to switch, EUR per seat per month. Strong "
    "colour: today's best other offer is better by more than that, so they go when their contract "
    "ends."
)
COSTS_AXIS = "cost of switching, EUR per seat per month"
COSTS_MEDIAN = "half of all switch for {eur} EUR"
COSTS_GAP = "{lab}: {eur} EUR"
COSTS_TIP = "{lab}, {low} to {high} EUR: <b>{seats}</b> seats; {would}"
COSTS_LAST = "{lab}, over {low} EUR: <b>{seats}</b> seats; {would}"
WOULD, WOULD_NOT = "would go", "stay"
COSTS_NOTE = (
    "A vertical line shows what a typical customer of a lab would gain by moving: the difference "
    "in price plus the worth of the difference in quality. Lines under zero are not drawn: those "
    "customers have the best offer already."
)

GAPS_TITLE = "Whose customers are tempted?"
GAPS_QUESTION = (
    "Offers of {label}; what a typical customer would gain by moving to the best rival, EUR per "
    "seat per month; share of seats for which that is enough"
)
GAPS_HEAD = ("Lab", "Price, EUR", "Best rival", "Gain, EUR", "Would go")
GAPS_NONE = "Only one lab sells seats, so nobody can move."
NOT_ON_OFFER = "No seats for sale: {names}."

CUT_TITLE = "What if one lab were cheaper from now on?"
CUT_LAB = "Lab"
CUT_EUR = "Cheaper by, EUR a month"
CUT_BUTTON = "Make it cheaper from {label} on"
CUT_STATUS = (
    "The same world is run twice: with the cut and without. Dashed lines show the world without."
)
CUT_DONE = "{cuts} Dashed lines: the same world without what is struck here."
CUT_PART, CUT_ENDS = "asks {eur} EUR less from {label} on", "asks its old price from {label} on"
CUT_ALREADY = (
    "{name} is {eur} EUR cheaper already, since {since}. A different amount takes the place of "
    "this one from {label} on."
)
CUT_NO_LAB = "no lab sells seats"
CUT_BACK = "Go back to {label}"
CUT_NONE = "No lab sells seats in {label}: nobody can be made cheaper."
CUT_LAST = "This is the last quarter; go back to an earlier one to see what a cut does."
