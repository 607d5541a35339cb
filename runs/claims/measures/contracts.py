"""What claims about contracts and the circle measure: paid, cancelled, promised, put in."""

from __future__ import annotations

from functools import lru_cache
from math import nan
from typing import TYPE_CHECKING

from runs.claims.measures import measure

if TYPE_CHECKING:
    from market.books.contracts import ComputeContract, EquityCommitment
    from market.model import MarketModel
    from market.networks.payments import Payments


QUARTERS_A_YEAR = 4


def firm_series(model: MarketModel, key: str, indicator: str) -> list[float]:
    """A firm's indicator by quarter, as the model collected it."""
    return _series(model, model.quarter, key, indicator)


@lru_cache(maxsize=8)
def _series(model: MarketModel, _quarter: int, key: str, indicator: str) -> list[float]:
    firm = model.institution(key)
    frame = model.datacollector.get_agenttype_vars_dataframe(type(firm))
    return [float(each) for each in frame[indicator].xs(firm.unique_id, level="AgentID")]


# --- one compute contract


def written_off_usd(model: MarketModel, debtor: str, creditor: str) -> float:
    """Invoices of one firm to another that were never paid, USD."""
    ledger = model.ledger
    claim = ("receivables", model.institution(debtor).party, model.institution(creditor).party)
    slots = ledger.accounts.of_claim.get(claim, ())
    lost = 0
    for archive in ledger.archives:
        known = len(archive.revaluations)
        lost -= sum(int(archive.revaluations[slot]) for slot in slots if slot < known)
    return lost / 100


@measure
def contract_paid(model: MarketModel, key: str) -> float:
    """Part of a compute contract's value that was delivered and paid, 0 to 1.

    Invoices that were written off are taken as this contract's, so it is a lower bound when the
    lab bought from the same cloud outside the contract too.
    """
    contract = model.contracts[key]
    lost = written_off_usd(model, contract.lab, contract.cloud)
    return max(0.0, contract.delivered_cents / 100 - lost) / (contract.total_cents / 100)


@measure
def contract_cancelled(model: MarketModel, key: str) -> float:
    """Part of a compute contract's value that was cancelled, 0 to 1."""
    contract = model.contracts[key]
    return contract.cancelled_cents / contract.total_cents


@measure
def contract_left(model: MarketModel, key: str) -> float:
    """Part of a compute contract's value that is still to be delivered at the end, 0 to 1."""
    contract = model.contracts[key]
    return contract.remaining_cents / contract.total_cents


# --- letters of intent


def _letter(model: MarketModel, key: str) -> EquityCommitment:
    return next(promise for promise in model.commitments if promise.key == key)


@measure
def letter_steps_by(model: MarketModel, key: str, quarter: str) -> float:
    """Steps of promised equity that were paid until a quarter, that quarter included."""
    letter = _letter(model, key)
    lab, payer = model.labs[letter.lab], model.institution(letter.investor)
    paid = model.events.select("letter tranche", lab.name)
    return float(
        sum(
            1
            for event in paid
            if event.quarter <= int(quarter) and event.text.endswith(f" by {payer.name}")
        )
    )


@measure
def letter_drawn(model: MarketModel, key: str) -> float:
    """Part of promised equity that was paid by the end, 0 to 1; lapsed steps do not count."""
    steps = letter_steps_by(model, key, str(model.quarter))
    return steps / _letter(model, key).tranches


# --- CapEx and chips


@measure
def paid_of_capex(model: MarketModel, cloud: str, chipmaker: str) -> float:
    """What a cloud paid a chipmaker over all its CapEx, whole run; nan without CapEx."""
    capex = sum(firm_series(model, cloud, "capex_usd"))
    return _paid_usd(model, cloud, chipmaker) / capex if capex > 0 else nan


@measure
def share_of_chips(model: MarketModel, cloud: str, chipmaker: str) -> float:
    """Part of a cloud's payments to chipmakers that goes to one of them; nan without any."""
    total = sum(_paid_usd(model, cloud, key) for key in model.chipmakers)
    return _paid_usd(model, cloud, chipmaker) / total if total > 0 else nan


def _paid_usd(model: MarketModel, payer: str, payee: str) -> float:
    parties = model.institution(payer).party, model.institution(payee).party
    return model.ledger.payments_between(*parties, quarters=model.quarter) / 100


# --- RPO


def _is_opening(model: MarketModel, key: str) -> bool:
    known = model.parameters.compute_contracts.get(key)
    return known is not None and (known.signed_quarter or 0) <= 0


def _known(model: MarketModel, cloud: str) -> list[ComputeContract]:
    """Contracts of a cloud that the scenario states and that were signed."""
    stated = model.parameters.compute_contracts
    return [each for each in model.contracts if each.cloud == cloud and each.key in stated]


