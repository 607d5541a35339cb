"""Shocks: events from outside that a scenario states, applied at the start of their quarter.

A kind of shock is one class, here or in a file of one's own: scenario files, command line, app and
why-chains read all that they need of it. To add one, subclass ``Shock``::

    class Strike(Shock):
        \"\"\"Chips are late.

        Workers of this chipmaker stay at home, so that this part of its output is lost.
        \"\"\"

        kind = "strike"
        targets = "chipmakers"
        sizes = Size("share of output", 0.0, 1.0, "Output lost", default=0.5)
        hits = ("building",)

        def apply(self, model):
            for maker in self.struck(model.chipmakers):
                ...

Once its module is imported, a scenario may say ``kind = "strike"``.
"""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from market.parameters.fields import nearest
from market.parameters.shocks import declare, shock_kinds

if TYPE_CHECKING:
    from agents.ai_lab import AILab
    from market.model import MarketModel
    from market.parameters.world import MarketParameters

ALL = ""
"""Target of a shock that strikes all that it can, where a target is chosen from several."""
FAILURE = "failure"
"""What the events of a firm that is made to fail carry in place of a kind of shock."""
HITS: dict[str, str] = {
    "seats": "it draws customers away: a cause of failed rounds of labs that lost seats",
    "own funding": "it keeps money from the firm that it strikes: a cause of its failed rounds",
    "supply of funding": "there is less to invest: a cause of any failed round",
    "building": "building is dearer or slower: a cause of cuts of CapEx",
    "solvency": "the firm that it strikes cannot go on for long: a cause of its default",
}
"""What a shock may be a cause of; ``market.phases.causes`` asks for it."""
_KIND = re.compile(r"[a-z][a-z0-9 -]*")


class Dial(NamedTuple):
    """How people choose a size, where that differs from the model's unit and bounds.

    Attributes:
        unit: unit as shown. low, high, step: of the size as shown.
        scale: the size shown times this is the model's.
    """

    unit: str
    low: float
    high: float
    step: float
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class Size:
    """Which sizes a kind of shock may have.

    Attributes:
        unit: of the size in the model, in scenario files and in events.
        low, high: smallest and largest size, both allowed.
        meaning: what the size is, in words, such as "Rise of interest rates".
        default: the size that people are offered first; a scenario that states none has 0.
        chosen: how people choose one; from all sizes, in 20 steps, when omitted.

    Raises:
        ValueError: the default or the dial is not within the bounds.
    """

    unit: str
    low: float
    high: float
    meaning: str
    default: float
    chosen: Dial | None = None

    def __post_init__(self) -> None:
        """Check that all that is offered is allowed."""
        dial = self.dial
        for value in (self.default, dial.scale * dial.low, dial.scale * dial.high):
            if not self.holds(value):
                raise ValueError(f"{self.meaning}: {value:g} is not {self.bounds_text}")

    @property
    def dial(self) -> Dial:
        """How people choose a size."""
        if self.chosen is not None:
            return self.chosen
        return Dial(self.unit, self.low, self.high, (self.high - self.low) / 20)

    @property
    def bounds_text(self) -> str:
        """The bounds in words, such as "from 0 to 1 (per year)"."""
        return f"from {self.low:g} to {self.high:g} ({self.unit})"

    def holds(self, size: float) -> bool:
        """Whether a size is within the bounds."""
        return self.low <= size <= self.high


class Choice(NamedTuple):
    """One way to let a kind of shock happen in a world.

    Attributes:
        key: name of the choice, the kind where there is but one.
        title, meaning: words for people.
        targets: company keys to choose from, the likeliest first; ``ALL`` = all that it can strike.
    """

    key: str
    title: str
    meaning: str
    targets: tuple[str, ...]


