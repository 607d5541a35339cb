### C11: An RPO of 179 bn USD
### It is answered as C10 is, and speaks with its words.

## What the answer says

C11-sentence = { C10-sentence }
C11-boundary = { C10-boundary }
C11-explanation-1 = { C10-explanation-1 }
C11-explanation-2 = { C10-explanation-2 }
C11-notes-1 = { C10-notes-1 }
C11-notes-nearest = { C10-notes-nearest }

## Names of figures and intervals

C11-figure-delivered = { C10-figure-delivered }
C11-figure-article-off = { C10-figure-article-off }
C11-figure-rpo-start = { C10-figure-rpo-start }
C11-figure-customer-part = { C10-figure-customer-part }

## Pictures

C11-rpo-title = { C10-rpo-title }
C11-rpo-caption = { C10-rpo-caption }
C11-rpo-alt = { C10-rpo-alt }
C11-roll-forward-title = { C10-roll-forward-title }
C11-roll-forward-caption = { C10-roll-forward-caption }
C11-roll-forward-alt = { C10-roll-forward-alt }
C11-roll-forward-headline = { C10-roll-forward-headline }
C11-mark-article = { C10-mark-article }
C11-panel-rpo = { C10-panel-rpo }
C11-axis-usd-bn = { C10-axis-usd-bn }
C11-mark-reported = { C10-mark-reported }

## Tables

C11-by-quarter-table = { C10-by-quarter-table }
C11-roll-forward-table = { C10-roll-forward-table }

## Other words

C11-nearest-too-far = { C10-nearest-too-far }
C11-nearest-neither = { C10-nearest-neither }
