### The page about the model and its numbers.

about-heading-what = What this is
about-what-text-1 =
    Kaartenhuis (Dutch for house of cards) is a simulation of the AI investment boom. AI labs
    promise to buy more compute than they can pay from revenue. Clouds build it, partly on credit.
    Chipmakers put money into their own customers. AI start-ups live on the same venture money and
    rent from the same clouds. Investors ask each quarter what a round is worth, and whether the
    others will still join it.
about-what-text-2 =
    Every firm is an agent with its own books and rules. Each payment goes through one double-entry
    ledger, so that no money appears or vanishes; ten accounting identities are checked after every
    batch of postings. One step is one quarter.
about-what-text-3 =
    Nobody scripts the crash. No rule reads the calendar or a company's name. A funding freeze, a
    cut in CapEx or a default is measured when it happens, and may not happen.

about-heading-reading = How to read it
about-reading-text-1 =
    One run is one possible history, not a forecast. The seed decides which chance events happen.
    Look at the ensemble before you believe anything that a single run shows.
about-reading-text-2 =
    A change has a twin: the same world, the same chance events, without it. The dashed line is the
    twin in this seed. Its gap is one case; the effect is the mean gap over many pairs of worlds,
    and where its interval holds zero it may be chance.

about-heading-limits = What it cannot say
about-limits-text-1 =
    Finances of private companies are press reports and partly unverified. Most behavioural values
    are judged, not estimated.
about-limits-text-2 =
    Labs live on shares and, between two rounds, on convertible notes of their owners: they have no
    secured debt. A lab in distress may be bought; two healthy ones never merge. Start-ups are a few
    cohorts, not firms one by one. A cloud carries the cash flow of its whole group, which makes
    groups look safer than they may be.
about-limits-text-3 =
    One bank stands for all banks, one for those that lend to AI, and one holder of each kind for all
    insurers, bond funds, pensions and private credit; what they lose on data centres their owners
    lose. Wages, taxes, inflation and monetary policy are outside.
about-limits-text-4 =
    Companies are stylised. Nothing here describes what a real company will do. No investment
    advice.

about-level-seen = read on a public page
about-level-derived = computed from public figures by a stated rule
about-level-checked = recalled, and agreeing with a public total
about-level-unverified = recalled from press reports
about-level-assumed = a modelling choice
about-level-theory = taken from a paper
about-numbers-title = How far can the numbers be trusted?
about-numbers-shown = Values of this scenario by the confidence in their source
about-sources-title = The stated figures and their sources
about-sources-intro =
    The { $known } of the { $count } values of this scenario that rest on a source; the others are
    modelling choices. The chart counts the same { $count }; all of them, with their texts, are in
    its download menu, and those that can be changed under Parameters at the left.
about-column-value = Value
about-column-source = Source
about-column-confidence = Confidence
