"""Amounts of money in words."""


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
