"""What lenders ask for a note, how much they buy, and the spread at which an issue is sold."""

from collections.abc import Sequence
from typing import NamedTuple


class Supply(NamedTuple):
    """What a lender would buy of one issue.

    Attributes:
        room: Most money, at least 0.
        least: Spread under which it buys nothing, per year.
    """

    room: float
    least: float


class Lent(NamedTuple):
    """Money that a lender has for an issuer.

    Attributes:
        holder: Party of the lender in the ledger.
        instrument: What the issuer then owes it.
        usd: At most, USD.
    """

    holder: int
    instrument: str
    usd: float


class Cleared(NamedTuple):
    """How an issue ended.

    Attributes:
        spread: What the issuer pays, per year; of an issue that was pulled, its bound.
        parts: Money from each lender, in the order of the supplies.
    """

    spread: float
    parts: tuple[float, ...]

    @property
    def found(self) -> float:
        """Money that was found, all together."""
        return sum(self.parts)


def expected_loss(default_probability: float, loss_given_default: float) -> float:
    """Return the loss that lenders expect per year and unit lent.

    Args:
        default_probability: Per quarter, 0 to 1.
        loss_given_default: 0 to 1.
    """
    return (1.0 - (1.0 - default_probability) ** 4) * loss_given_default


def required_spread(
    base: float,
    loss: float,
    risk_multiple: float,
    concentration: float,
    concentration_spread: float,
) -> float:
    """Return the spread over the base rate that lenders ask of an issuer, per year.

    Args:
        base: Of an issuer of its kind that is sure to pay.
        loss: Expected loss per year, see `expected_loss`.
        risk_multiple: Spread asked per unit of it.
        concentration: Largest customer's part of the issuer's contracts, 0 to 1.
        concentration_spread: Asked of an issuer with one customer only.

    Source: spreads are a multiple of expected losses (the credit spread puzzle, Elton, Gruber,
    Agrawal and Mann 2001; Gilchrist and Zakrajsek 2012). Linear; values assumed.
    """
    return base + risk_multiple * loss + concentration_spread * concentration


def lender_room(
    purse: float, assets: float, limit: float, notes: float, loss: float, stop: float
) -> float:
    """Return the money for which a lender buys notes in a quarter, at least 0.

    Args:
        purse: Money that it has for sale.
        assets: All that it owns.
        limit: Most notes over assets.
        notes: What it holds of them.
        loss: Losses of late over its notes.
        stop: Losses at which it buys nothing.

    Source: lenders withdraw in step with what they lost (leverage and risk targets, Adrian and
    Shin 2010); linear.
    """
    appetite = max(0.0, 1.0 - max(0.0, loss) / stop)
    return appetite * max(0.0, min(purse, limit * assets - notes))


def supplied(spread: float, supplies: Sequence[Supply], width: float) -> float:
    """Return the money that lenders bring at a spread; each brings it evenly over the width."""
    return sum(s.room * min(1.0, max(0.0, (spread - s.least) / width)) for s in supplies)


def clear_issue(
    asked: float, supplies: Sequence[Supply], width: float, most: float, least_part: float
) -> Cleared:
    """Sell an issue at one spread: the least at which all of it is bought.

    Args:
        asked: Money that the issuer wants, over 0.
        supplies: What each lender would buy.
        width: Rise of the spread from a lender's first to its last dollar, over 0.
        most: Spread over which the issuer sells nothing.
        least_part: Part of what is asked under which the issue is pulled.

    Returns:
        All of it; a part, at the spread at which lenders have no more for sale; or nothing, at
        the bound.

    Source: uniform-price auction of a bond (book building, Benveniste and Spindt 1989); rationing
    beyond the bound, Stiglitz and Weiss (1981).
    """
    at_most = supplied(most, supplies, width)
    if at_most <= 0.0 or at_most < least_part * asked:
        return Cleared(most, (0.0,) * len(supplies))
    turns = sorted({t for s in supplies if s.room > 0 for t in (s.least, s.least + width)})
    low = turns[0]
    for turn in (*turns[1:], most):
        high = min(turn, most)
        before, after = supplied(low, supplies, width), supplied(high, supplies, width)
        if after >= min(asked, at_most):
            rise = (min(asked, at_most) - before) / (after - before) if after > before else 0.0
            low += max(0.0, rise) * (high - low)
            break
        low = high
    parts = [s.room * min(1.0, max(0.0, (low - s.least) / width)) for s in supplies]
    total = sum(parts)
    scale = min(asked, at_most) / total if total > 0 else 0.0
    return Cleared(
        low, tuple(min(s.room, scale * part) for s, part in zip(supplies, parts, strict=True))
    )


