### C02: The cloud's money goes on to the chipmaker

## What the answer says

C02-sentence = { $passed } of the cloud's CapEx reaches the chipmaker over ten years.
C02-boundary =
    The median lies in the public band of { $band_low } to { $band_high } in these of the quarters
    shown: { $quarters }.
C02-explanation-1 =
    CapEx is sites, power and other plant besides chips. Chips come after the sites are connected,
    and places whose chips have died are filled again at the cost of the chips alone. So the ratio
    rises when few sites are begun.
C02-notes-1 =
    Where the median leaves the public band the model is wrong about the world, or the band of two
    boom years does not last; the two cannot be told apart yet.
C02-notes-2 =
    Who supplies whom is an input: the cloud never changes its chipmaker in the model. So is the
    part of a new site's cost that is chips and networking (compute.chip_share), which does not vary
    here. The answer mostly repeats it, with the chips for old places on top.

## Names of figures and intervals

C02-figure-passed-on = part of the cloud's CapEx that reaches the chipmaker
C02-figure-share-of-chips = part of its chips that it buys there (an input)
C02-figure-chips-over-capex = chip revenue over CapEx, all large buyers, mean
C02-figure-public = public figures since 2024
C02-interval-public = range of public figures

## Pictures

C02-chips-of-capex-title = How much of CapEx goes into chips?
C02-chips-of-capex-caption = Runs with uncertain parameters ({ $runs }); shaded red: public figures.
C02-chips-of-capex-alt = A band of lines by quarter; its mean over ten years is { $every }.
C02-panel-ratio = Chip revenue over CapEx of all large buyers
C02-axis-ratio = ratio

## Tables

C02-by-quarter-table = Chip revenue over CapEx by quarter

## Other words

C02-quarters-none = none
