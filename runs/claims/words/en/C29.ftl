### C29: Data centres stay profitable

## What the answer says

C29-sentence =
    At market rent data centres of 2025 to 2028 bring { $reuse } times their cost ({ $reuse_low } to
    { $reuse_high }) with re-use and { $once } times without, what is left of the site when its
    chips leave included; under a contract kept to its end { $contract } times.
C29-boundary-life = { $effect } with buildings over { $years } years (“{ $verdict }”)
C29-boundary =
    The life of the site moves the return at market rent, with re-use: { $bare } with nothing left
    when its first chips leave, { $lives }. Who sold the capacity ahead at the price of its first
    quarter { $ahead } if the buyer pays.
C29-boundary-lives = { $so_far } and { $next }
C29-explanation-1 =
    A chip earns its rent times the use of capacity, less power and upkeep, until that is less than
    nothing or its useful life is over. Then the site is free for other chips: what is not yet
    written off of it over { $life } years counts, discounted.
C29-explanation-2 =
    Older chips earn less as they do less work per hour, not because they stand still. Re-use is
    worth the difference between the first two lines: what the chips still earn after two years,
    less what it costs to have the site back later.
C29-notes-1 =
    A first version of this answer wrote the whole site off with its first chips, buildings, power
    and cooling too; what is left of the site was added after its answer had been seen. Without it
    the return is { $bare_reuse } times the cost ({ $bare_reuse_low } to { $bare_reuse_high }), and
    the answer “{ $verdict }”. The threshold is the same.
C29-notes-2 = What is left is a book value: a site that finds no second tenant is worth less.
C29-notes-3 =
    Rents of the model fall to 0.3 to 0.5 USD an hour by 2035 with the reference parameters, as it
    builds more capacity than the world may. That makes this answer a hard test of the claim.
C29-notes-4 =
    It is the return of chips that live: 0.6 to 2.4% of them die in a quarter in these runs, old
    ones faster, and that is not taken off.

## Names of figures and intervals

C29-figure-return = return over cost: { $use }
C29-figure-return-by-life = the same with re-use, buildings over { $years } years
C29-figure-return-bare = nothing left of the site: { $use }

## Pictures

C29-vintages-title = Does a data centre of each year earn its cost back?
C29-vintages-caption =
    Discounted earnings and what is left of the site, over cost; means with 95% intervals; one is
    even. Grey: nothing left.
C29-vintages-alt = With re-use the mean of 2025 to 2028 is { $reuse } times the cost.
C29-vintages-headline =
    At market rent, data centres of 2025 to 2028 bring { $reuse } times their cost
C29-rents-title = How far does the rent of an accelerator fall?
C29-rents-caption = Rent without contract, runs with uncertain parameters.
C29-rents-alt = A fan that falls from about two dollars an hour.
C29-panel-rent = Rent without contract
C29-axis-usd-per-hour = USD per hour

## Tables

C29-vintages-table = Return by vintage and use

## Other words

C29-ahead-earns = earns his cost back
C29-ahead-does-not = does not earn his cost back
C29-ahead-may = may earn his cost back
C29-use-bare = market rent, with re-use,{ "\u000A" }nothing left of the site
C29-use-reuse = market rent, with re-use
C29-use-once = market rent, two years only
C29-use-contract = contract at the price of its first quarter
