### C27: Not a 2008

## What the answer says

C27-sentence =
    In { $broke } of { $pairs } failures the banks' capital falls under its floor; more than 5% of
    the other institutions fail in up to { $many } of the pairs (when { $often } fails; { $without }
    without its failure).
C27-no-channel =
    No failure reaches the banks here: even the costliest takes from them less than a tenth of what
    they can lose before their floor. That they stand follows from how they are built.
C27-untestable = None of the struck firms fails often enough to tell.
C27-boundary-added = { $firm } { $added } ({ $added_low } to { $added_high })
C27-boundary-surely = surely more with { $firms }
C27-boundary-not-surely = none surely adds any
C27-boundary-net =
    To the pairs with a wave of failures the failures add, in points: { $parts }: { $end }.
C27-boundary-stated =
    As stated, the banks reach their floor when about { $room } of their capital is lost; the most
    that any of these failures costs is { $worst } ({ $who }).
C27-boundary-none-found =
    { $stated } No boundary was found: with capital of { $least } of assets, hardly over the floor,
    they still stand.
C27-boundary-broken =
    { $stated } The floor is broken with capital of { $capital } of assets or less ({ $struck }
    fails, { $lender }: in { $share } of the pairs).
C27-boundary-and = { $so_far } and { $next }
C27-explanation-1 =
    A 2008 needs two things: losses that reach the banks, and banks too thin to bear them. Owners
    bear most of what a failed lab costs, and a cloud's bonds lie with insurers, funds and savers.
    What reaches the banks is small beside their capital.
C27-explanation-2 =
    Firms do fail together: labs that live on the same investors' mood. The rows "without" show how
    often several fail with nobody struck; what a failure adds is the difference within the pairs.
C27-explanation-spared =
    A failure can spare others. { $cases } A fallen lab leaves its customers, and its place in the
    next rounds, to the others; a fallen cloud builds no more.
C27-notes-1 =
    This answer is nearly built in: the model has one bank with the capital of all banks of a large
    country, one pool of insurers and private credit that owes nobody, and none of what spread
    losses in 2008 (short-term funding, derivatives, special vehicles, claims among banks).
C27-notes-2 =
    Savers bear the losses of funds and of that pool. What they would then no longer buy is outside
    the model.

## Names of figures and intervals

C27-figure-bank-under-floor = bank under its floor, added when { $firm } fails
C27-figure-many-fail = over 5% of others fail, { $firm } fails
C27-figure-many-fail-without = the same without, { $firm }
C27-figure-added = added by the failure, { $firm }
C27-figure-capital-lost = largest part of bank capital lost in a pair
C27-interval-largest = the largest of all pairs
C27-figure-struck = { $firm } is struck

## Pictures

C27-waves-title = Does one failure pull down others?
C27-waves-caption =
    { $pairs } pairs with uncertain parameters, two failures or more besides the struck firm within
    twelve quarters; 95% intervals.
C27-waves-alt = Shares of pairs in which several other firms fail, with and without the failure.
C27-waves-headline = Several firms fail in some worlds, struck or not
C27-waves-x = share of pairs in which more than 5% of the other institutions fail
C27-banks-title = How thin must the banks be?
C27-banks-caption =
    Part of the banks' capital that a failure costs, by what they have before, with clouds' debt as
    bonds and as bank loans. Above the dashed line the floor is broken. Means of up to { $pairs }
    pairs with reference parameters.
C27-banks-alt = Lines of losses, and a rising line of what the banks can lose.
C27-banks-headline = What a failure costs the banks

## Tables

C27-failures-table = Banks and institutions by failure
C27-others-table = Who else fails, with each failure and without it
C27-banks-table = Where it would reach the banks

## Other words

C27-driver-several = several firms fail
C27-waves-with = with the failure
C27-waves-without = in the twin without it
C27-spared-case = When { $struck } falls, { $firm } fails in { $with_it } of the pairs
C27-spared-without = { $case }, without its fall in { $without }.
C27-lender-bonds = clouds' debt is bonds, as stated
C27-lender-bank-loans = clouds' debt is bank loans
C27-driver-none = none
