"""Executory contracts: compute contracts with their RPO, promised equity, backstops.

A contract is a memo account until it is performed: it stands outside the balance sheet. RPO
(remaining performance obligation) rolls forward as identity I8 demands:
RPO(t) = RPO(t-1) + signed - delivered - cancelled, in integer cents.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np

from market.books.identities import check_rpo
from market.parameters.world import quarter_label
from market.units import cents


@dataclass(slots=True)
class ComputeContract:
    """A take-or-pay contract: so much compute, at a fixed price, until all is delivered.

    Attributes:
        key: name of the contract.
        lab: company key of the buyer, or the name of a customer outside the model.
        cloud: company key of the seller.
        price_usd: price per CU (1,000 reference-accelerator-quarters).
        capacity_cu: CU per quarter at full size.
        start: first quarter of delivery.
        ramp_quarters: quarters until full size.
        initial_share: part of full size in the first quarter of the ramp.
        total_cents: value of all deliveries.
        delivered_cents: value delivered so far.
        cancelled_cents: value given up.
        next_quarter: first quarter that has not been delivered; -1 before the first delivery.
        terminable_cents: value that may still be given up without a fee.
        is_internal: between a cloud and its own lab: it is delivered and paid, and is no RPO.
    """

    key: str
    lab: str
    cloud: str
    price_usd: float
    capacity_cu: float
    start: int
    ramp_quarters: int
    initial_share: float
    total_cents: int
    delivered_cents: int = 0
    cancelled_cents: int = 0
    next_quarter: int = -1
    terminable_cents: int = 0
    is_internal: bool = False
    _due: dict[int, float] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __setattr__(self, name: str, value: object) -> None:
        """Set a field, whoever does it; what is due by quarter is worked out anew from then on."""
        object.__setattr__(self, name, value)
        object.__setattr__(self, "_due", {})

    @property
    def remaining_cents(self) -> int:
        """RPO of this contract in cents."""
        return self.total_cents - self.delivered_cents - self.cancelled_cents

    @property
    def is_open(self) -> bool:
        """Whether something remains to be delivered."""
        return self.remaining_cents > 0

    def planned_cu(self, quarter: int) -> float:
        """CU that the contract foresees in a quarter, without regard to what remains."""
        since = quarter - self.start
        if since < 0:
            return 0.0
        if since >= self.ramp_quarters:
            return self.capacity_cu
        slope = (1.0 - self.initial_share) / self.ramp_quarters
        return self.capacity_cu * (self.initial_share + slope * since)

    def scheduled_cu(self, quarter: int) -> float:
        """CU due in a quarter: the plan, as far as value remains after the quarters before it.

        It is asked for often between two changes of the contract, and worked out once.
        """
        due = self._due.get(quarter)
        if due is None:
            due = self._due[quarter] = self._scheduled_cu(quarter)
        return due

    def _scheduled_cu(self, quarter: int) -> float:
        planned = self.planned_cu(quarter)
        if planned <= 0:
            return 0.0
        left = (self.total_cents - self.delivered_cents - self.cancelled_cents) / 100
        volume, capacity = left / self.price_usd, self.capacity_cu
        full_size = self.start + self.ramp_quarters
        for earlier in range(max(self.start, self.next_quarter), quarter):
            volume -= capacity if earlier >= full_size else self.planned_cu(earlier)
            if volume <= 0:
                return 0.0
        return min(planned, volume)

    def schedule_cu(self, first: int, quarters: int) -> list[float]:
        """CU due in each of some quarters: ``scheduled_cu``, the quarters all at once."""
        left = (self.total_cents - self.delivered_cents - self.cancelled_cents) / 100
        volume, due = left / self.price_usd, []
        begin, last = max(self.start, self.next_quarter), first + quarters
        full_size = self.start + self.ramp_quarters
        for quarter in range(min(begin, first), last):
            if volume <= 0:
                break
            planned = self.capacity_cu if quarter >= full_size else self.planned_cu(quarter)
            if quarter >= first:
                due.append(min(planned, volume))
            if quarter >= begin:
                volume -= planned
        return due + [0.0] * (quarters - len(due))

    def is_begun(self, quarter: int) -> bool:
        """Whether deliveries have begun."""
        return quarter >= self.start


def planned_total_cu(
    capacity_cu: float, duration: int, ramp_quarters: int, initial_share: float
) -> float:
    """CU delivered over the whole contract, ramp included."""
    ramp = min(ramp_quarters, duration)
    slope = (1.0 - initial_share) / ramp_quarters if ramp_quarters else 0.0
    in_ramp = ramp * initial_share + slope * ramp * (ramp - 1) / 2
    return capacity_cu * (in_ramp + duration - ramp)


def _remaining_cents(contracts: Iterable[ComputeContract]) -> int:
    return sum(
        [
            c.total_cents - c.delivered_cents - c.cancelled_cents
            for c in contracts
            if not c.is_internal
        ]
    )


@dataclass(slots=True)
class EquityCommitment:
    """Promised equity, paid in tranches; with a condition or a chance it is a letter of intent."""

    key: str
    investor: str
    lab: str
    tranche_usd: float
    tranches: int
    first_quarter: int
    condition_gw: float
    probability: float
    drawn: int = 0
    paid_usd: float = 0.0
    is_void: bool = False

    @property
    def is_conditional(self) -> bool:
        """Whether it may not be paid although it is due."""
        return self.condition_gw > 0 or self.probability < 1


@dataclass(slots=True)
class Backstop:
    """A chipmaker's promise to rent idle capacity, from ``first_quarter`` to ``last_quarter``."""

    key: str
    chipmaker: str
    cloud: str
    remaining_usd: float
    last_quarter: int
    first_quarter: int = 0


