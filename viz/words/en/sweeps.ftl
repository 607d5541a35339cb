### The page of sweeps.

## Names of outputs

sweeps-way-first = in the first quarter
sweeps-way-last = in the last quarter
sweeps-way-min = lowest of the run
sweeps-way-max = highest of the run
sweeps-way-mean = mean of the run
sweeps-way-sum = sum over the run
sweeps-at = in quarter { $quarter }
sweeps-output = { $what }, { $way }
sweeps-firm = { $firm }: { $what }
sweeps-defaulted = { $firm } fails
sweeps-share = % of runs

## The page

sweeps-title = What if the numbers are different?
sweeps-intro =
    A sweep runs the model many times with other parameters. Pick what you want to know and on what
    it may depend; click a point or a cell to open one of its runs.
sweeps-folder = Sweep
sweeps-output-choice = What you want to know
sweeps-first = Depends on
sweeps-second = and on
sweeps-none = nothing else (curve)
sweeps-arm = World
sweeps-refresh = Look again
sweeps-nothing =
    There is no sweep in the folder of results yet. On the command line, “{ $command }” makes one;
    then press “{ $refresh }”.
sweeps-empty =
    No run of this sweep has been stored yet: it is { $status }. Press “{ $refresh }” later.
sweeps-no-numbers = This sweep measured nothing that is a number, so there is nothing to draw.
sweeps-no-varied = Nothing was varied in this sweep: all its runs are of one world. See Compare.
sweeps-response = How much does it matter?
sweeps-response-q = { $output } ({ $unit }) by { $parameter }
sweeps-response-note =
    Dots are runs; the line is their mean, upright lines its 95% interval. All other varied
    parameters take all their values. Click a dot to open its run.
sweeps-heat = Where does it tip?
sweeps-heat-q = { $output } ({ $unit }) by { $first } and { $second }
sweeps-heat-note = Each cell is the mean of its runs. Click a cell to open its most typical run.
sweeps-status = { $runs } runs stored: { $statuses }. { $description }
sweeps-not-shipped =
    Run { $run } cannot be opened: this sweep was made from a scenario file of your own ({ $name }),
    and the app opens shipped scenarios only.
sweeps-not-equal =
    Run { $run } cannot be opened: the scenario { $name } has changed since the sweep was made, so
    another world would be shown.
sweeps-other-model =
    Run { $run } cannot be opened: the sweep was made with { $model }, and this app runs another
    model class.
sweeps-run-failed = Run { $run } has no result: it ended as “{ $status }”.

## Runs without a value

sweeps-mean = mean of the runs
sweeps-runs = runs
sweeps-interval = 95% interval of the mean
sweeps-runs-of-cell = runs: { $runs }
sweeps-some-runs = { $runs } of { $total } runs; the others have none
sweeps-cell-interval = 95% interval: { $low } to { $high }
sweeps-short-interval = { $value }{ "\u000A" }{ $low } to { $high }
sweeps-short-partial = { $value }{ "\u000A" }{ $runs } of { $total }
sweeps-no-run = in no run
sweeps-partial-curve =
    Some runs have no value, because what is measured did not happen in them: the mean is of the
    others ({ $parts }).
sweeps-partial-point = { $runs } of { $total } runs at { $value }
sweeps-no-point = in no run at { $value }
sweeps-partial-map =
    Some runs have no value, because what is measured did not happen in them: the mean of a cell is
    of the others (“2 of 5”), and a cell without any says “{ $no_run }”.
