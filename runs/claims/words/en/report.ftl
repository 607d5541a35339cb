### What belongs to no claim: the report as a whole, and words that all answers share.

## Figures

with-interval = { $value } ({ $low } to { $high })
no-number = none
not-measured = not measured
quarter-never = never
change-less = { $part } less
change-more = { $part } more
interval-confidence = 95% confidence interval
interval-runs = middle 90% of the runs
interval-no-run = no run gave one
interval-not-from-runs = not from runs
range = { $low } to { $high }

## Units

unit-eur = EUR
unit-gw = GW
unit-million-homes = million homes
unit-quarters = quarters
unit-rounds = rounds
unit-steps = steps
unit-times = times
unit-times-all-pledges = times all pledges
unit-usd-a-month = USD a month
unit-usd-bn = USD bn
unit-years = years
unit-years-of-revenue = years of revenue

## Verdicts

verdict-holds = holds
verdict-does-not-hold = does not hold
verdict-depends = depends
verdict-not-testable = not testable here
verdict-holds-meaning = The rule is met, with the whole interval.
verdict-does-not-hold-meaning = The rule is failed, with the whole interval.
verdict-depends-meaning = It is true in part of the cases; the answer says which.
verdict-not-testable-meaning =
    The model cannot tell, or answers it by assumption; the answer says why.

## What an answer turns on

dominant-neither = neither: the outcome is the same in all runs
dominant-parameters = uncertain parameters
dominant-chance = chance (the seed)
dominant-both = both about equally
dominant-unclear = too few points to tell
spread-same = The outcome is the same in all runs of the { $points } points.
spread-parts =
    { $dominant }: { $parameters } of the variance lies between the { $points } points of the
    uncertain parameters ({ $low } to { $high }), { $seeds } between seeds of one point.
spread-all = Where the spread of { $outcomes } outcomes comes from: { $parts }.
spread-all-part = { $dominant } in { $count }
driver-chance = may be chance ({ $strength }; chance gives up to ±{ $chance })
driver-rises = rises with it ({ $strength })
driver-falls = falls with it ({ $strength })
drivers-all-chance =
    No parameter moves the outcome by more than chance may: the strongest rank correlations are
    under { $chance }, which one of so many idle parameters would reach.
drivers-chance = May be chance (under { $chance }): { $names }.
bull-none-strong =
    Not found: no parameter moves the outcome by more than chance may, or too few runs lie where
    several do.
bull-nowhere =
    Not found: where the strongest parameters all push the other way, within their ranges, the
    verdict is the same.
bull-cases = { $cases }.
bull-case = { $thirds }: { $verdict } ({ $outcome }, { $runs } runs)
bull-upper = upper third of { $parameter }
bull-lower = lower third of { $parameter }
driver-end = { $verdict } ({ $outcome })

## The report

report-title = Is it a house of cards?
report-subtitle =
    The claims of an article on the AI investment boom, put to the test in a simulation
report-lead =
    In November 2025 a Dutch article on a technology podcast asked whether the AI boom rests on a
    house of cards: a chipmaker finances a lab, the lab buys cloud, and the cloud buys chips. This
    report takes each of its claims, says beforehand what would count as true, and tests it in
    Kaartenhuis, an agent-based simulation in which whatever one party pays, another receives.
report-quick =
    This is the quick version. Its ensembles are small, so intervals are wide, and more claims
    "depend" than in the full report.
report-brackets = Brackets hold the interval of the figure before them.
report-disclaimer =
    A simulation on public and partly unverified figures: it shows what may follow from stated
    rules, not what will happen. No investment advice.
report-turns-title = What the answers turn on
report-turns-legend =
    A parameter is listed for a claim when it is among the three strongest there and its correlation
    is larger than chance gives. Verdicts differ between the lower and the upper third of its range.
report-no-turns = In ensembles this small no parameter moves an outcome by more than chance may.
report-limits-1 =
    It is a simulation, not a forecast. Its rules are stated and its figures are public, but many
    are unverified, and most values for the behaviour of firms and investors are judged. An answer
    is true of this model within the ranges it was given.
report-limits-2 =
    The financial system is one bank with the capital of all banks of the United States, and one
    pool of insurers, bond funds and private credit that owes nobody. There are no special vehicles
    and no claims among banks through which losses would spread. So "no 2008" is nearly built in.
report-limits-3 =
    Groups are too safe: a cloud has the cash flow of its whole group, which grows whatever happens,
    and of its customers only labs and start-ups fail. Labs live on equity: owners may bridge them
    with notes, and a firm with cash may buy one that can raise no money, but nobody lends to them
    against security.
report-limits-4 =
    All who ask for money in a quarter, labs and start-ups, face investors of the same mood: what
    one of them is refused makes the others dearer too. So refusals and failures cluster more than
    they may in the world.
