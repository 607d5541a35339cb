"""A run as it is recorded: what the pages draw. Written by one thread, read by any.

A ledger grows while its model steps. A view holds the archives and a copy of the chart of accounts
as they stood after the last closed quarter, so readers need no lock and never wait for a step. It
holds no agent, so a finished model can go.

Readers see the quarters that are finished. They take no lock that a step of the model holds: they
read snapshots, and the archives of closed quarters through a view
(``viz.recording.recording``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from threading import Lock
from time import monotonic
from traceback import extract_tb
from typing import TYPE_CHECKING, Any

from market.indicators import FIRM_NETWORK, MARKET_NETWORK, MODEL_INDICATORS
from market.parameters.schema import nearest
from viz.recording.snapshot import FirmInfo, Recorder, Snapshot, Value, number
from viz.recording.tables import RecordingTables
from viz.words.frame import ERRORS, NO_TEXT, WORK_LIMIT

if TYPE_CHECKING:
    from market.events import Event, EventLog
    from market.model import MarketModel
    from market.parameters.world import MarketParameters
    from viz.recording.story_parts import StoryPart
    from viz.world.worlds import World


LONGEST = 300
MAX_WORK_S = 300.0
"""Seconds of work that the server gives one world."""
_STEP, _MODEL = "step", "model.py"


class TooMuchWorkError(ValueError):
    """A world that has had all the time that the server gives it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a run stopped.

    Attributes:
        quarter: number of the quarter that could not be finished. label: its name.
        phase: phase of the step in which it happened, in words, such as "hold funding rounds".
        rule: innermost function that raised, such as "plan_capex".
        message: what it said, in one line; see ``error_words``.
    """

    quarter: int
    label: str
    phase: str
    rule: str
    message: str

    def __str__(self) -> str:
        """The problem as a sentence."""
        return (
            f"The run stopped in {self.label} (quarter {self.quarter}) in the phase "
            f"{self.phase!r}, rule {self.rule!r}: {self.message}"
        )


def problem_of(error: Exception, quarter: int, label: str) -> Problem:
    """Describe an error that was raised while a quarter was made."""
    frames = extract_tb(error.__traceback__)
    is_opening = any(frame.name == "__init__" for frame in frames)
    phase, rule = "opening of the books" if is_opening else "recording of the quarter", "unknown"
    for place, frame in enumerate(frames):
        if frame.name == _STEP and frame.filename.endswith(_MODEL) and place + 1 < len(frames):
            phase = frames[place + 1].name
    if frames:
        rule = frames[-1].name
    return Problem(quarter, label, phase.strip("_").replace("_", " "), rule, error_words(error))


def error_words(error: Exception) -> str:
    """What an error says, in one line that does not ask the reader to know Python."""
    text = " ".join(str(error).split()) or NO_TEXT
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    kind = next(kind for kind in ERRORS if isinstance(error, kind))
    return ERRORS[kind].format(text=text)


# --- the closed quarters of a model as readers see them while the next quarter is being made


class AccountsView:
    """The chart of accounts as it stood; attributes as of ``market.books.accounts.Accounts``."""

    def __init__(self, accounts: Any) -> None:
        self.size: int = accounts.size
        self.kind = accounts.kind[: self.size].copy()
        self.party = accounts.party[: self.size].copy()
        self.names: list[str] = list(accounts.names)
        self.sectors: list[str] = list(accounts.sectors)
        self.describe: list[tuple[str, int, int, str]] = accounts.describe  # is only added to
        self.declared = accounts.declared  # is only added to
        self.rows: list[str] = list(accounts.rows)
        self.row_kinds: list[int] = list(accounts.row_kinds)


class LedgerView:
    """Closed quarters of a ledger; attributes as of ``market.books.ledger.Ledger``."""

    def __init__(self, ledger: Any) -> None:
        self.accounts = AccountsView(ledger.accounts)
        self.archives = list(ledger.archives)
        self.quarter: int = ledger.quarter
        self.bank: int = ledger.bank
        self.books = ledger.books  # asked for closed quarters only: they do not change

    @property
    def parties(self) -> list[str]:
        """Names of all parties, by party id."""
        return self.accounts.names


class FirmView:
    """What the measures of networks ask of a firm."""

    def __init__(self, firm: Any) -> None:
        self.key: str = firm.key
        self.name: str = firm.name
        self.party: int = firm.party
        self.stated: Any = getattr(firm, "stated", None)


class ModelView:
    """A model between two quarters, as ``market.indicators`` and ``runs`` read it.

    Attributes:
        quarter: number of closed quarters.
        rounds: funding rounds so far.
    """

    def __init__(self, model: MarketModel) -> None:
        self.parameters = model.parameters
        self.quarter = model.quarter
        self.ledger = LedgerView(model.ledger)
        self.events: EventLog = model.events
        self.rounds = list(model.rounds)
        self.labs = {key: FirmView(firm) for key, firm in model.labs.items()}
        self._firms = {firm.key: FirmView(firm) for firm in model.institutions()}

    def institutions(self) -> Iterator[FirmView]:
        """Every firm, in the order of the scenario."""
        yield from self._firms.values()

    def institution(self, key: str) -> FirmView:
        """The firm with a company key; raises KeyError when there is none."""
        return self._firms[key]


# --- a run as it is recorded


MARKET_NAMES = tuple(i.name for i in MODEL_INDICATORS if i.unit != "label")
NETWORK_NAMES = tuple(i.name for i in MARKET_NETWORK)
FIRM_NETWORK_NAMES = tuple(i.name for i in FIRM_NETWORK)


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What does not change in a compute contract.

    Attributes:
        key: its name. lab, cloud: keys of buyer and seller.
        price_usd_hour: USD per accelerator-hour. start: first quarter of delivery.
        ramp_quarters: quarters until full size. total_usd: value of all deliveries.
    """

    key: str
    lab: str
    cloud: str
    price_usd_hour: float
    start: int
    ramp_quarters: int
    total_usd: float