@measure
def opening_rpo(model: MarketModel, cloud: str) -> float:
    """RPO of a cloud at the start of the first quarter, other customers included, USD."""
    labs = lab_rpo(model, cloud, "opening")
    return labs + model.parameters.clouds[cloud].other_rpo_usd


@measure
def opening_part(model: MarketModel, cloud: str, lab: str) -> float:
    """Part of a cloud's opening RPO that one lab has promised, 0 to 1; nan without RPO."""
    total = opening_rpo(model, cloud)
    own = [c for c in _known(model, cloud) if c.lab == lab and _is_opening(model, c.key)]
    return sum(c.total_cents for c in own) / 100 / total if total > 0 else nan


@measure
def known_total(model: MarketModel, cloud: str) -> float:
    """Value of the contracts with labs that the scenario states for a cloud, USD."""
    return sum(each.total_cents for each in _known(model, cloud)) / 100


@measure
def known_delivered(model: MarketModel, cloud: str) -> float:
    """Part of the contracts that the scenario states for a cloud that is delivered by the end."""
    contracts = _known(model, cloud)
    total = sum(each.total_cents for each in contracts)
    return sum(each.delivered_cents for each in contracts) / total if total else nan


@measure
def lab_rpo(model: MarketModel, cloud: str, line: str) -> float:
    """One line of the roll-forward of a cloud's RPO with labs over the whole run, USD.

    opening + signed - delivered - cancelled = closing.

    Raises:
        ValueError: the line is none of these.
    """
    own = [each for each in model.contracts if each.cloud == cloud]
    if line == "opening":
        value = sum(each.total_cents for each in own if _is_opening(model, each.key))
    elif line == "signed":
        value = sum(each.total_cents for each in own if not _is_opening(model, each.key))
    elif line in {"delivered", "cancelled"}:
        value = sum(getattr(each, f"{line}_cents") for each in own)
    elif line == "closing":
        value = sum(each.remaining_cents for each in own)
    else:
        raise ValueError(f"no line {line!r}: opening, signed, delivered, cancelled or closing")
    return value / 100


# --- obligations


@measure
def years_promised(model: MarketModel, lab: str, quarter: str) -> float:
    """Compute that a lab has promised to buy over its yearly revenue; nan without revenue."""
    revenue = firm_series(model, lab, "revenue_usd")[int(quarter)]
    promised = firm_series(model, lab, "rpo_usd")[int(quarter)]
    return promised / (QUARTERS_A_YEAR * revenue) if revenue > 0 else nan


# --- what claims about the circle of capital measure


@lru_cache(maxsize=2)
def _payments(model: MarketModel, first: int, last: int) -> Payments:
    from market.networks.payments import payments

    return payments(model, range(last, last + 1), last - first + 1)


@measure
def circular_part(model: MarketModel, first: str, last: str) -> float:
    """Part of what firms pay one another in some quarters together that runs in circles, 0 to 1.

    Both quarters are included; nan when the run ended before the last one.
    """
    from market.networks.circulation import circulation_index

    if int(last) >= len(model.ledger.archives):
        return nan
    return circulation_index(_payments(model, int(first), int(last)).between_firms()[0])


@measure
def own_cover(model: MarketModel, lab: str, first: str, last: str) -> float:
    """Part of a lab's costs in some quarters that its revenue covers, 0 to 1.

    Costs are revenue plus burn; a quarter without burn counts as just covered. Quarters without
    revenue, such as those after a default, are left out; nan when there are no others.
    """
    wanted = slice(int(first), int(last) + 1)
    revenue = firm_series(model, lab, "revenue_usd")[wanted]
    burn = firm_series(model, lab, "burn_usd")[wanted]
    sold = [(earned, burnt) for earned, burnt in zip(revenue, burn, strict=True) if earned > 0]
    earned = sum(each for each, _ in sold)
    return earned / (earned + sum(each for _, each in sold)) if sold else nan


@measure
def put_into_firms(model: MarketModel, key: str) -> float:
    """Money that an institution put into labs, clouds and chipmakers in the whole run, USD."""
    last = len(model.ledger.archives) - 1
    party = model.institution(key).party
    return float(_payments(model, 0, last).financing[0, party].sum())


@measure
def listed_quarter(model: MarketModel, lab: str) -> float:
    """Quarter in which a lab's shares became listed; 0 from the start, nan for never."""
    firm = model.labs[lab]
    if firm.stated.is_listed:
        return 0.0
    found = model.events.select("ipo", firm.name)
    return float(found[0].quarter) if found else nan
