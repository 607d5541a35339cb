"""What was announced, what binds, and what was paid so far, quarter by quarter of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from runs.deals.listing import place

if TYPE_CHECKING:
    from market.model import MarketModel


class DealState(NamedTuple):
    """A deal at the end of a quarter of a run, USD.

    Attributes:
        quarter: label.
        key: of the deal.
        announced_usd: all of it, from the quarter of its date on.
        binding_usd: what was paid and what is still owed without a condition.
        paid_usd: what was paid or delivered so far, before the start too.
        given_up_usd: what was given up, or lapsed.
        is_booked: whether the run can move it; others stand as they were announced.
    """

    quarter: str
    key: str
    announced_usd: float
    binding_usd: float
    paid_usd: float
    given_up_usd: float
    is_booked: bool


def deal_states(model: MarketModel) -> list[DealState]:
    """How every deal that counts stands after the last quarter that the model ran."""
    world, quarter = model.parameters, model.quarter - 1
    found = []
    for key, deal in world.deals.items():
        stands = place(world, deal).name
        if stands == "left out":
            continue
        is_known = deal.quarter(world.start) <= quarter
        paid, owed, gone = _moved(model, key) if stands == "booked" else (0.0, None, 0.0)
        paid += deal.paid_usd
        firm = max(0.0, deal.firm_usd - paid)
        binding = paid + (firm if owed is None else min(firm, owed))
        found.append(
            DealState(
                model.ledger.label(quarter),
                key,
                deal.amount_usd * is_known,
                binding * is_known,
                paid * is_known,
                gone * is_known,
                stands == "booked",
            )
        )
    return found


def _moved(model: MarketModel, key: str) -> tuple[float, float | None, float]:
    """Paid since the start, still owed (None: as announced) and given up, USD."""
    contracts = model.contracts.successors(key)
    if contracts:
        paid = sum(c.delivered_cents for c in contracts) / 100
        owed = sum(c.remaining_cents for c in contracts) / 100
        first = contracts[0].total_cents / 100
        return paid, owed, max(0.0, first - paid - owed)
    promises = [p for p in model.commitments if p.key in {key, f"{key}-conditional"}]
    if promises:
        paid = sum(p.paid_usd for p in promises)
        drawn = sum(p.drawn * p.tranche_usd for p in promises)
        left = [(p, p.tranche_usd * (p.tranches - p.drawn)) for p in promises]
        void = sum(usd for p, usd in left if p.is_void)
        owed = sum(usd for p, usd in left if not (p.is_void or p.is_conditional))
        return paid, owed, drawn - paid + void
    stated = model.parameters.backstops
    called = [stated[key].total_usd - b.remaining_usd for b in model.backstops if b.key == key]
    return sum(called), None, 0.0
