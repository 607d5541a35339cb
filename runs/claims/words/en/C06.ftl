### C06: Financiers get their money back as sales

## What the answer says

C06-sentence =
    Of the chipmaker's money { $chipmaker } is back as its revenue within a year; of the holding's
    { $holding }: it sells nothing to these firms.
C06-boundary =
    At least { $back } is back within a year for: { $financiers }. A pure investor's share is nil by
    construction: it sells nothing that labs buy.
C06-explanation-1 =
    Money is followed like water: a firm mixes what it gets and spends the mix in proportion to its
    payments. What stays in a till, or goes to staff, power, builders or lenders, does not come
    back.
C06-explanation-2 =
    A supplier's share is small because most of what a lab spends does not end with one supplier.
    The rest of the financier's return is in the value of its shares.
C06-notes-1 =
    The holding's own companies (telephone, chip design, robots) are not in the model. What they
    sell to labs would raise its share a little above nil.

## Names of figures and intervals

C06-figure-chipmaker-year = the chipmaker's money back within four quarters
C06-figure-holding-year = the holding's money back within four quarters
C06-figure-chipmaker-quarter = the chipmaker's money back in the same quarter
C06-figure-put-in = put into firms in ten years by { $financier }
C06-figure-other-year = { $financier }: back within four quarters

## Pictures

C06-returns-title = Whose money comes back as sales?
C06-returns-caption =
    Means over { $runs } runs with 95% intervals, quarters in which the financier put money in.
C06-returns-alt = Points by financier: the chipmaker at { $chipmaker }, the holding at { $holding }.
C06-returns-headline = Part of each financier's money that is back as its revenue
C06-returns-x = share of the money put in
C06-mark-threshold = threshold of the rule

## Tables

C06-returns-table = Money put in and back, by financier

## Other words

C06-span-year = within four quarters
C06-span-quarter = in the same quarter
C06-financiers-none = none
C06-named-financier = { $name }, { $financier }
C06-financier-holding = the levered holding
C06-financier-chipmaker = the chipmaker
C06-financier-second_chipmaker = another chipmaker
C06-financier-cloud_one = a cloud
C06-financier-cloud_two = a cloud
C06-financier-cloud_three = a cloud
