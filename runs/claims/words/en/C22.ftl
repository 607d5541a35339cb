### C22: Not enterprise-grade

## What the answer says

C22-sentence =
    { $needy } of all seats need more than { $lab } gives in 2025Q3; a customer that needs
    { $demanding } can take it from { $ready } on.
C22-boundary =
    In half of the runs or more the lab is good enough for a customer that needs { $demanding } by
    { $ready }.
C22-boundary-driver =
    Where "{ $parameter }" is in the lower third of its range, { $low_end } of the seats need too
    much, in the upper third { $high_end }.
C22-explanation-1 =
    A customer does not buy from a lab under its need, at any price. Needs are spread around a mean
    of 60 to 80%, so that the lab's own figure near 80% shuts it out of much of the market at the
    one end and of almost none at the other.
C22-explanation-2 =
    Many customers buy from two labs, so to be turned down as the first is not to be out.
C22-notes-1 =
    Nobody publishes reliability as customers feel it: both the labs' figures and the needs are
    assumed. The travel site's own case is put in as a need between two labs.

## Names of figures and intervals

C22-figure-ready = quarter in which the lab does { $demanding } right
C22-figure-need-more = seats that need more than { $lab } gives, 2025Q3
C22-figure-need-more-later = the same in { $quarter }
C22-figure-two-providers = seats of customers with two providers, at the end

## Pictures

C22-needs-title = How many seats need more than the lab gives?
C22-needs-caption = Means over { $points } points of the uncertain parameters, 95% intervals.
C22-needs-alt = A curve that falls from 2025Q3 on.
C22-needs-headline = Seats that { $lab } is not good enough for
C22-needs-y = Part of all seats

## Tables

C22-needs-table = Seats that need more than a lab gives
