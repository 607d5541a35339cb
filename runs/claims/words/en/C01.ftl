### C01: A contract of 300 bn USD

## What the answer says

C01-sentence =
    On average { $paid } of the { $total } bn USD is paid; all of it in { $in_full } of the runs.
C01-boundary =
    Where both firms live on, { $both_live } of it is paid; where the lab has failed by the end,
    { $lab_failed }.
C01-explanation-1 =
    The lab owes the agreed amount for what the cloud delivers, used or not. When a round brings
    less than it asked, it may give up contracts that have not begun, in part and for a fee; in a
    default all that is left is rejected. Invoices that are never paid are taken off. A cloud that
    fails delivers all the same, for its creditors or for those who buy its data centres.
C01-notes-1 =
    The two parties do not renegotiate price or date here, as real ones would: a contract is paid,
    given up before it begins, or rejected in default.

## Names of figures and intervals

C01-figure-middle = middle of the runs
C01-figure-paid = part of the contract that is paid, mean
C01-figure-paid-in-full = runs in which all of it is paid
C01-figure-paid-usd = paid, in USD
C01-figure-cancelled = cancelled before delivery, mean
C01-figure-paid-reference = paid with the reference parameters

## Pictures

C01-part-paid-title = How much of the contract is paid?
C01-part-paid-caption = All { $runs } runs with uncertain parameters, by what became of both firms.
C01-part-paid-alt = A histogram with its mean at { $paid }.
C01-part-paid-headline = On average { $paid } of the contract is paid

## Tables

C01-fates-table = Part paid by what became of them
C01-head-fate = at the end

## Other words

C01-none-such = none (no such run)
C01-fate-both-live = both live
C01-fate-lab-failed = the lab has failed
C01-fate-cloud-failed = the cloud has failed
C01-fate-both-failed = both have failed
