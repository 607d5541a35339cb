"""Savers' money into funds."""


def fund_inflow(base: float, past_return: float, sensitivity: float) -> float:
    """Return new money that savers bring to a fund in a quarter, at least 0.

    Args:
        base: Inflow at a return of 0, money per quarter.
        past_return: Return of the fund in the past quarter, 0.05 = 5%.
        sensitivity: Relative change of the inflow per unit of return.

    Source: flows follow returns, Sirri and Tufano (1998); that outflows stop at 0 keeps
    their asymmetry: losers lose less money than winners gain.
    """
    return max(0.0, base * (1.0 + sensitivity * past_return))
