### C12: Not listed: no shares to sell

## What the answer says

C12-sentence =
    To be listed from the start takes { $spared } points ({ $spared_low } to { $spared_high }) off the
    chance that the lab is refused money, and it raises { $raised }.
C12-boundary =
    A listing adds one class of investors with its own money, and lets the lab's earlier investors
    sell to them. It does not change what investors expect from the lab.
C12-explanation-1 =
    Once listed, public-market investors may join a round with the same rule as all others, and
    funds sell them their shares over some quarters, so that this money is free for other rounds.
    With the window as stated a lab lists when it has 20 bn USD of revenue a quarter and a round of
    it closes; in hard times the window is shut by itself.
C12-notes-1 =
    The depth of the public market is an assumption (300 bn USD of funds' cash, a twentieth of it
    for one quarter's rounds). A daily price, with its falls, is not in the model: a real listing
    can also do harm.

## Names of figures and intervals

C12-figure-listing-quarter = quarter of the listing, window as stated
C12-figure-spared-listed = fewer runs refused: listed against never
C12-figure-spared-window = fewer runs refused: window as stated against never
C12-figure-failures-spared = fewer runs in which the lab fails: listed against never
C12-figure-raised = more money raised: listed against never
C12-figure-refused = refused money, { $arm }

## Pictures

C12-listing-title = What does a listing change?
C12-listing-caption = { $worlds } worlds in each arm, same parameters and seeds; 95% intervals.
C12-listing-alt = Shares of runs refused, failed and frozen, for three states of the window.
C12-listing-headline = Listed from the start, { $spared } of 100 fewer are refused
C12-listing-x = share of runs

## Tables

C12-listing-table = Outcomes by state of the listing

## Other words

C12-outcome-refused = refused money
C12-outcome-freeze = funding of labs and start-ups freezes
C12-arm-shut = never listed
C12-arm-stated = window as stated
C12-arm-listed = listed from the start
C12-outcome-fails = fails
