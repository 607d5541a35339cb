### C05: Vendor money pushes valuations up

## What the answer says

C05-sentence =
    Chipmakers' money changes the lab's valuation after two years by { $effect }; together with
    clouds' money it is { $both }.
C05-boundary =
    In the model vendor money fills a part of a round whatever its price, so that others have less
    to fill and the round may close at a higher price, or close at all. The effect is large where
    others have too little money, and small where they have enough. After three years it is { $later
    }, together with clouds' money { $later_both }: the rule's two years decide.
C05-explanation-1 =
    Without vendor money other investors have to fill the whole round, at a lower price where that
    is hard. The circle shrinks without chipmakers' money, and it has to be gone without clouds'
    money too: that is a test of the measure.
C05-notes-1 =
    The model has no news: nobody reads a vendor's stake as praise, and listed shares move slowly to
    what cash flow and backlog are worth. The 36% that the cloud's shares rose in a day cannot
    happen in it, so the answer is about money, and may be wrong about mood.

## Names of figures and intervals

C05-figure-lab-value = the lab's valuation after two years, with against without
C05-figure-lab-value-both = the same, clouds' money too
C05-figure-refused-without = more runs refused money, without chipmakers' money
C05-figure-refused-nobody = more runs refused money, without clouds' money too
C05-figure-circles = runs in circles, { $arm }

## Pictures

C05-valuations-title = What does vendor money do to valuations?
C05-valuations-caption =
    Paired differences over { $pairs } pairs of runs, 95% intervals; 0 is no effect.
C05-valuations-alt = Points with intervals; the lab after two years at { $effect }.
C05-valuations-headline = With chipmakers' money the lab is worth { $effect } after two years
C05-valuations-x = difference
C05-mark-no-effect = no effect
C05-mark-threshold = threshold of the rule

## Tables

C05-valuations-table = Rise of valuations by vendor money
C05-head-money = with and without

## Other words

C05-group-without = chipmakers' money
C05-group-nobody = chipmakers' and clouds' money
C05-arm-with = with vendor money
C05-arm-without = without chipmakers' money
C05-arm-nobody = without clouds' money too
C05-value-lab-two-years = the lab after two years
C05-value-lab-three-years = the lab after three years
C05-value-lab-highest = the lab at its highest
C05-value-labs = all labs after two years
C05-value-cloud = the cloud after two years
C05-value-chipmaker = the chipmaker after two years
