"""What a scenario states about each public deal, and what of it the books hold.

A deal is one entry: who promises what to whom, when, how firmly, and where that was read. What
the books have an instrument for becomes an entry of ``compute_contracts``, ``equity_commitments``,
``backstops`` or ``stakes`` under the key of the deal; what such an entry states itself wins over
the deal. The other deals are listed and counted, and ``place_of`` says why they move no money.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from pydantic import ValidationError, create_model, field_validator, model_validator

from market.parameters.fields import (
    COMPUTE,
    FIRM,
    LONGEST_RUN,
    MOST_COMPUTE_CU,
    MOST_FIRM_USD,
    MOST_POWER_GW,
    POWER,
    RUN,
    Confidence,
    Section,
    parameter,
)
from market.parameters.supply import ComputeMarketParameters
from market.units import CU_HOURS

DealType = Literal[
    "equity",
    "letter of intent",
    "compute contract",
    "lease",
    "chip order",
    "debt",
    "vendor loan",
    "guarantee",
    "revenue share",
]
"""What kinds of deal there are.

equity: money for shares, in tranches; letter of intent: the same without a binding contract;
compute contract: compute, take or pay; lease: a site or chips; chip order: chips; debt: notes and
loans; vendor loan: credit of who sells; guarantee: pays if another does not; revenue share: a part
of what another sells.
"""

DEAL_TYPES: tuple[str, ...] = get_args(DealType)
DATE = re.compile(r"^([0-9]{4})-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?\Z")
Groups = Mapping[str, Collection[str]]
"""Table of the scenario ("labs", ...) -> company keys in it."""
Tables = dict[str, dict[str, dict[str, Any]]]
"""Table of the scenario ("compute_contracts", ...) -> key -> what an entry states."""

_DATE: Any = parameter(unit="date", doc="Day or month of the announcement, such as 2025-09-10.")
_FROM: Any = parameter(unit="company key", doc="Who pays, buys, lends or guarantees.")
_TO: Any = parameter(unit="company key", doc="Who gets the money, delivers, or is guaranteed.")

if TYPE_CHECKING:

    class _Parties(Section):
        date: str
        to: str

else:  # "from" is a word of Python, so that no class body can declare it
    _Parties = create_model(
        "_Parties",
        __base__=Section,
        __module__=__name__,
        **{"date": (str, _DATE), "from": (str, _FROM), "to": (str, _TO)},
    )


class DealParameters(_Parties):
    """A public deal: one entry of ``[[deals]]``.

    Its amount is the sum of a firm, a conditional and a terminable part, USD.
    """

    type: DealType = parameter(unit="kind", doc="What is agreed.")
    firm_usd: float = parameter(
        0.0, unit="USD", ge=0, le=MOST_FIRM_USD, doc="Part that binds, come what may.", why=FIRM
    )
    conditional_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="Part that binds once something has happened, such as a delivery.",
        why=FIRM,
    )
    terminable_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="Part that may be given up without a fee.",
        why=FIRM,
    )
    paid_usd: float = parameter(
        0.0,
        unit="USD",
        ge=0,
        le=MOST_FIRM_USD,
        doc="Part of it all that was paid, lent or delivered before the start.",
        why=FIRM,
    )
    start: int | None = parameter(
        None,
        unit="quarter",
        ge=0,
        le=LONGEST_RUN,
        doc="First delivery or tranche; none = the quarter of the date, the first at the earliest.",
        why=RUN,
    )
    years: float = parameter(
        5.0,
        unit="years",
        gt=0,
        le=LONGEST_RUN / 4,
        doc="How long it runs from there.",
        why=RUN,
    )
    gw: float = parameter(
        0.0,
        unit="GW",
        ge=0,
        le=MOST_POWER_GW,
        doc="Power of the compute that it is about; of a letter of intent, what must be live for "
        "all tranches; 0 = not stated.",
        why=POWER,
    )
    capacity_cu: float = parameter(
        0.0,
        unit="CU per quarter",
        ge=0,
        le=MOST_COMPUTE_CU,
        doc="Compute when at full size; 0 = what the power feeds, or what the amount buys at the "
        "price of contracts.",
        why=COMPUTE,
    )
    ramp_quarters: int = parameter(
        4,
        unit="quarters",
        ge=0,
        le=LONGEST_RUN,
        doc="Quarters from the first delivery of compute to full size.",
        why=RUN,
    )
    initial_share: float = parameter(
        0.1, unit="1", ge=0, le=1, doc="Share of full size in the first quarter of that ramp."
    )
    tranches: int = parameter(
        1,
        unit="1",
        ge=1,
        le=LONGEST_RUN,
        doc="Number of equal tranches in which equity is paid.",
        why="one a quarter at most: " + RUN,
    )
    probability: float = parameter(
        0.7,
        unit="1",
        ge=0,
        le=1,
        doc="Chance that a conditional tranche is executed once its condition is met.",
        source="modelling choice: a letter of intent is not a contract; 0.4 to 1",
    )
    share: float = parameter(
        0.0,
        unit="1",
        ge=0,
        le=1,
        doc="Part of all shares that the payer holds for it at the start.",
    )
    outside: bool = parameter(
        False,
        unit="switch",
        doc="A party is no firm of the scenario: the deal is counted and moves no money.",
    )
    left_out: str = parameter(
        "", unit="text", doc="Why it neither counts nor moves money; empty = it does."
    )
    terms: str = parameter("", unit="text", doc="What else was said, in short.")
    source: str = parameter("", unit="text", doc="Where it was read, and how the split was made.")
    confidence: Confidence = parameter(
        "assumed", unit="kind", doc="How far its numbers may be trusted."
    )

    @property
    def giver(self) -> str:
        """Company key of who pays, buys, lends or guarantees: its ``from``."""
        return str(getattr(self, "from"))

    @property
    def amount_usd(self) -> float:
        """All of it, USD."""
        return self.firm_usd + self.conditional_usd + self.terminable_usd

    @property
    def open_usd(self) -> float:
        """What was not paid, lent or delivered before the start, USD."""
        return max(0.0, self.amount_usd - self.paid_usd)

    def quarter(self, start: str) -> int:
        """Quarters from the label ``start`` to the quarter of the date; negative before it."""
        year, month = int(self.date[:4]), int(self.date[5:7])
        return (year - int(start[:4])) * 4 + (month - 1) // 3 - (int(start[5]) - 1)

    @field_validator("date")
    @classmethod
    def _date_is_one(cls, value: str) -> str:
        if not DATE.match(value):
            raise ValueError("must be a day or month such as 2025-09-10 or 2025-09")
        return value

    @field_validator("from", "to", check_fields=False)
    @classmethod
    def _party_has_a_name(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("must not be blank")
        return value

    @model_validator(mode="after")
    def _amounts_fit(self) -> DealParameters:
        if self.amount_usd > MOST_FIRM_USD:
            raise ValueError(
                f"firm_usd, conditional_usd and terminable_usd sum to {self.amount_usd:g} USD: "
                f"more than {MOST_FIRM_USD:g}, {FIRM}"
            )
        if self.paid_usd > self.amount_usd * (1 + 1e-9):
            raise ValueError(
                f"paid_usd = {self.paid_usd:g} is more than the whole deal: firm_usd, "
                f"conditional_usd and terminable_usd sum to {self.amount_usd:g}"
            )
        return self


# --- what the books hold of a deal


PlaceName = Literal["booked", "opening", "waiting", "left out"]
PLACES: tuple[str, ...] = get_args(PlaceName)


class Place(NamedTuple):
    """Where a deal stands.

    Attributes:
        name: "booked": it moves money in a run; "opening": what the scenario states at the start
            contains it; "waiting": counted, and there is no instrument for it yet; "left out":
            neither counted nor booked.
        reason: what it became, what contains it, or why it is not booked.
    """

    name: PlaceName
    reason: str


_PAYERS = ("investors", "clouds", "chipmakers")
_WAITING: dict[str, str] = {
    "equity": "only shares that an investor, cloud or chipmaker buys of a lab are booked",
    "letter of intent": "only money that is promised to a lab is booked",
    "compute contract": "only compute that a lab buys of a cloud is booked by contract",
    "lease": "there are no leases of sites or chips yet",
    "chip order": "clouds order chips as they build, not by a contract of their own",
    "debt": "there are no notes with a date and a maturity of their own yet",
    "vendor loan": "chipmakers lend by their own rule, not by a contract of their own",
    "guarantee": "only a chipmaker's promise to rent a cloud's unsold capacity is booked",
    "revenue share": "there are no revenue shares yet",
}
"""Why a deal of a type is not booked when no entry comes of it."""

_MUST_BE: dict[str, tuple[str, str]] = {
    "compute contract": ("to", "clouds"),
    "chip order": ("to", "chipmakers"),
    "vendor loan": ("from", "chipmakers"),
}
"""Type -> party, and the table in which it must stand when it is a firm of the scenario."""


def wrong_party(deal: DealParameters, groups: Groups) -> tuple[str, str, list[str]] | None:
    """The first party that names no firm which could be it: key, value, what it may say."""
    if deal.left_out:
        return None
    everybody = {key for keys in groups.values() for key in keys}
    for key, value in (("from", deal.giver), ("to", deal.to)):
        if value not in everybody and not deal.outside:
            return key, value, sorted(everybody)
    key, group = _MUST_BE.get(deal.type, ("", ""))
    party = deal.giver if key == "from" else deal.to
    if key and party in everybody and party not in groups.get(group, ()):
        return key, party, sorted(groups.get(group, ()))
    return None


def place_of(deal: DealParameters, groups: Groups, start: str) -> Place:
    """Where a deal stands in a scenario.

    Args:
        deal: the deal.
        groups: table of firms -> their keys.
        start: label of the first quarter.
    """
    if deal.left_out:
        return Place("left out", deal.left_out)
    tables = [name for name, _, _ in entries_of("x", deal, groups, 1.0, 1.0, start)]
    if tables:
        return Place("booked", ", ".join(dict.fromkeys(tables)).replace("_", " "))
    contained = _contained_in(deal, groups) if deal.quarter(start) <= 0 else ""
    if contained:
        return Place("opening", contained)
    if deal.amount_usd <= 0:
        return Place("waiting", "its amount is not public")
    reason = _WAITING[deal.type]
    if deal.type == "debt" and deal.to in groups.get("labs", ()):
        reason = "labs owe nothing but their convertible notes yet"
    elif deal.outside:
        reason = f"a party is no firm of the scenario; {reason}"
    return Place("waiting", reason)


def _contained_in(deal: DealParameters, groups: Groups) -> str:
    """What a scenario states at the start that contains a deal of before it; "" when nothing."""
    if deal.type == "compute contract":
        is_sold = deal.to in groups.get("clouds", ())
        return f"in the stated RPO of {deal.to} from others than labs" if is_sold else ""
    if deal.paid_usd <= 0:
        return ""
    if deal.type == "debt":
        owes = any(deal.to in groups.get(name, ()) for name in _PAYERS)
        return f"as far as it is drawn, in the stated debt of {deal.to}" if owes else ""
    if deal.type == "equity" and deal.open_usd <= 0:
        known = [p for p in (deal.to, deal.giver) if any(p in keys for keys in groups.values())]
        return f"paid before the start: in the stated books of {known[0]}" if known else ""
    return ""


def entries_of(
    key: str,
    deal: DealParameters,
    groups: Groups,
    kilowatt: float,
    price_usd: float,
    start: str,
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """What a deal becomes: table, key and values of each entry.

    Args:
        key: of the deal.
        deal: the deal.
        groups: table of firms -> their keys.
        kilowatt: power of an accelerator, kW.
        price_usd: price of a CU under contract, USD.
        start: label of the first quarter.
    """
    if deal.left_out or deal.outside or deal.amount_usd <= 0:
        return
    giver_is = {name for name, keys in groups.items() if deal.giver in keys}
    to_is = {name for name, keys in groups.items() if deal.to in keys}
    signed = min(LONGEST_RUN, max(0, deal.quarter(start)))
    if deal.type == "compute contract" and "labs" in giver_is and "clouds" in to_is:
        if deal.open_usd >= 1:
            yield "compute_contracts", key, _contract(deal, kilowatt, price_usd, signed)
    elif deal.type in {"equity", "letter of intent"} and giver_is & {*_PAYERS}:
        if deal.share > 0 and to_is & {"labs", "clouds", "chipmakers"}:
            yield "stakes", key, {"holder": deal.giver, "issuer": deal.to, "share": deal.share}
        if "labs" in to_is:
            yield from _commitments(key, deal, signed)
    elif deal.type == "guarantee" and deal.open_usd > 0 and _is_backstop(giver_is, to_is):
        yield "backstops", key, _backstop(deal, signed)


def _is_backstop(giver_is: Collection[str], to_is: Collection[str]) -> bool:
    return "chipmakers" in giver_is and "clouds" in to_is


def _first(deal: DealParameters, signed: int) -> int:
    return signed if deal.start is None else deal.start


def _quarters(deal: DealParameters) -> int:
    return max(1, round(4 * deal.years))


def _contract(
    deal: DealParameters, kilowatt: float, price_usd: float, signed: int
) -> dict[str, Any]:
    """A compute contract over what is not delivered yet."""
    quarters, usd = _quarters(deal), deal.open_usd
    ramp = min(deal.ramp_quarters, quarters - 1)
    capacity = deal.capacity_cu
    if capacity <= 0 < deal.gw:
        capacity = deal.gw * 1e3 / kilowatt
    if capacity <= 0:  # what the amount buys: the ramp counts as so many quarters at full size
        in_ramp = ramp * deal.initial_share + (1 - deal.initial_share) * (ramp - 1) / 2
        capacity = usd / price_usd / (quarters - ramp + (in_ramp if ramp else 0.0))
    return {
        "lab": deal.giver,
        "cloud": deal.to,
        "total_usd": usd,
        "capacity_cu": min(max(capacity, 0.001), MOST_COMPUTE_CU),
        "signed_quarter": signed,
        "start_quarter": _first(deal, signed),
        "ramp_quarters": ramp,
        "initial_share": deal.initial_share,
        "duration_quarters": quarters,
        "terminable_share": min(1.0, deal.terminable_usd / deal.amount_usd),
    }


def _commitments(
    key: str, deal: DealParameters, signed: int
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Promised equity: the firm part without a condition, the rest with one.

    What was paid counts as firm first.
    """
    firm = max(0.0, deal.firm_usd - deal.paid_usd)
    loose = deal.open_usd - firm
    common = {
        "investor": deal.giver,
        "lab": deal.to,
        "tranches": deal.tranches,
        "first_quarter": _first(deal, signed),
    }
    if firm > 0:
        terms = {"tranche_usd": firm / deal.tranches, "condition_gw": 0.0, "probability": 1.0}
        yield "equity_commitments", key, {**common, **terms}
    if loose > 0:
        name = f"{key}-conditional" if firm > 0 else key
        terms = {
            "tranche_usd": loose / deal.tranches,
            "condition_gw": deal.gw / deal.tranches,
            "probability": deal.probability,
        }
        yield "equity_commitments", name, {**common, **terms}