class Recording(RecordingTables):
    """A world and the quarters of it that have been run; see also ``RecordingTables``.

    Args:
        world: what is run; its parameters are checked here.

    Attributes:
        world, parameters: what is run.
        firms: every firm in the order of the scenario. parties: of the ledger, firms included.
        snapshots: one per finished quarter; only ever added to.
        events: what happened up to the last finished quarter; the place is the event's id.
        terms: compute contracts in the order of signing.
        problem: what stopped the run, if anything did; the snapshots before it stay.
        worked_s: seconds that its quarters have taken; no more are begun after ``MAX_WORK_S``.

    Raises:
        WorldProblem: the world is not possible.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.parameters: MarketParameters = world.parameters
        self.snapshots: list[Snapshot] = []
        self.events: list[Event] = []
        self.terms: list[ContractTerms] = []
        self.problem: Problem | None = None
        self.worked_s = 0.0
        self.parties: tuple[FirmInfo, ...] = ()
        self._model: MarketModel | None = None
        self._recorder: Recorder | None = None
        self._has_stopped = False
        self._view: ModelView | None = None
        self._reading = Lock()
        self._network: list[dict[str, float | None]] = []
        self._firm_network: list[dict[str, dict[str, float | None]]] = []
        self._kept_frames: dict[Any, Any] = {}
        self._story: list[StoryPart] | None = None

    # --- what there is

    @cached_property
    def firms(self) -> tuple[FirmInfo, ...]:
        """Every firm, in the order of the scenario."""
        groups = self.parameters.company_groups().items()
        return tuple(
            FirmInfo(key, own.name, kind) for kind, group in groups for key, own in group.items()
        )

    @cached_property
    def firm_of(self) -> dict[str, FirmInfo]:
        """Firm by key."""
        return {firm.key: firm for firm in self.firms}

    @cached_property
    def labels(self) -> list[str]:
        """Labels of all quarters of the run, whether recorded or not."""
        return [self.parameters.quarter_label(quarter) for quarter in range(self.quarters)]

    @property
    def quarters(self) -> int:
        """Length of the whole run."""
        return self.parameters.quarters

    @property
    def quarters_recorded(self) -> int:
        """Number of finished quarters."""
        return len(self.snapshots)

    @property
    def is_finished(self) -> bool:
        """Whether all quarters are recorded, or the model stopped itself before."""
        return len(self.snapshots) >= self.quarters or self._has_stopped

    def name_of(self, key: str) -> str:
        """Name of a firm or party; the key itself when there is none."""
        firm = self.firm_of.get(key)
        return firm.name if firm is not None else key

    # --- series

    def series(self, name: str) -> list[float | None]:
        """A market indicator, one value per recorded quarter; None = no value.

        Raises:
            KeyError: there is no such indicator; the text names the nearest.
        """
        if name in NETWORK_NAMES:
            self._measure_networks()
            return [values[name] for values in self._network]
        if name not in MARKET_NAMES:
            raise KeyError(f"no indicator {name!r}{nearest(name, (*MARKET_NAMES, *NETWORK_NAMES))}")
        return [snapshot.market[name] for snapshot in self.snapshots]

    def firm_series(self, key: str, name: str) -> list[Value]:
        """A value of one firm, one per recorded quarter; None = no value, or not of its kind.

        Raises:
            KeyError: there is no such firm.
        """
        if key not in self.firm_of:
            raise KeyError(f"no firm {key!r}{nearest(key, list(self.firm_of))}")
        if name in FIRM_NETWORK_NAMES:
            self._measure_networks()
            return [values[key][name] for values in self._firm_network]
        return [snapshot.firms[key].get(name) for snapshot in self.snapshots]

    def network(self, quarter: int) -> dict[str, float | None]:
        """Indicators of the network of payments and claims in a recorded quarter."""
        self._check_quarter(quarter)
        self._measure_networks()
        return self._network[quarter]

    def _measure_networks(self) -> None:
        """Measure the quarters that have been added since the last time."""
        view = self._view
        if view is None or len(self._network) >= view.quarter:
            return
        from market.indicators import network_series

        with self._reading:
            missing = range(len(self._network), view.quarter)
            if not missing:
                return
            model: Any = view
            found = network_series(model, missing)
            keys = [firm.key for firm in view.institutions()]
            for row in range(len(missing)):
                by_firm = {
                    key: {name: number(v[row, i]) for name, v in found.firms.items()}
                    for i, key in enumerate(keys)
                }
                self._firm_network.append(by_firm)
                self._network.append({n: number(v[row]) for n, v in found.market.items()})

    # --- stories

    def story(self) -> list[StoryPart]:
        """What happened, in plain words; of an unfinished run what happened so far."""
        from viz.recording.story_parts import story_of

        if self._story is not None:
            return self._story
        parts = story_of(self)
        if self.is_finished:
            self._story = parts
        return parts

    # --- writing, by one thread

    def advance(self) -> bool:
        """Run one quarter and keep it; for one thread at a time.

        Returns:
            Whether a quarter was added. An error in the model is kept as ``problem``.
        """
        if self.is_finished or self.problem is not None:
            return False
        began = monotonic()
        try:
            if self.worked_s > MAX_WORK_S:
                raise TooMuchWorkError(WORK_LIMIT.format(seconds=MAX_WORK_S))
            self._step()
        except Exception as error:  # whatever a rule may raise: the session goes on
            quarter = len(self.snapshots)
            self.problem = problem_of(error, quarter, self.parameters.quarter_label(quarter))
            self._model = self._recorder = None
            return False
        finally:
            self.worked_s += monotonic() - began
        if self.is_finished:
            self._model = self._recorder = None  # the customers are not needed any more
        return True

    def _step(self) -> None:
        from runs.own_model import class_of

        if self._model is None or self._recorder is None:
            make = class_of(self.world.own_model)
            self._model = make(self.parameters, seed=self.world.seed)
            self._recorder = Recorder(self._model)
            self.parties = self._recorder.parties
        model = self._model
        model.step()
        snapshot = self._recorder.snapshot()
        self.events.extend(list(model.events)[len(self.events) : snapshot.events_seen])
        for contract in list(model.contracts)[len(self.terms) :]:
            self.terms.append(_terms(contract))
        self._view = ModelView(model)
        self.snapshots.append(snapshot)
        self._has_stopped = not model.running

    def run_to_end(self) -> Recording:
        """Run all quarters at once, on the present thread; returns itself."""
        while self.advance():
            pass
        return self


def _terms(contract: Any) -> ContractTerms:
    from market.host import CU_HOURS

    return ContractTerms(
        key=contract.key,
        lab=contract.lab,
        cloud=contract.cloud,
        price_usd_hour=contract.price_usd / CU_HOURS,
        start=contract.start,
        ramp_quarters=contract.ramp_quarters,
        total_usd=contract.total_cents / 100,
    )
