### The story page.

story-play = Play it quarter by quarter
story-see-live = See all series
story-stopped = This world stopped before its end; the story covers what was recorded.
story-so-far = This run goes on: the story is told up to { $quarter }.
story-not-begun = Nothing has happened yet in this world. Press Play, or run it to its end.

## Is it a house of cards?

story-stands = Is it a house of cards? In this run it stands
story-shakes = Is it a house of cards? In this run it shakes and stands
story-some-labs-fall =
    { $n ->
        [one] Is it a house of cards? In this run one lab falls, and the house stands
       *[other] Is it a house of cards? In this run { $n } labs fall, and the house stands
    }
story-labs-fall = Is it a house of cards? In this run the labs' storey falls
story-more-falls = Is it a house of cards? In this run more than the labs falls
story-nothing-falls = Until { $quarter } funding never freezes and no firm fails.
story-freeze = Funding freezes in { $quarter }.
story-labs-failed =
    { $n ->
        [one] { $names } fails.
       *[other] { $names } fail.
    }
story-others-failed =
    { $n ->
        [one] So does { $names }.
       *[other] So do { $names }.
    }
story-builders-stand = No cloud and no chipmaker goes under.
story-bank-stands = The bank's capital never falls under { $ratio } of its assets.
story-list = { $names } and { $last }

## What happened

story-boom = How large it grows
story-invested =
    The clouds invest { $first } in { $start } and { $most } at the peak in { $peak }.
story-raised = The labs raise { $amount }.
story-raised-in-rounds =
    { $n ->
        [one] The labs raise { $amount }, part of it in { $n } round.
       *[other] The labs raise { $amount }, part of it in { $n } rounds.
    }
story-startups-raised = AI start-ups raise { $amount } beside them, from the same investors.
story-worth = At most the labs are held to be worth { $amount }.
story-circle = How much of it is a circle
story-circular =
    At most { $most } of a year's payments between labs, clouds and chipmakers run in circles; at
    the end { $last }.
story-vendor-finance =
    { $n ->
        [one] Chipmakers put { $amount } into their own customers, in { $n } quarter.
       *[other] Chipmakers put { $amount } into their own customers, in { $n } quarters.
    }
story-promised =
    The labs have promised to buy compute for { $first } times their yearly revenue at the start,
    and for { $last } times at the end.
story-turn = What breaks first
story-nothing-breaks = Nothing breaks: no round fails, no order is cut.
story-who-falls = Who falls
story-who-falls-in-order = Who falls, in order
story-nobody = Nobody.
story-fall = { $name } in { $quarter }.
story-end = Where it stands in { $quarter }
story-last-year =
    In the last year the labs earn { $earned } and the clouds invest { $invested }.
story-power = Chips draw { $gw } GW, and an hour of one is let for { $usd } USD.
