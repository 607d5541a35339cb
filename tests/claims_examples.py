"""Made-up claims with answers, for tests of the report: no run is needed."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import nan

import pandas as pd
from matplotlib.figure import Figure

from runs.claims.claim import RUNS, SINCE, Answer, Claim, Driver, Estimate, Picture, Spread, Table
from runs.claims.report_words import ReportContext, StudyFacts, UncertainParameter
from runs.picture_style import headline, legend_outside, new_figure

HOSTILE = "<script>alert('x')</script> & \"quoted\" *star* | bar"
LONG = "a_very_long_name_that_does_not_break_anywhere_at_all_in_a_narrow_window" * 2


def claim(number: int, **changes: str) -> Claim:
    texts = {
        "title": f"Claim number {number}",
        "says": "The article says that it is so.",
        "question": "Is it so?",
        "public": "Public figures say 13 bn USD.",
        "experiment": "A hundred runs.",
        "rule": "Holds when the interval lies over one half; else it depends on the rest.",
        "structure": "That it is made up.",
        "function": "answer_made_up:answer",
    }
    return Claim.model_validate(
        {"id": f"C{number:02d}", "studies": ("reference",), **texts, **changes}
    )


def draw_line(label: str) -> Figure:
    figure = new_figure((6.0, 3.0))
    axes = figure.subplots()
    axes.semilogy([1, 2, 3], [1.0, 30.0, 1000.0], "o-", label=label, clip_on=True)
    axes.fill_between([1, 2, 3], [1, 20, 700], [2, 40, 1300], alpha=0.2)
    headline(axes, "Half of 40 < 60 & more")
    legend_outside(axes)
    return figure


def picture(name: str, text: str = "a line") -> Picture:
    return Picture(
        name, text, f"How to read {text}.", f"For the blind: {text}.", partial(draw_line, text)
    )


def table(name: str, text: str = "north") -> Table:
    frame = pd.DataFrame(
        {"place": [text] * 30, "share_low": [0.25] * 29 + [nan], "runs": range(30)}
    )
    return Table(name, f"Table of {text}", frame)


def driver(parameter: str, strength: float = 0.6, high: str = "depends") -> Driver:
    return Driver(parameter, strength, 0.2, 0.3, 0.7, "holds", high, 0.05, 0.2)


def answer(number: int, text: str = "a line") -> Answer:
    return Answer(
        "holds",
        f"It is so in 59% (38 to 78) of the runs, by -4 bn USD. {text}",
        estimates=(
            Estimate("runs in which it is so", 0.59, 0.38, 0.78, "share", 100),
            Estimate("a date", 4.0, 2.0, 9.0, f"{SINCE}2025Q3", 59, RUNS),
            Estimate("not there", nan, nan, nan, "USD bn", 0),
        ),
        boundary=f"It turns on demand. {text}",
        explanation=(f"First paragraph. {text}", "Second paragraph."),
        pictures=(picture(f"C{number:02d}-line", text),),
        tables=(table(f"C{number:02d}-places", text),),
        drivers=(driver("valuation.discount"), driver("lab_rules.usage_growth", -0.1)),
        spread=Spread("it", 0.7, 0.3, 0.55, 0.85, 50),
        notes=(f"Mind the gap. {text}",),
    )


def hostile_answers() -> list[tuple[Claim, Answer]]:
    """Answers with marks of HTML in every text, with nothing but a sentence, with long words."""
    texts = dict.fromkeys(
        ("title", "says", "question", "public", "contradicts", "experiment", "rule"), HOSTILE
    )
    bare = Answer("not testable", "The model cannot tell.")
    wide = replace(bare, sentence=f"It is {LONG}.", estimates=(Estimate(LONG, 1, 0, 2, LONG, 9),))
    return [(claim(1, **texts), answer(1, HOSTILE)), (claim(2, studies=()), bare), (claim(3), wide)]


def many_answers(count: int = 3) -> list[tuple[Claim, Answer]]:
    return [(claim(number), answer(number)) for number in range(1, count + 1)]


def context(**changes: object) -> ReportContext:
    values = {
        "replicates": 50,
        "seed": 7,
        "is_quick": True,
        "is_partial": False,
        "studies": (StudyFacts("reference", "runs", "All.", 100, 2, "abc", ("reference",)),),
        "uncertain": (UncertainParameter("valuation.discount", 0.08, 0.12, "assumed"),),
        "scenarios": {"reference": "0123456789ab"},
        "versions": {"python": "3.13"},
        "model": "ba9876543210",
        "git": "",
        "command": "kaartenhuis claims --quick --seed 7",
    }
    return ReportContext(**{**values, **changes})
