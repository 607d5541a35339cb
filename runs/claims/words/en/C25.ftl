### C25: Apple must still come

## What the answer says

C25-sentence =
    When half of those who choose again take { $lab }, it has { $apart } of consumers after two
    years: few choose again.
C25-boundary-too-few = Too few pairs a field to say where { $share } within two years is reached.
C25-boundary-nowhere = { $share } within two years is reached nowhere on the map.
C25-boundary-case =
    { $rate } of consumers choose again in a quarter and { $first_choice } of these take it
C25-boundary = { $share } within two years is reached where { $cases }.
C25-boundary-or = { $so_far }, or { $next }
C25-explanation-1 =
    { $rate } of consumers choose again in a quarter, so that { $chosen } have within two years.
    However good the newcomer is, it gets no more than its part of these and of new users.
C25-notes-1 =
    How many take it, and how many choose again, are assumed: no survey measures them. The model has
    consumers of the whole world, not of one country, and a new default does not by itself make
    anybody choose again; on a phone it may.
C25-notes-2 =
    So the answer nearly follows from what is assumed: the share that chooses again in two years,
    times the part of it that takes the newcomer.

## Names of figures and intervals

C25-figure-part-half = { $lab }'s part after two years, half of choosers
C25-figure-part-quarter = the same, a quarter of choosers
C25-figure-part-three-quarters = the same, three quarters of choosers
C25-figure-rival-users = part of consumers that { $rival } loses by it
C25-figure-rival-revenue = change of { $rival }'s revenue after two years
C25-figure-rival-value = change of { $rival }'s value after two years

## Pictures

C25-entry-title = How many consumers move within two years?
C25-entry-caption = Means over { $pairs } pairs a field; en masse is a quarter (red line).
C25-entry-alt = A map whose shares rise with the part of choosers and the rate of choosing.
C25-entry-headline = { $lab }'s part of all consumers after two years
C25-entry-x = Part of consumers that choose again in a quarter
C25-entry-y = Part of choosers that take it

## Tables

C25-entry-table = Part of consumers that the entrant has