@dataclass
class ContractBook:
    """All compute contracts, with the RPO roll-forward of every cloud.

    Movements are collected per quarter; ``check`` proves identity I8 after every batch and
    ``close_quarter`` starts the next quarter.
    """

    clouds: list[str] = field(default_factory=list)
    start: str = "2025Q3"

    def __post_init__(self) -> None:
        """Start with empty books."""
        self._contracts: dict[str, ComputeContract] = {}
        self._by_lab: dict[str, list[ComputeContract]] = {}
        self._by_cloud: dict[str, list[ComputeContract]] = {}
        self._other: dict[str, int] = {}
        self._row: dict[str, int] = {}
        self._moves = np.zeros((4, 0), dtype=np.int64)  # opening, signed, delivered, cancelled
        for cloud in self.clouds:
            self.add_cloud(cloud)
        self._serial = 0
        self._taken: dict[tuple[str, str], ComputeContract] = {}
        self._origin: dict[str, str] = {}  # contract that was taken over -> the one first signed

    def add_cloud(self, cloud: str) -> None:
        """Open a column in the RPO roll-forward."""
        self._row[cloud] = len(self._row)
        self._by_cloud.setdefault(cloud, [])
        self._other.setdefault(cloud, 0)
        self._moves = np.hstack([self._moves, np.zeros((4, 1), dtype=np.int64)])

    def __iter__(self) -> Iterator[ComputeContract]:
        """Every contract ever signed, in the order of signing."""
        return iter(self._contracts.values())

    def __getitem__(self, key: str) -> ComputeContract:
        """The contract with this key."""
        return self._contracts[key]

    def sign(self, contract: ComputeContract) -> ComputeContract:
        """Enter a contract; raises ValueError when the key exists or nothing is to be delivered."""
        if contract.key in self._contracts:
            raise ValueError(f"contract {contract.key!r} exists already")
        if contract.total_cents <= 0 or contract.price_usd <= 0:
            raise ValueError(f"contract {contract.key!r} has nothing to deliver")
        self._contracts[contract.key] = contract
        self._by_lab.setdefault(contract.lab, []).append(contract)
        self._by_cloud[contract.cloud].append(contract)
        self._move(1, contract, contract.total_cents)
        return contract

    def _move(self, row: int, contract: ComputeContract, value_cents: int) -> None:
        """Book a movement of RPO, which an internal contract is not."""
        if not contract.is_internal:
            self._moves[row, self._row[contract.cloud]] += value_cents

    def sign_new(  # noqa: PLR0913 - the terms of a contract
        self,
        lab: str,
        cloud: str,
        *,
        capacity_cu: float,
        price_usd: float,
        start: int,
        duration: int,
        ramp_quarters: int = 0,
        initial_share: float = 0.0,
        key: str | None = None,
        is_internal: bool = False,
    ) -> ComputeContract:
        """Sign a contract from its terms; the key is made from lab, cloud and a serial number."""
        self._serial += 1
        volume = planned_total_cu(capacity_cu, duration, ramp_quarters, initial_share)
        return self.sign(
            ComputeContract(
                key=key or f"{lab}-{cloud}-{self._serial}",
                lab=lab,
                cloud=cloud,
                price_usd=price_usd,
                capacity_cu=capacity_cu,
                start=start,
                ramp_quarters=ramp_quarters,
                initial_share=initial_share,
                total_cents=cents(volume * price_usd),
                is_internal=is_internal,
            )
        )

    def deliver(
        self, contract: ComputeContract, value_cents: int, quarter: int | None = None
    ) -> None:
        """Book the delivery of a quarter; raises ValueError when more than what remains.

        Without the quarter the contract's schedule does not learn that it is over.
        """
        if not 0 <= value_cents <= contract.remaining_cents:
            raise ValueError(f"{contract.key}: cannot deliver {value_cents} cents")
        contract.delivered_cents += value_cents
        if quarter is not None:
            contract.next_quarter = quarter + 1
        self._drop_if_done(contract)
        self._move(2, contract, value_cents)

    def cancel(self, contract: ComputeContract, share: float = 1.0) -> int:
        """Give up a share of what remains, and of the capacity; returns the value in cents."""
        value = contract.remaining_cents if share >= 1 else int(contract.remaining_cents * share)
        contract.cancelled_cents += value
        contract.capacity_cu *= 1 - min(1.0, share)
        self._drop_if_done(contract)
        self._move(3, contract, value)
        return value

    def assign(self, contract: ComputeContract, cloud: str, share: float) -> int:
        """Let another cloud deliver a share of what remains, on the same terms.

        The seller's RPO falls by it (cancelled) and the other cloud's rises (signed); the buyer
        owes as much as before. What the cloud took over before of what was one contract at first
        is one contract with it.

        Args:
            contract: an open contract.
            cloud: company key of the cloud that takes the share over.
            share: part of the remaining value and of the capacity, above 0 and at most 1.

        Returns:
            Value in cents.
        """
        capacity = contract.capacity_cu * min(1.0, share)
        last, value = contract.next_quarter, self.cancel(contract, share)
        loose = int(contract.terminable_cents * min(1.0, share))
        if value <= 0:
            return 0
        origin = self._origin.get(contract.key, contract.key)
        taken = self._taken.get((origin, cloud))
        if taken is not None and taken.is_open:
            taken.total_cents += value
            taken.capacity_cu += capacity
            taken.terminable_cents += loose
            contract.terminable_cents -= loose
            self._moves[1, self._row[cloud]] += value
            return value
        self._serial += 1
        piece = replace(
            contract,
            key=f"{origin}-{cloud}-{self._serial}",
            cloud=cloud,
            capacity_cu=capacity,
            total_cents=value,
            delivered_cents=0,
            cancelled_cents=0,
            next_quarter=last,
            terminable_cents=loose,
            is_internal=False,
        )
        contract.terminable_cents -= loose
        self._taken[origin, cloud] = self.sign(piece)
        self._origin[piece.key] = origin
        return value

    def assign_other(self, seller: str, cloud: str, share: float) -> None:
        """Move a share of a cloud's RPO from customers outside the model to another cloud."""
        value = int(self._other[seller] * min(1.0, share))
        for key, change, move in ((seller, -value, 3), (cloud, value, 1)):
            self._other[key] += change
            self._moves[move, self._row[key]] += value

    def roll_other(self, cloud: str, signed_cents: int, delivered_cents: int) -> None:
        """Move the RPO from customers outside the model; raises ValueError when it would be < 0."""
        if (
            min(signed_cents, delivered_cents, self._other[cloud] + signed_cents - delivered_cents)
            < 0
        ):
            raise ValueError(f"RPO of {cloud!r} from other customers would be negative")
        self._other[cloud] += signed_cents - delivered_cents
        self._moves[1, self._row[cloud]] += signed_cents
        self._moves[2, self._row[cloud]] += delivered_cents

    def cancel_other(self, cloud: str) -> None:
        """Cancel all RPO of a cloud from customers outside the model."""
        self._moves[3, self._row[cloud]] += self._other[cloud]
        self._other[cloud] = 0

    def other_rpo_usd(self, cloud: str) -> float:
        """RPO of a cloud from customers outside the model, USD."""
        return self._other[cloud] / 100

    def _drop_if_done(self, contract: ComputeContract) -> None:
        """Take a contract that is performed or given up off the lists of open ones."""
        if not contract.is_open:
            self._by_lab[contract.lab].remove(contract)
            self._by_cloud[contract.cloud].remove(contract)

    def of_lab(self, lab: str) -> list[ComputeContract]:
        """Open contracts of a buyer."""
        return list(self._by_lab.get(lab, ()))

    def of_cloud(self, cloud: str) -> list[ComputeContract]:
        """Open contracts of a seller."""
        return list(self._by_cloud[cloud])

    def successors(self, key: str) -> list[ComputeContract]:
        """A contract and those by which other clouds took parts of it over; none when unknown."""
        taken = [each for each, origin in self._origin.items() if origin == key]
        return [self._contracts[each] for each in (key, *taken) if each in self._contracts]

    def owed_usd(self, lab: str) -> float:
        """All that a lab has contracted and not received, with its own parent too, USD."""
        return sum(c.remaining_cents for c in self._by_lab.get(lab, ())) / 100

    def rpo_usd(self, *, lab: str | None = None, cloud: str | None = None) -> float:
        """RPO in USD of a buyer, a seller, or a pair; without contracts of one group."""
        found = self._by_lab.get(lab, []) if lab is not None else self._by_cloud[str(cloud)]
        if lab is not None and cloud is not None:
            found = [contract for contract in found if contract.cloud == cloud]
        return _remaining_cents(found) / 100

    def check(self, quarter: int) -> None:
        """Raise IdentityViolation (I8) unless every cloud's RPO rolls forward to the cent."""
        closing = np.array(
            [_remaining_cents(self._by_cloud[cloud]) + self._other[cloud] for cloud in self._row],
            dtype=np.int64,
        )
        opening, signed, delivered, cancelled = self._moves
        label = quarter_label(self.start, quarter)
        check_rpo(opening, signed, delivered, cancelled, closing, list(self._row), label)

    def movements_usd(self, cloud: str) -> dict[str, float]:
        """Opening RPO, signed, delivered and cancelled of the quarter, in USD."""
        column = self._moves[:, self._row[cloud]] / 100
        names = ("opening", "signed", "delivered", "cancelled")
        return {name: float(value) for name, value in zip(names, column, strict=True)}

    def close_quarter(self, quarter: int) -> None:
        """Check I8 and carry the closing RPO over as the next opening."""
        self.check(quarter)
        opening, signed, delivered, cancelled = self._moves
        closing = opening + signed - delivered - cancelled
        self._moves = np.zeros_like(self._moves)
        self._moves[0] = closing
