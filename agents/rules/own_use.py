"""Own use: what clouds' customers and their own products spend on compute, and buy for it."""


def budget_growth(
    size: float, growth: float, fade: float, ceiling: float, seen: float, seen_weight: float
) -> float:
    """Return the growth of a budget for compute, before chance.

    Growth fades with the size that the budget has reached, and moves with what its owners see
    others do with compute. Nothing in it reads the calendar.

    Args:
        size: Budget over that of the start, at least 0.
        growth: Growth at the start, per quarter.
        fade: Elasticity of growth to size, at least 0: 0.5 halves it when the budget is fourfold.
        ceiling: Size at which growth ends, as in a logistic curve; 0 = there is none.
        seen: Progress seen over that of the start; 1 = as fast as at the start.
        seen_weight: Part of growth that follows what is seen, 0 to 1.

    Returns:
        Growth per quarter. A budget under that of the start grows no faster than at the start; one
        that shrinks by itself shrinks more slowly the more is seen.

    Source: growth that falls with size, Mansfield (1962); adoption that follows what others are
    seen to achieve, Banerjee (1992). Limits: form and numbers are assumed.
    """
    room = max(0.0, 1.0 - size / ceiling) if ceiling > 0.0 else 1.0
    faded: float = growth * room * max(1.0, size) ** -fade
    return faded + abs(faded) * seen_weight * (seen - 1.0)


def compute_for_budget(budget: float, first_rent: float, rent: float, elasticity: float) -> float:
    """Return the compute that a budget asks for, CU per quarter.

    Args:
        budget: USD per quarter at the rent of the start, at least 0.
        first_rent: Rent of the start, USD per CU.
        rent: Rent now, USD per CU, above 0.
        elasticity: Price elasticity of use, at least 0; at 1 just the budget is spent.

    Source: demand of constant elasticity.
    """
    use: float = budget / first_rent * (first_rent / rent) ** elasticity
    return use
