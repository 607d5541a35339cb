### The page of claims.

claims-title = Is the story true?
claims-intro =
    The article behind this model makes claims. Each one was put to the test by a rule that was
    written down before any run was looked at. Click a claim for the answer with its figures; “show
    me” opens its world.
claims-counted-holds =
    { $n ->
        [one] { $n } holds
       *[other] { $n } hold
    }
claims-counted-does-not-hold =
    { $n ->
        [one] { $n } does not hold
       *[other] { $n } do not hold
    }
claims-counted-depends =
    { $n ->
        [one] { $n } depends
       *[other] { $n } depend
    }
claims-counted-not-testable =
    { $n ->
        [one] { $n } is not testable here
       *[other] { $n } are not testable here
    }
claims-from-report =
    { $claims }: { $counts }. From the report in “{ $folder }”: { $runs } runs, { $replicates }
    replicates{ $quick }.
claims-count =
    { $n ->
        [one] { $n } claim
       *[other] { $n } claims
    }
claims-quick = ; this was a quick report, so its intervals are wide
claims-no-report =
    No report has been made yet, so these are the questions without answers. On the command line,
    “{ $command }” writes the full report; the button writes a quick one, which takes a few minutes.
claims-empty-catalogue = There is no claim in the catalogue.
claims-choice = Report
claims-make = Make a quick report
claims-cancel = Cancel
claims-refresh = Look again
claims-starting = Starting ...
claims-running = { $text } ({ $done } of { $total } studies are done)
claims-cancelled = Cancelled. What is done is kept: make it again to go on.
claims-done = The report is ready.
claims-failed = The report could not be made: { $reason }
claims-not-read = The report in “{ $folder }” cannot be read: { $reason }
claims-show-me = Show me
claims-show-problem = The world of { $claim } cannot be opened: { $reason }
claims-no-quarter = { $label } is not a quarter of this world ({ $first } to { $last }).
claims-not-tested = not tested yet
claims-heading-says = What the article says
claims-heading-question = The question
claims-heading-public = What public figures say
claims-heading-contradicts = Public sources contradict
claims-heading-experiment = What was done
claims-heading-rule = The rule, fixed beforehand
claims-heading-answer = The answer
claims-heading-boundary = On what it turns
claims-heading-spread = What the spread comes from
claims-column-figure = Figure
claims-column-value = Value
claims-column-runs = Runs
claims-column-interval = Interval
claims-notes = Limits of this answer
claims-malformed = it is not of the form that the command writes ({ $kind })
