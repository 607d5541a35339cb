"""Units: cents, quarters, compute units, and amounts of money in words."""

HOURS_PER_QUARTER = 2190.0
"""Hours in a quarter of a year."""

CU_HOURS = 1000.0 * HOURS_PER_QUARTER
"""Accelerator-hours in a CU (1,000 reference-accelerator-quarters)."""


def money(usd: float) -> str:
    """An amount of USD in words: "12.4 bn USD", "310 mn USD", "nothing"."""
    if abs(usd) < 0.5e6:
        return "nothing"
    if abs(usd) >= 0.95e9:
        digits = 0 if abs(usd) >= 999.5e9 else 1
        return f"{usd / 1e9:,.{digits}f} bn USD"
    return f"{usd / 1e6:,.0f} mn USD"


def some_money(usd: float) -> str:
    """An amount over zero in words: as ``money``, but "less than 1 mn USD" for a small one."""
    return money(usd) if usd >= 0.5e6 else "less than 1 mn USD"


def cents(usd: float) -> int:
    """Turn USD into integer cents, rounded once."""
    return round(usd * 100)


def per_quarter(yearly: float) -> float:
    """Turn a rate per year into the rate per quarter that compounds to it."""
    return float((1 + yearly) ** 0.25 - 1)
