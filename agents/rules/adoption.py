"""Adoption of a new product by a market of limited size."""


def bass_adopters(adopted: float, market_size: float, innovation: float, imitation: float) -> float:
    """Return the number of new adopters in a quarter.

    Args:
        adopted: Adopters so far, at least 0.
        market_size: Everybody who may ever adopt, in the unit of `adopted`.
        innovation: Coefficient p per quarter: adopts unasked.
        imitation: Coefficient q per quarter: adopts because others did.

    Returns:
        New adopters, between 0 and what remains of the market. A market that shrank below
        `adopted` gives 0.

    Source: Bass (1969): (p + q A / m) (m - A).
    """
    remaining = market_size - adopted
    if remaining <= 0.0:
        return 0.0
    return min(remaining, (innovation + imitation * adopted / market_size) * remaining)