report-limits-5 =
    The build-out is large: AI draws 53 to 82 GW in 2035 with the reference parameters and 48 to 141
    GW in most runs with uncertain ones, and the rent of compute falls to 0.3 to 0.5 USD an hour in
    the reference. The power that a region connects is stated: it answers to no queue and no price.
report-limits-6 =
    Chip revenue over CapEx leaves its observed band (0.42 to 0.51): over ten years of the reference
    it runs from 0.39 to 0.90, as chips that died are replaced when few sites are begun.
report-limits-7 =
    Wages, taxes, inflation and monetary policy are outside: a bust costs no jobs here.
report-limits-8 =
    Hardly anybody fails by itself in the reference, and credit never runs short there. Whether
    firms are that safe, or judged parameters make them so, is not known. What a failure does is
    asked of worlds in which one is brought about.
report-limits-9 =
    Late in the runs money piles up, and one lab may be worth more than any firm of today: growth is
    believed for long, and nothing divides the market among many.
report-methods-1-title = Rules first
report-methods-1 =
    Each claim has a file with its question, its experiment and the rule of its verdict. The rules
    were fixed before a run was looked at. "Holds" and "does not hold" need the whole interval on
    one side of the threshold; anything between "depends". Where a rule counts cells of a map (C26)
    the count decides. Rules that could not fail, or counted what happens in both twins, were
    replaced before this report's runs; the file of the claim says how.
report-methods-2-title = Chance and ignorance apart
report-methods-2 =
    The same world is run with many seeds: that shows chance. Then the uncertain parameters vary
    together over their ranges (a Latin hypercube) with two seeds at each point: that shows what
    nobody knows. The shares of both in the spread of an outcome come from an analysis of variance.
report-methods-3-title = What an answer turns on
report-methods-3 =
    The parameters with the largest rank correlation with the outcome, and what the rule would say
    in the lower and the upper third of their ranges.
report-methods-4-title = Twins
report-methods-4 =
    The effect of a failure or a shock is the difference between two copies of one world, of which
    one is struck. Both draw the same random numbers, so that nothing else differs.
report-methods-5-title = Intervals
report-methods-5 =
    95% confidence, unless a row says that it shows the middle 90% of the runs. Shares have Wilson's
    interval, means Student's t. Runs that share a point count as fewer.
report-size = { $runs } runs and pairs of twins, ensembles of { $replicates }, root seed { $seed }.
report-failed = { $failed } failed and are left out.
report-no-runs = no runs
report-behind = { $sizes }; root seed { $seed }; worlds with their hash: { $hashes }

## Headings of the report

page-title = { $title } – claims report
page-kicker = Kaartenhuis · claims report
page-quick = quick version with small ensembles
page-partial = part of the claims
page-limits-title = Where the model is wrong about the world, first
page-front-count = The { $claims } claims in one line each
page-front-title = The claims in one line each
page-contradicted-title = Figures of the article that public sources contradict
page-kill-title = What would show these answers wrong
page-kill =
    Public figures fixed beforehand. One that is seen by its date shows the verdict beside it wrong,
    whatever this report says.
page-claims = Claims
page-all-claims = All claims
page-methods-title = How it was done
page-ensembles = Ensembles
page-study-twins = { $study } (pairs of twins)
page-uncertain = The parameters that vary together
page-again-title = To make it again
page-same-bytes =
    The same version, seed and sizes give the same files to the byte. Worlds with their hash:
page-model = Model
page-commit = commit
page-scenarios = Scenarios: { $hashes }.

## Headings of a claim

section-claim = Claim { $id }
section-mind = Mind:
section-public = Public figures
section-contradicted = Contradicted
section-experiment = Experiment
section-rule = Rule, fixed beforehand
section-figures = Figures (n: the runs, pairs of twins or points that they rest on)
section-turns-on = What it turns on.
section-drivers =
    The parameters that matter most, and what the rule would say in each third of their range (in
    brackets the mean outcome)
section-structure = It turns on this choice in the model.
section-assumed = Not testable here.
section-bull = The best case of the other side.
section-spread = Parameters or chance?
section-rows-more = { $rows } rows more in { $file }
section-rows-all = Also in { $file }
section-all-rows = { $title } (all rows: { $file })
section-rests-on = This answer rests on { $studies }.
section-sources = Sources: { $sources }.

## Heads of tables, and cells

head-claim = Claim
head-verdict = Verdict
head-answer = Answer
head-parameter = Parameter
head-verdicts-differ = Verdicts that differ
head-outcomes-move = Outcomes that move
head-says = The article says
head-known = What is known
head-figure = Figure
head-value = Value (interval)
head-n = n
head-interval = Interval
head-outcome = The outcome
head-range = Range
head-lower = In the lower third
head-upper = In the upper third
head-study = Study
head-meaning = What it is for
head-runs = Runs
head-failed = Failed
head-hash = Hash
head-why = Why
head-against = Shows wrong
head-by = By
head-watch = Watched
head-wrong-if = If
yes = yes
no = no