def shared_out(amount: int, lent: Sequence[Lent]) -> dict[str, dict[int, int]]:
    """Return the cents that each lender gives of an amount, by instrument and party.

    Args:
        amount: Cents that the issuer takes.
        lent: What lenders have for it; each gives its part, rounded down.
    """
    total, sold = sum(each.usd for each in lent), dict[str, dict[int, int]]()
    for each in lent:
        part = int(amount * min(1.0, each.usd / total)) if total > 0 else 0
        if part > 0:
            holders = sold.setdefault(each.instrument, {})
            holders[each.holder] = holders.get(each.holder, 0) + part
    return sold


def planning_spread(spread: float, most: float, found: float, asked: float) -> float:
    """Return the spread that enters the plans of an issuer: dearer in step with what it lacked.

    Args:
        spread: At which its issue was sold.
        most: Spread that it would have paid at most.
        found: Money found.
        asked: Money asked for; nothing asked lacks nothing.

    Source: the shadow price of rationed credit lies between what is paid and what would be.
    """
    lacking = 1.0 - min(1.0, found / asked) if asked > 0.0 else 0.0
    return spread + lacking * max(0.0, most - spread)


def note_price(spread: float, at_issue: float, duration: float) -> float:
    """Return the price of a dollar of face by what spreads have moved since issue, .15 to 1.1.

    Args:
        spread: Asked now, per year.
        at_issue: Mean spread of the notes, per year.
        duration: Years.

    Source: first-order price of a bond (Macaulay 1938); the base rate is left out, for lenders
    match it.
    """
    return min(1.1, max(0.15, 1.0 - duration * (spread - at_issue)))


def covenant_room(
    operating_cash: float, interest: float, coverage: float, rate: float, most: float
) -> float:
    """Return the debt that can be added while operating cash covers interest, 0 to `most`.

    Args:
        operating_cash: Per year.
        interest: Per year, on the debt that there is.
        coverage: Times that cash must cover interest; 0 = no covenant.
        rate: Of new debt, per year.
        most: Returned when there is no covenant, or new debt costs nothing.

    Source: interest-coverage covenants, Greenwald (2019).
    """
    if coverage <= 0.0 or rate <= 0.0:
        return most
    return min(most, max(0.0, (operating_cash / coverage - interest) / rate))


def passed_on(net_worth: float, income: float, capital: float) -> tuple[float, float]:
    """Return what a lender pays its owners of a quarter's income, and what their claims lose.

    Args:
        net_worth: Assets less what owners have, income included.
        income: Interest of the quarter, at least 0.
        capital: Own capital that it means to keep; 0: owners bear everything.

    Returns:
        Payment, at least 0, and change of claims, which is negative for a loss. Own capital is
        filled first; only when it is gone do owners lose.
    """
    paid = income if capital <= 0.0 else max(0.0, min(income, net_worth - capital))
    left = net_worth - paid
    return paid, left if capital <= 0.0 else min(0.0, left)


def redeemed(worth: float, past_return: float, sensitivity: float, gate: float) -> float:
    """Return what owners get back in a quarter of what they want, at most the gate's part.

    Args:
        worth: Of the fund.
        past_return: Per quarter; only losses drive owners out.
        sensitivity: Part that they want per unit of loss.
        gate: Most that is paid, part of the worth.

    Source: form: fragile flows of corporate bond funds, Goldstein, Jiang and Ng (2017); value
    assumed.
    """
    return max(0.0, worth) * min(gate, max(0.0, -past_return) * sensitivity, 1.0)
