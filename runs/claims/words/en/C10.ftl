### C10: An RPO of 459 bn USD

## What the answer says

C10-sentence =
    The article's { $article } bn USD is { $off } off the reported { $public }; { $kept } of the
    labs' part is delivered.
C10-boundary =
    Of { $promised } bn USD from labs, old and new, { $delivered } bn is delivered within ten years,
    { $cancelled } bn cancelled, and { $left } bn is left.
C10-explanation-1 =
    RPO at the end of a quarter is RPO before, plus signed, less delivered, less cancelled: the
    simulation checks it to the cent every quarter.
C10-explanation-2 =
    Customers outside the model renew by assumption, so only the labs' part is at risk here. When
    the cloud itself fails its contracts are still served, by its creditors or by those who buy its
    data centres.
C10-notes-1 =
    Public RPO is a whole group's, with all its products; the model holds it against compute for AI
    only. What a cloud's other customers use follows their budgets and the rent, but what they have
    promised keeps its ratio to what they pay.
C10-notes-nearest =
    Public figures of the middle of 2025 run from { $least } to { $public } bn. Against the lower
    one the article's figure is { $off } off, which the rule calls { $verdict }.

## Names of figures and intervals

C10-figure-delivered = delivered, of the contracts with labs known by November 2025
C10-figure-article-off = the article's figure against the reported one
C10-figure-rpo-start = RPO at the start
C10-figure-customer-part = part of it from { $customer }

## Pictures

C10-rpo-title = How does the RPO go on?
C10-rpo-caption = Runs with uncertain parameters ({ $runs }), all customers.
C10-rpo-alt = A band of lines by quarter from { $opening } bn USD.
C10-roll-forward-title = Where does the labs' part of the RPO go?
C10-roll-forward-caption = Means of { $runs } runs over ten years, contracts with labs only.
C10-roll-forward-alt = Bars: opening, signed, delivered, cancelled, closing.
C10-roll-forward-headline = { $kept } of the labs' known contracts is delivered
C10-mark-article = the article
C10-panel-rpo = RPO of the cloud
C10-axis-usd-bn = USD bn
C10-mark-reported = reported

## Tables

C10-by-quarter-table = RPO by quarter, bn USD
C10-roll-forward-table = Roll-forward of the RPO from labs

## Other words

C10-nearest-too-far = too far off
C10-nearest-neither = neither near nor too far off
