"""Words of the sweeps page. English."""

from __future__ import annotations

WAYS = {
    "first": "in the first quarter",
    "last": "in the last quarter",
    "min": "lowest of the run",
    "max": "highest of the run",
    "mean": "mean of the run",
    "sum": "sum over the run",
}
AT = "in quarter {quarter}"
OUTPUT = "{what}, {way}"
FIRM = "{firm}: {what}"
DEFAULTED = "{firm} fails"
SHARE = "% of runs"

TITLE = "What if the numbers are different?"
INTRO = (
    "A sweep runs the model many times with other parameters. Pick what you want to know and on "
    "what it may depend; click a point or a cell to open one of its runs."
)
FOLDER = "Sweep"
OUTPUT_CHOICE = "What you want to know"
FIRST = "Depends on"
SECOND = "and on"
NONE = "nothing else (curve)"
ARM = "World"
REFRESH = "Look again"
NOTHING = (
    "There is no sweep in the folder of results yet. On the command line, "
    "“{command}” makes one; then press “{refresh}”."
)
COMMAND = "kaartenhuis sweep debt-by-dependence -o {folder}/debt -j 2"
EMPTY = "No run of this sweep has been stored yet: it is {status}. Press “{refresh}” later."
NO_NUMBERS = "This sweep measured nothing that is a number, so there is nothing to draw."
NO_VARIED = "Nothing was varied in this sweep: all its runs are of one world. See Compare."
RESPONSE = "How much does it matter?"
RESPONSE_Q = "{output} ({unit}) by {parameter}"
RESPONSE_NOTE = (
    "Dots are runs; the line is their mean, upright lines its 95% interval. "
    "All other varied parameters take all their values. Click a dot to open its run."
)
HEAT = "Where does it tip?"
HEAT_Q = "{output} ({unit}) by {first} and {second}"
HEAT_NOTE = "Each cell is the mean of its runs. Click a cell to open its most typical run."
STATUS = "{runs} runs stored: {statuses}. {description}"
OPENED = "Opening run {run} ..."
PROBLEM = "{problem}"
NOT_SHIPPED = (
    "Run {run} cannot be opened: this sweep was made from a scenario file of your own "
    "({name}), and the app opens shipped scenarios only."
)
NOT_EQUAL = (
    "Run {run} cannot be opened: the scenario {name} has changed since the sweep was made, so "
    "another world would be shown."
)
OTHER_MODEL = (
    "Run {run} cannot be opened: the sweep was made with {model}, and this app runs another model "
    "class."
)
RUN_FAILED = "Run {run} has no result: it ended as “{status}”."
MEAN, RUNS, INTERVAL = "mean of the runs", "runs", "95% interval of the mean"
RUNS_OF_CELL = "runs: {runs}"
SOME_RUNS = "{runs} of {total} runs; the others have none"
SHORT_PARTIAL = "{value}\n{runs} of {total}"
NO_RUN = "in no run"
PARTIAL_CURVE = (
    "Some runs have no value, because what is measured did not happen in them: the mean is of the "
    "others ({parts})."
)
PARTIAL_POINT, NO_POINT = "{runs} of {total} runs at {value}", "in no run at {value}"
PARTIAL_MAP = (
    "Some runs have no value, because what is measured did not happen in them: the mean of a cell "
    "is of the others (“2 of 5”), and a cell without any says “{no_run}”."
)
