"""What a seat is used for and what it pays: a base, and use up to a budget."""

import math


def work_of_seat(training: float, first_training: float, exponent: float, surprise: float) -> float:
    """Return the work that a seat has for its product, over that of the start.

    Args:
        training: Training that the product rests on, CU, above 0.
        first_training: That of the start, CU, above 0.
        exponent: Elasticity of work to training, at least 0.
        surprise: Log of how much better or worse the product fits the work than expected.

    Returns:
        1 at the start without a surprise.

    Source: a constant elasticity, assumed; that use follows what a product can do is what public
    counts of tokens show, which grew far faster than users in 2024 and 2025.
    """
    work: float = (training / first_training) ** exponent * math.exp(surprise)
    return work


def wanted_use(base_share: float, work: float) -> float:
    """Return the use that a seat pays for when its budget allows, over that of the start.

    Args:
        base_share: Part of the first bill that is a base: it pays for a use that does not change.
        work: As `work_of_seat` gives it; the rest of the first bill grows with it.

    Source: a two-part tariff, Oi (1971).
    """
    return base_share + (1.0 - base_share) * work


def spending_within_budgets(wanted: float, median: float, sigma: float) -> float:
    """Return the mean of the lower of what is wanted and a log-normal budget.

    Args:
        wanted: What a seat would spend without a budget, at least 0.
        median: Median budget, in the money of `wanted`, above 0.
        sigma: Standard deviation of the log of the budget, at least 0; 0 = all alike.

    Returns:
        E[min(budget, wanted)], between 0 and `wanted`.

    Source: limited expected value of the log-normal distribution, Klugman, Panjer and Willmot
    (2012), appendix A.
    """
    if wanted <= 0.0:
        return 0.0
    if sigma <= 0.0:
        return min(median, wanted)
    z = math.log(wanted / median) / sigma
    within = median * math.exp(0.5 * sigma * sigma) * _normal(z - sigma)
    return min(wanted, within + wanted * _normal(-z))


def _normal(z: float) -> float:
    """Chance that a standard normal number is at most z."""
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def seat_bill(
    list_price: float, first_price: float, use: float, budget_median: float, budget_sigma: float
) -> float:
    """Return what a seat pays per month on average: its list price times use, within budgets.

    Args:
        list_price: Price now of the use of the start, EUR per seat per month.
        first_price: That price at the start.
        use: Use wanted over that of the start, as `wanted_use` gives it.
        budget_median: Median budget, EUR per seat per month.
        budget_sigma: Spread of budgets; see `spending_within_budgets`.

    Returns:
        EUR per seat per month; `first_price` at the start, which budgets are taken to allow.
    """
    first = spending_within_budgets(first_price, budget_median, budget_sigma)
    now = spending_within_budgets(list_price * use, budget_median, budget_sigma)
    return first_price * (now / first)