@dataclass
class Shock(ABC):
    """An event from outside. Each subclass that names a ``kind`` is a kind of shock.

    The docstring of a kind is what people read: its first line, without the full stop, is the
    ``title``, the rest the ``meaning``.

    An instance lives from its beginning to its end, so ``apply`` may keep on ``self`` what ``undo``
    needs. It is also an intervention: called with a model that runs already, it strikes from the
    coming quarter on.

    Attributes:
        target: key of the company that it strikes; None = all it can strike.
        size: how large it is, in the unit of ``sizes``.
        quarters: how long it lasts; None = for good.
        kind: its name in scenario files, in small letters.
        sizes: which sizes it may have; None = it has none.
        targets: group of firms that it can strike ("labs", "clouds", "chipmakers", "investors");
            "" = the market as a whole.
        needs_target: whether a firm of the group must be named.
        hits: what it can be a cause of, names of ``HITS``.
    """

    target: str | None = None
    size: float = 0.0
    quarters: int | None = None

    kind: ClassVar[str] = ""
    title: ClassVar[str] = ""
    meaning: ClassVar[str] = ""
    sizes: ClassVar[Size | None] = None
    targets: ClassVar[str] = ""
    needs_target: ClassVar[bool] = False
    hits: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Declare a new kind; a subclass without a kind of its own is only a base for others.

        Raises:
            ValueError: kind, words or hits cannot be used, or the kind is declared already.
        """
        super().__init_subclass__()
        if "kind" not in vars(cls):
            return
        if not _KIND.fullmatch(cls.kind) or cls.kind == FAILURE:
            raise ValueError(f"{cls.__name__}: {cls.kind!r} is no name for a kind of shock")
        for hit in cls.hits:
            if hit not in HITS:
                raise ValueError(f"{cls.__name__}: hits: unknown {hit!r}{nearest(hit, list(HITS))}")
        if cls.needs_target and not cls.targets:
            raise ValueError(f"{cls.__name__}: targets: a needed target is one of a group of firms")
        cls.title, cls.meaning = _words(cls)
        declare(cls)

    @abstractmethod
    def apply(self, model: MarketModel) -> None:
        """Begin: called once, at the start of the shock's quarter."""

    def undo(self, model: MarketModel) -> None:
        """End: called once, when its quarters are over. Nothing, for what cannot be taken back."""
        return

    def __call__(self, model: MarketModel) -> None:
        """Strike a world that runs already; raises ValueError when it is not valid there."""
        impose(model, self.kind, self.target, self.size, self.quarters)

    def struck[Firm](self, firms: Mapping[str, Firm]) -> list[Firm]:
        """Those of a group of firms that it strikes."""
        return [firm for key, firm in firms.items() if self.target in (None, key)]

    @classmethod
    def firms(cls, world: MarketParameters | MarketModel) -> Mapping[str, object]:
        """The firms of a world that it can strike one by one, by company key.

        Raises:
            ValueError: the world has no such group.
        """
        if not cls.targets:
            return {}
        firms = getattr(world, cls.targets, None)
        if not isinstance(firms, Mapping):
            raise ValueError(f"{cls.kind}: targets: {cls.targets!r} is no group of firms")
        return firms

    @classmethod
    def targets_in(cls, world: MarketParameters) -> list[str]:
        """What people may choose as its target in a world, the likeliest first.

        Returns:
            Company keys; ``ALL`` for all of them or the market. Empty when nothing there feels it.
        """
        firms = cls.firms(world)
        if cls.targets and not firms:
            return []
        return [*firms] if cls.needs_target else [ALL, *firms]

    @classmethod
    def choices(cls, world: MarketParameters) -> list[Choice]:
        """Ways to let it happen in a world; none when nothing there feels it."""
        targets = tuple(cls.targets_in(world))
        return [Choice(cls.kind, cls.title, cls.meaning, targets)] if targets else []

    @classmethod
    def check_world(cls, world: MarketParameters) -> None:
        """Refuse what all shocks of this kind together do to a world, with a ValueError."""
        return


