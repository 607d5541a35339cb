"""Words of the page about the numbers and of the story page. English."""

from __future__ import annotations

PLAY_STORY = "Play it quarter by quarter"
SEE_LIVE = "See all series"
STORY_STOPPED = "This world stopped before its end; the story covers what was recorded."
STORY_SO_FAR = "This run goes on: the story is told up to {quarter}."
STORY_NOT_BEGUN = "Nothing has happened yet in this world. Press Play, or run it to its end."

WHAT: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "What this is",
        (
            "Kaartenhuis (Dutch for house of cards) is a simulation of the AI investment boom. "
            "AI labs promise to buy more compute than they can pay from revenue. Clouds build it, "
            "partly on credit. Chipmakers put money into their own customers. Investors ask each "
            "quarter whether the others will still join the next round.",
            "Every firm is an agent with its own books and rules. Each payment goes through one "
            "double-entry ledger, so that no money appears or vanishes; ten accounting identities "
            "are checked after every batch of postings. One step is one quarter.",
            "Nobody scripts the crash. No rule reads the calendar or a company's name. A funding "
            "freeze, a cut in CapEx or a default is measured when it happens, and may not happen.",
        ),
    ),
    (
        "How to read it",
        (
            "One run is one possible history, not a forecast. The seed decides which chance "
            "events happen. Look at the ensemble before you believe anything that a single run "
            "shows.",
            "A shock has a twin: the same world, the same chance events, without the shock. The "
            "dashed line is the twin, and the gap is the effect.",
        ),
    ),
    (
        "What it cannot say",
        (
            "Finances of private companies are press reports and partly unverified. Most "
            "behavioural values are judged, not estimated.",
            "Labs live on equity alone: no convertible or secured debt, no merger, no sale of a "
            "failing lab to a rival. A cloud carries the cash flow of its whole group, which makes "
            "groups look safer than they may be.",
            "One bank stands for all banks; there are no insurers, private credit funds or "
            "special vehicles through which losses on data centres could spread. Wages, taxes, "
            "inflation and monetary policy are outside.",
            "Companies are stylised. Nothing here describes what a real company will do. "
            "No investment advice.",
        ),
    ),
)
"""Sections: heading and paragraphs."""

LEVELS = {
    "seen": "read on a public page",
    "derived": "computed from public figures by a stated rule",
    "checked": "recalled, and agreeing with a public total",
    "unverified": "recalled from press reports",
    "assumed": "a modelling choice",
    "theory": "taken from a paper",
}
NUMBERS_TITLE = "How far can the numbers be trusted?"
NUMBERS_SHOWN = "Values of this scenario by the confidence in their source"
SOURCES_TITLE = "The stated figures and their sources"
SOURCES_INTRO = (
    "All values of this scenario that rest on a source. Search all {count} values under "
    "Parameters at the left; a table of all of them is in the download menu of the chart."
)
COLUMNS = ("Value", "", "Source", "Confidence")
