"""Words of the claims page. English."""

from __future__ import annotations

TITLE = "Is the story true?"
INTRO = (
    "The article behind this model makes claims. Each one was put to the test by a rule that was "
    "written down before any run was looked at. Click a claim for the answer with its figures; "
    "“show me” opens its world."
)
SYMBOLS = {"holds": "✓", "does not hold": "✗", "depends": "~", "not testable": "?"}
"""Verdict -> sign, so that colour alone never tells it."""
COUNTED = {
    "holds": ("holds", "hold"),
    "does not hold": ("does not hold", "do not hold"),
    "depends": ("depends", "depend"),
    "not testable": ("is not testable here", "are not testable here"),
}
"""Verdicts of one claim and of several."""
TONES = {"holds": "good", "does not hold": "bad", "depends": "warning", "not testable": "faint"}
FROM_REPORT = (
    "{claims}: {counts}. From the report in “{folder}”: {runs} runs, {replicates} "
    "replicates{quick}."
)
CLAIMS = ("1 claim", "{n} claims")
QUICK = "; this was a quick report, so its intervals are wide"
NO_REPORT = (
    "No report has been made yet, so these are the questions without answers. On the command line, "
    "“{command}” writes the full report; the button writes a quick one, which takes a few minutes."
)
EMPTY_CATALOGUE = "There is no claim in the catalogue."
COMMAND = "kaartenhuis claims -o {folder}/claims"
CHOICE = "Report"
MAKE = "Make a quick report"
CANCEL = "Cancel"
REFRESH = "Look again"
STARTING = "Starting ..."
RUNNING = "{text} ({done} of {total} studies are done)"
CANCELLED = "Cancelled. What is done is kept: make it again to go on."
DONE = "The report is ready."
FAILED = "The report could not be made: {reason}"
NOT_READ = "The report in “{folder}” cannot be read: {reason}"
MALFORMED = "it is not of the form that the command writes ({kind})"
SHOW_ME = "Show me"
SHOW_PROBLEM = "The world of {claim} cannot be opened: {reason}"
NO_QUARTER = "{label} is not a quarter of this world ({first} to {last})."
NOT_TESTED = "not tested yet"
HEADINGS = {
    "says": "What the article says",
    "question": "The question",
    "public": "What public figures say",
    "contradicts": "Public sources contradict",
    "experiment": "What was done",
    "rule": "The rule, fixed beforehand",
    "answer": "The answer",
    "boundary": "On what it turns",
    "spread": "What the spread comes from",
}
FIGURE, VALUE, RUNS, INTERVAL = "Figure", "Value", "Runs", "Interval"
NOTES = "Limits of this answer"