def _words(shock: type[Shock]) -> tuple[str, str]:
    """Title and meaning: what the class states, else the first line and the rest of its docstring.

    Raises:
        ValueError: there is no docstring, unless Python was told to leave them all out.
    """
    if not shock.__doc__ and sys.flags.optimize < 2:
        raise ValueError(f"{shock.__name__}: people need its docstring: a title, and what it does")
    title, _, rest = cleandoc(shock.__doc__ or shock.kind.capitalize()).partition("\n")
    own = vars(shock)
    return own.get("title", title.rstrip(".")), own.get("meaning", " ".join(rest.split()))


# --- the kinds


class RefuseFunding(Shock):
    """A lab loses its funding.

    From now on no investor, chipmaker or parent puts money into this lab: it lives on what it has.
    """

    kind = "refuse funding"
    targets = "labs"
    hits = ("own funding", "solvency")

    def apply(self, model: MarketModel) -> None:
        """Every investor says no."""
        for lab in self.struck(model.labs):
            lab.is_refused = True

    def undo(self, model: MarketModel) -> None:
        """They consider it again."""
        for lab in self.struck(model.labs):
            lab.is_refused = False

    @classmethod
    def targets_in(cls, world: MarketParameters) -> list[str]:
        """Labs that live on rounds, those with the largest commitments first."""
        owed = dict.fromkeys(world.labs, 0.0)
        for contract in world.compute_contracts.values():
            owed[contract.lab] += contract.total_usd
        open_now = [
            key
            for key, lab in world.labs.items()
            if lab.enters_quarter is not None and lab.parent is None
        ]
        return sorted(open_now, key=lambda key: -owed[key])


class Enter(Shock):
    """A lab enters.

    This lab opens; it does not close again by itself.
    """

    kind = "enter"
    targets = "labs"

    def apply(self, model: MarketModel) -> None:
        """Open the labs that wait outside."""
        for lab in self.struck(model.labs):
            _open(lab)

    @classmethod
    def targets_in(cls, world: MarketParameters) -> list[str]:
        """Labs that wait outside."""
        return [key for key, lab in world.labs.items() if lab.enters_quarter is None]

    @classmethod
    def choices(cls, world: MarketParameters) -> list[Choice]:
        """Cheap rivals, and those that come with a default placement."""
        outside = cls.targets_in(world)
        placed = tuple(key for key in outside if world.labs[key].default_placement > 0)
        cheap = tuple(key for key in outside if key not in placed)
        found = [
            Choice(
                "cheap rival",
                "A cheap rival appears",
                "This lab opens, with seats far under the others' prices.",
                cheap,
            ),
            Choice(
                "rival with devices",
                "A rival with its own devices enters",
                "This lab opens and is the default on the devices of its parent.",
                placed,
            ),
        ]
        return [choice for choice in found if choice.targets]


class WithdrawVendorFinance(Shock):
    """Vendor money is withdrawn.

    Chipmakers stop financing their own customers, promised tranches included.
    """

    kind = "withdraw vendor finance"
    targets = "chipmakers"
    hits = ("supply of funding",)

    def apply(self, model: MarketModel) -> None:
        """Chipmakers keep their money."""
        for chipmaker in self.struck(model.chipmakers):
            chipmaker.has_withdrawn = True

    def undo(self, model: MarketModel) -> None:
        """They finance again."""
        for chipmaker in self.struck(model.chipmakers):
            chipmaker.has_withdrawn = False

    @classmethod
    def targets_in(cls, world: MarketParameters) -> list[str]:
        """All chipmakers and each, where they finance customers at all."""
        return super().targets_in(world) if world.chipmaker_rules.has_vendor_finance else []


class PriceCut(Shock):
    """A provider becomes cheaper.

    It sells its seats so much under what it would ask.
    """

    kind = "price cut"
    targets = "labs"
    sizes = Size(
        "EUR per seat per month",
        -1000.0,
        1000.0,
        "Price cut",
        default=3.0,
        chosen=Dial("EUR per seat per month", 0.5, 15.0, 0.5),
    )
    hits = ("seats",)

    def apply(self, model: MarketModel) -> None:
        """A cut stands in the place of an earlier one."""
        for lab in self.struck(model.labs):
            lab.price_offset_eur = -self.size

    def undo(self, model: MarketModel) -> None:
        """Ask the full price."""
        for lab in self.struck(model.labs):
            lab.price_offset_eur = 0.0

    @classmethod
    def targets_in(cls, world: MarketParameters) -> list[str]:
        """Labs that sell."""
        return [key for key, lab in world.labs.items() if lab.enters_quarter is not None]