def _backstop(deal: DealParameters, signed: int) -> dict[str, Any]:
    return {
        "chipmaker": deal.giver,
        "cloud": deal.to,
        "total_usd": deal.open_usd,
        "first_quarter": _first(deal, signed),
        "quarters": min(LONGEST_RUN, _first(deal, signed) + _quarters(deal)),
    }


STATED_AS: dict[str, str] = {
    "lab": "from",
    "investor": "from",
    "holder": "from",
    "chipmaker": "from",
    "cloud": "to",
    "issuer": "to",
    "signed_quarter": "date",
    "start_quarter": "start",
    "first_quarter": "start",
    "duration_quarters": "years",
    "quarters": "years",
    "condition_gw": "gw",
}
"""Value of an entry -> value of the deal that it comes from, where names differ.

What else an entry states under another name than the deal comes from its amount.
"""


def made_by(tree: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Entries that the deals of a scenario make: table and key -> key of the deal."""
    return {(table, entry): key for key, table, entry, _ in _all_entries(tree)}


def with_entries(tree: Mapping[str, Any]) -> dict[str, Any]:
    """A scenario's values with what its deals make added: what an entry states itself wins.

    A tree that is wrong is given back as it is: its validation says what is wrong.
    """
    result = dict(tree)
    for _, table, entry, values in _all_entries(tree):
        stated = result.get(table, {})
        if not isinstance(stated, dict):
            continue
        own = stated.get(entry, {})
        if isinstance(own, dict):
            result[table] = {**stated, entry: {**values, **own}}
    return result


def without_entries(tree: Mapping[str, Any], deals: Collection[str]) -> dict[str, Any]:
    """A scenario's values without what some deals make of themselves, so that it is made anew.

    What an entry states otherwise than its deal stays.

    Args:
        tree: values by table; it is not changed.
        deals: keys of the deals.
    """
    result = dict(tree)
    for key, table, entry, values in _all_entries(tree):
        if key in deals and isinstance(own := result.get(table, {}).get(entry), dict):
            rest = {name: value for name, value in own.items() if values.get(name) != value}
            others = {name: each for name, each in result[table].items() if name != entry}
            result[table] = {**others, entry: rest} if rest else others
    return result


def _all_entries(tree: Mapping[str, Any]) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Deal, table, key and values of all that the deals of a tree make; none when it is wrong."""
    deals, start = tree.get("deals"), tree.get("start", "2025Q3")
    if not isinstance(deals, dict) or not isinstance(start, str) or len(start) != 6:
        return
    names = ("labs", "clouds", "chipmakers", "investors", "startups")
    groups = {name: keys if isinstance(keys := tree.get(name, {}), dict) else {} for name in names}
    try:
        compute = ComputeMarketParameters.model_validate(tree.get("compute", {}))
        parsed = {key: _parsed(deal) for key, deal in deals.items() if not _is_idle(deal)}
        price = compute.list_price_usd_hour * (1 - compute.contract_discount) * CU_HOURS
        for key, deal in parsed.items():
            kilowatt = compute.kilowatt_per_accelerator
            for each in entries_of(key, deal, groups, kilowatt, price, start):
                yield key, *each
    except (ValidationError, ValueError):
        return


def _is_idle(deal: Any) -> bool:
    """Whether a deal says itself that it makes nothing."""
    return isinstance(deal, dict) and bool(deal.get("left_out") or deal.get("outside"))


def _parsed(deal: Any) -> DealParameters:
    """A deal; one whose start is still a label is read without it."""
    if isinstance(deal, dict) and isinstance(deal.get("start"), str):
        deal = {**deal, "start": None}
    return DealParameters.model_validate(deal)


# --- deals as a list, as files write them


def keyed(deals: Sequence[Any]) -> dict[str, Any]:
    """The entries of ``[[deals]]`` by key: what ``key`` says, else "from-to".

    Raises:
        ValueError: an entry is no table, a key is no text, or two deals have the same key.
    """
    found: dict[str, Any] = {}
    for number, entry in enumerate(deals, start=1):
        if not isinstance(entry, dict):
            raise ValueError(f"deal {number} must be a table")
        own = dict(entry)
        key = own.pop("key", None)
        if key is None:
            key = key_of(str(own.get("from", "")), str(own.get("to", "")))
        if not isinstance(key, str) or not key.strip():
            raise ValueError(f"deal {number}: key must be a text that is not blank")
        if key in found:
            raise ValueError(f"two deals have the key {key!r}: give deal {number} a key of its own")
        found[key] = own
    return found


def key_of(giver: str, to: str) -> str:
    """The key of a deal that has none: "from-to" in small letters, hyphens between words."""
    return "-".join(re.findall(r"[a-z0-9]+", f"{giver} {to}".lower())) or "deal"
