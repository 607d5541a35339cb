### C08: 10 bn USD of revenue this year

## What the answer says

C08-sentence =
    Revenue in 2025 is { $year } bn USD in the runs ({ $year_low } to { $year_high }), against the
    article's { $article }; they start at { $start } bn annualised.
C08-boundary = 10 bn is right as the annualised revenue of June 2025.
C08-explanation-1 =
    The figure counts for all else: commitments over revenue, the cover of costs and the need for
    money start from it.
C08-notes-1 =
    The start value comes from users, seats and prices and is { $gap } from the public { $public }
    bn: the model is that far off at its start.

## Names of figures and intervals

C08-figure-revenue-2025 = revenue in 2025, reported half year included
C08-figure-annualised-start = annualised in 2025Q3, where the runs start
C08-figure-annualised-end = annualised in 2025Q4

## Pictures

C08-revenue-title = Revenue at the start, against the article and public figures
C08-revenue-caption = Means of { $runs } runs with 95% intervals.
C08-revenue-alt = Revenue in 2025 at { $year } bn USD.
C08-revenue-headline = Revenue in 2025 is { $year } bn USD in the runs
C08-revenue-x = USD bn
C08-mark-article = the article
C08-mark-public = public, August 2025