class RateRise(Shock):
    """Interest rates rise.

    All borrowing becomes dearer, for good.
    """

    kind = "rate rise"
    sizes = Size(
        "per year",
        -0.3,
        1.0,
        "Rise of interest rates",
        default=0.02,
        chosen=Dial("percentage points", 0.25, 10.0, 0.25, scale=0.01),
    )
    hits = ("building",)

    def apply(self, model: MarketModel) -> None:
        """Rises add up."""
        model.rate_rise += self.size

    def undo(self, model: MarketModel) -> None:
        """Take away this one."""
        model.rate_rise -= self.size

    @classmethod
    def check_world(cls, world: MarketParameters) -> None:
        """Interest and discounts stay above zero, and above long growth, whatever rates do."""
        fall = cls.deepest_fall(world)
        plans, value = world.cloud_rules, world.valuation
        most = min(plans.base_rate, plans.discount_rate, value.discount - value.long_growth)
        if fall > 0 and fall >= most:
            raise ValueError(
                f"shocks: rates fall by {fall:.4g} a year in all; that must be less than {most:.4g}"
                ", or interest or a discount rate is too low to reckon with"
            )

    @classmethod
    def deepest_fall(cls, world: MarketParameters) -> float:
        """How far all rises and falls of rates together bring rates down at most, per year.

        Returns:
            Zero or more; 0 when rates are never under those without shocks.
        """
        moves: dict[int, float] = {}
        for shock in world.shocks.values():
            if shock.kind == cls.kind:
                moves[shock.quarter] = moves.get(shock.quarter, 0.0) + shock.size
                if shock.quarters is not None:
                    end = shock.quarter + shock.quarters
                    moves[end] = moves.get(end, 0.0) - shock.size
        level = lowest = 0.0
        for quarter in sorted(moves):
            level += moves[quarter]
            lowest = min(lowest, level)
        return -lowest if lowest < -1e-12 else 0.0


class PowerDelay(Shock):
    """Power comes late.

    This part of new connections to the grid and of new plants is lost.
    """

    kind = "power delay"
    sizes = Size(
        "share of new power",
        0.0,
        1.0,
        "Power that comes late",
        default=0.75,
        chosen=Dial("% of new power", 5.0, 100.0, 5.0, scale=0.01),
    )
    hits = ("building",)

    def apply(self, model: MarketModel) -> None:
        """A share stands in the place of an earlier one."""
        model.power_lost = self.size

    def undo(self, model: MarketModel) -> None:
        """All new power comes."""
        model.power_lost = 0.0


class DryPowder(Shock):
    """Investors hold back.

    They put only this part of their ready money into rounds.
    """

    kind = "dry powder"
    targets = "investors"
    sizes = Size(
        "times its normal size",
        0.0,
        100.0,
        "What investors put into a round",
        default=0.5,
        chosen=Dial("% of ready money", 0.0, 100.0, 5.0, scale=0.01),
    )
    hits = ("supply of funding",)

    def apply(self, model: MarketModel) -> None:
        """A factor stands in the place of an earlier one."""
        for investor in self.struck(model.investors):
            investor.participation_factor = self.size

    def undo(self, model: MarketModel) -> None:
        """They put in what they would."""
        for investor in self.struck(model.investors):
            investor.participation_factor = 1.0


