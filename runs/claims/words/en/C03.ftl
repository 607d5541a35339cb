### C03: 100 bn USD back into the lab

## What the answer says

C03-sentence =
    On average { $drawn } of the { $letter } bn USD is drawn within ten years; { $certain } even
    when every step is certain once its condition is met.
C03-boundary =
    Three things stop a step: chance (30% each, an assumption), too few gigawatts live, and a lab
    that fails or is bought. The arm with certain steps leaves the last two.
C03-explanation-1 =
    Each step needs another gigawatt in the lab's use. A step whose condition is met is carried out
    with a chance of 70%, or it lapses; the letter is void after a default, and when another firm
    buys the lab.
C03-notes-1 =
    The chance of 70% per step is a choice of the modeller, and with it alone no more than 70% could
    be drawn on average; the arm with certain steps bounds its effect.

## Names of figures and intervals

C03-figure-drawn = part of the letter that is drawn
C03-figure-drawn-usd = drawn, in USD
C03-figure-drawn-if-certain = drawn when every step is certain
C03-figure-steps-by-2028 = steps drawn by the end of 2028

## Pictures

C03-steps-title = How many of the ten steps are paid?
C03-steps-caption = The same worlds twice: with the stated chance per step, and with certain steps.
C03-steps-alt = Bars by number of steps; the mean is { $drawn } of ten.
C03-steps-headline = { $drawn } of the letter is drawn

## Other words

C03-arm-stated = steps by chance, as stated
C03-arm-certain = every step certain
