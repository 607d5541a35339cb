### C20: A browser for advertising income

## What the answer says

C20-sentence =
    Advertising reaches a tenth of { $lab }'s revenue in 2029 at { $income } per free user and
    quarter; at { $most_usd } USD it is { $most }%.
C20-boundary =
    The boundary lies at { $income } per free user and quarter, when fully built. The lab is refused
    money in { $refused_without } of the runs without advertising, and in { $refused } at
    { $most_usd } USD.
C20-explanation-1 =
    Advertising is built up over years and earns from free users only. No public figure exists, so
    the income is varied from nothing to what large networks earn.
C20-notes-1 = The model has no browser: it has advertising to free users, whatever brings it.
C20-notes-2 =
    The uncertain parameters do not vary here: the intervals are those of chance alone, and nothing
    is said of what else the answer turns on.

## Names of figures and intervals

C20-figure-part = part of revenue in 2029Q4 at { $usd } USD
C20-figure-refused = the lab is refused money, at { $usd } USD

## Pictures

C20-income-title = How much would advertising matter?
C20-income-caption = Part of the lab's revenue in the last quarter of 2029, with 95% intervals.
C20-income-alt = A line that rises to { $most }.

## Tables

C20-income-table = Advertising by income per free user

## Other words

C20-income-none = no income that was tried
C20-income-edge = about { $edge } USD