class Drought(Shock):
    """Money for rounds dries up.

    Savers give investors only this part of what they gave, and investors put only this part of
    their ready money into rounds.
    """

    kind = "drought"
    targets = "investors"
    sizes = Size(
        "times its normal size",
        0.0,
        1.0,
        "Money that is left",
        default=0.1,
        chosen=Dial("% of the money", 0.0, 100.0, 5.0, scale=0.01),
    )
    hits = ("supply of funding",)

    def apply(self, model: MarketModel) -> None:
        """Pledges and inflow shrink; a size stands in the place of an earlier one."""
        self._scale(model, self.size)

    def undo(self, model: MarketModel) -> None:
        """Pledges and inflow are what they would be."""
        self._scale(model, 1.0)

    def _scale(self, model: MarketModel, factor: float) -> None:
        for investor in self.struck(model.investors):
            investor.participation_factor = factor
            inflow = factor * model.parameters.investors[investor.key].inflow_usd
            investor.stated = investor.stated.model_copy(update={"inflow_usd": inflow})


# --- in a quarter


def apply_shocks(model: MarketModel) -> None:
    """Begin every shock whose quarter has come, and end those whose time is over."""
    for lab in model.labs.values():
        if lab.stated.enters_quarter == model.quarter:
            _open(lab)
    for key, stated in model.parameters.shocks.items():
        if stated.quarter == model.quarter:
            _begin(model, key)
        elif stated.quarters is not None and stated.quarter + stated.quarters == model.quarter:
            shock = model.shocks_in_force.pop(key, None) or stated.shock()
            shock.undo(model)


def _open(lab: AILab) -> None:
    if not lab.is_open and not lab.market.averted.holds("entry", lab.name, lab.market.quarter):
        lab.is_open = True
        lab.report("entry", lab.stated.enterprise_price_eur, "EUR", "enters the market")


def _begin(model: MarketModel, key: str) -> None:
    """Record a shock and apply it."""
    stated = model.parameters.shocks[key]
    shock = model.shocks_in_force[key] = stated.shock()
    model.events.record(
        model.quarter,
        "shock",
        model.institution(stated.target).name if stated.target else "the market",
        stated.size,
        shock.sizes.unit if shock.sizes is not None else "",
        f"shock {key}: {stated.kind}",
        shock=stated.kind,
    )
    shock.apply(model)


def hits_of(kind: str) -> tuple[str, ...]:
    """What the shock of an event can be a cause of; nothing, for other events."""
    if kind == FAILURE:
        return ("solvency",)
    shock = shock_kinds().get(kind)
    return shock.hits if shock is not None else ()


# --- interventions in a running world


def impose(
    model: MarketModel,
    kind: str,
    target: str | None = None,
    size: float = 0.0,
    quarters: int | None = None,
) -> None:
    """Add a shock that begins in the coming quarter to a world that runs already.

    Args:
        model: between two quarters; its parameters get one shock more.
        kind: what happens.
        target: company that it strikes; None = all it can strike.
        size: in the unit of the kind's ``sizes``.
        quarters: how long it lasts; None = for good.

    Raises:
        ValueError: the shock is not valid in this world, for instance its target is unknown.
    """
    known = model.parameters.shocks
    number = 1 + sum(key.startswith("intervention-") for key in known)
    shock = {
        "kind": kind,
        "quarter": model.quarter,
        "target": target,
        "size": size,
        "quarters": quarters,
    }
    model.parameters = model.parameters.changed(shocks={f"intervention-{number}": shock})


def make_fail(model: MarketModel, key: str) -> None:
    """Let a firm file for bankruptcy in the coming quarter, whatever it owns.

    Its estate pays what is due, then goes the way of every default: the cash that it has is left
    for its creditors but for the costs of bankruptcy.

    Raises:
        ValueError: there is no such firm, or it has failed already.
    """
    firm = next((each for each in model.institutions() if each.key == key), None)
    if firm is None:
        known = ", ".join(each.key for each in model.institutions())
        raise ValueError(f"no firm {key!r}; known: {known}")
    if firm.is_defaulted:
        raise ValueError(f"{key!r} has failed already")
    text = "files for bankruptcy: an intervention"
    model.events.record(model.quarter, "shock", firm.name, 0.0, "", text, shock=FAILURE)
    model.settlement.file(firm.party)
