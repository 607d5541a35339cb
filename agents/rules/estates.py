"""What a failed firm's estate is worth, at what price its parts clear, who gets how much."""

from collections.abc import Sequence


def running_value(
    rent: float, running_cost: float, fall: float, discount: float, quarters: int
) -> float:
    """Return what a machine in service will earn until it wears out or no longer pays.

    Args:
        rent: Rent of a quarter now, as far as the machine is in use.
        running_cost: Power and upkeep of a quarter, same money.
        fall: Part of its rent that a machine loses in a quarter to newer ones, 0 to 1.
        discount: Return that the owner asks, per quarter, above -1.
        quarters: Quarters of use that are left.

    Returns:
        Present value of rent less running cost over the quarters in which rent covers it; 0 or
        more, same money.

    Source: net present value with the option to shut down (Brennan and Schwartz 1985), here with
    a rent that is known to fall.
    """
    value, factor = 0.0, 1.0
    for _ in range(quarters):
        rent *= 1.0 - fall
        factor /= 1.0 + discount
        if rent <= running_cost:
            break
        value += (rent - running_cost) * factor
    return value


def clearing_price(budget: float, floor: float, ceiling: float) -> float:
    """Return the price of a whole estate at which what buyers can pay meets what is for sale.

    Args:
        budget: Money that all buyers together put in.
        floor: Price under which its creditors rather run it themselves.
        ceiling: Most that anybody pays, at least the floor: the book value.

    Returns:
        Price of the whole, between floor and ceiling. Buyers get the part ``budget / price`` of
        it, at most all: with little money a part goes at the floor, with much all at the ceiling.

    Source: fire sales among buyers of the same industry, who are short of money themselves
    (Shleifer and Vishny 1992): the price follows their cash, not the use of the asset.
    """
    return min(max(budget, floor), ceiling)


def by_rank(amount: int, claims: Sequence[Sequence[int]]) -> list[list[int]]:
    """Return what each claim gets of an amount: rank after rank, pro rata within a rank.

    Args:
        amount: Whole cents to be shared out, at least 0.
        claims: Cents owed, by rank, most senior first.

    Returns:
        Cents by rank and claim, rounded down; nobody gets more than is owed.

    Source: absolute priority, as in Eisenberg and Noe (2001) with seniorities.
    """
    shares, left = [], amount
    for rank in claims:
        owed = sum(rank)
        at_hand = min(left, owed)
        paid = [at_hand * claim // owed if owed > 0 else 0 for claim in rank]
        shares.append(paid)
        left -= sum(paid)
    return shares
