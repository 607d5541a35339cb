"""Words of the frame of the app: header, controls, live page, messages. English."""

from __future__ import annotations

NAME = "Kaartenhuis"
SUBTITLE = "A simulation of the AI investment boom"
LOADING = "Running the reference world ..."

TABS = {
    "story": "Story",
    "live": "Live",
    "network": "Money network",
    "firms": "Firms",
    "customers": "Customers",
    "ensemble": "Ensemble",
    "compare": "Compare",
    "sweeps": "Sweeps",
    "claims": "Claims",
    "data": "Data",
    "about": "About",
}

KPI = {
    "labs_cash_usd": ("Labs' cash", "What all AI labs together have in the bank."),
    "labs_valuation_usd": ("Labs' value", "What investors hold the labs to be worth."),
    "capex_usd": ("CapEx", "What the clouds invest this quarter."),
    "raised_ratio": ("Funding", "Raised over needed in this quarter's rounds."),
    "rpo_usd": ("Promised (RPO)", "Revenue under contract that is not yet delivered."),
    "commitments_over_revenue": (
        "Promises / revenue",
        "Compute that labs have promised to buy, in years of their revenue.",
    ),
    "spot_price_usd_hour": ("Compute", "Rent of one accelerator for an hour, without contract."),
    "defaults": ("Failed", "Firms that have failed so far."),
}
NO_ROUNDS = "no rounds"
NO_CHANGE = "no change"

CONTROLS = {
    "world": "World",
    "seed_short": "seed",
    "target": "Whom",
    "scenario": "Scenario",
    "seed": "Seed (which chance events happen)",
    "new_seed": "New seed",
    "run": "Run this world",
    "play": "Play",
    "pause": "Pause",
    "step": "One quarter on",
    "back": "One quarter back",
    "reset": "Back to the start",
    "end": "To the end",
    "speed": "Quarters per second",
    "time": "Quarter",
    "shocks": "What if?",
    "shock_now": "Strike in",
    "twin": "The dashed line is the same world without what is struck here.",
    "struck": "Struck in this world",
    "take_back": "Take back",
    "take_back_all": "Take back all",
    "left_out": "Another scenario begins without the changes and shocks of the one before.",
    "parameters": "Parameters",
    "search": "Search parameters",
    "no_match": "No parameter has these words in its name or meaning.",
    "changed": "changed",
    "reset_one": "Back to the scenario's value",
    "out_of_bounds": "This value is not taken. It must be {bounds}.",
    "not_whole": "This value is not taken. It must be a whole number.",
    "finite": "finite",
    "take_last": "Back to the value before",
    "reset_all": "Undo all changes",
    "apply": "Apply",
    "copy_link": "Copy link",
    "copied": "Link copied",
    "theme": "Light or dark",
    "tour": "Tour",
    "menu": "Controls",
}
SHOCKS_N, CHANGES_N = ("1 shock", "{n} shocks"), ("1 change", "{n} changes")
"""How a world differs from its scenario: one, and several."""
SHOW_EVENT = "Click a mark to ask why."
LIVE_INTRO = (
    "Each panel asks one question. Marks are things that happened; click one to see what led to it."
)
NO_EVENTS_YET = "Nothing out of the ordinary has happened up to this quarter."

EVENT_NAMES = {
    "funding freeze": "Funding freeze",
    "failed round": "Failed round",
    "capex cut": "CapEx cut",
    "default": "Default",
    "margin call": "Margin call",
    "switch wave": "Switch wave",
    "bank floor": "Bank under its floor",
    "vendor finance": "Vendor finance",
    "entry": "Entry",
    "shock": "Shock",
}
"""Kinds of event that charts mark, from worst to mildest; all others appear under Firms."""

WHY = {
    "title": "Why did this happen?",
    "close": "Close",
    "first": "Nothing earlier in this run led to it: it came from the rules and the state alone.",
    "go": "Go to",
    "gone": "This world has no such event. Choose another mark.",
}

ERRORS: dict[type[Exception], str] = {
    ZeroDivisionError: "a number is divided by zero ({text}); a parameter may be too near to zero",
    OverflowError: "a number is too large to be counted ({text}); a parameter may be too large",
    ArithmeticError: "a calculation has no result ({text}); a parameter may be at an extreme",
    LookupError: "something that the rule looks for is not there ({text})",
    TypeError: "a rule met a value that it cannot use ({text})",
    ValueError: "{text}",
    Exception: "the model has an error ({text})",
}
"""Kind of error in the model -> what is said of it; the first that fits."""
NO_TEXT = "no further message"

PROBLEMS = {
    "run": 'The run stopped in {quarter}, in the phase "{phase}" (rule {rule}): {message}. '
    "Everything up to the last good quarter stays; choose another world, or go back to the start.",
    "tab": "There is no tab {tab!r} ({choice}): the story is shown.",
    "link": "The link was not quite right",
    "dismiss": "Close this message",
}

REFUSED = {
    "host": "This server does not answer to the name in the address. Open it under the address "
    "that was printed where it was started; another name is allowed there with --allow-host.",
    "origin": "Only a page of this server may ask for that.",
    "path": "There is nothing at this address.",
    "method": "This address does not take such a request.",
    "token": "This app asks for a token: open the address that was printed where it was started.",
    "error": "The server could not answer.",
}
"""Why the server does not answer a request."""
BROKEN = (
    "This page could not be drawn ({kind}). The log of the server says more. "
    "Another tab may still work; the first screen always does."
)
AGAIN = "Back to the first screen"
TRY_AGAIN = "Try again"
WORK_LIMIT = (
    "the server gives one world {seconds:.0f} seconds of work; run it with fewer quarters, firms "
    "or customers, or from the command line"
)
