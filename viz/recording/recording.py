"""A run as it is recorded: what the pages draw. Written by one thread, read by any.

Readers see the quarters that are finished. They take no lock that a step of the model holds: they
read snapshots, and the archives of closed quarters through a view (``viz.recording.view``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cached_property
from threading import Lock
from time import monotonic
from traceback import extract_tb
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from market.books import statements
from market.events import events_frame
from market.indicators import ROUND_COLUMNS, rounds_frame
from market.parameters.fields import nearest
from runs.single_run.frames import contract_frame, money_cycle_frame, money_flow_frame
from runs.single_run.losses import booked_losses
from viz.recording.snapshot import (
    FIRM_NETWORK_NAMES,
    MARKET_NAMES,
    NETWORK_NAMES,
    FirmInfo,
    Recorder,
    Snapshot,
    Value,
    number,
)
from viz.recording.tables import positions, purposes
from viz.recording.view import ModelView
from viz.words import WORDS

if TYPE_CHECKING:
    from market.books.contracts import ComputeContract
    from market.events import Event
    from market.model import MarketModel
    from market.parameters.world import MarketParameters
    from viz.recording.story_parts import StoryPart
    from viz.world.worlds import World


LONGEST = 300
MAX_WORK_S = 300.0
"""Seconds of work that the server gives one world."""
_STEP, _MODEL = "step", "model.py"
ERRORS: tuple[type[Exception], ...] = (
    ZeroDivisionError,
    OverflowError,
    ArithmeticError,
    LookupError,
    TypeError,
    ValueError,
    Exception,
)
"""Kinds of error that are told apart; the first that fits counts."""


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
    text = " ".join(str(error).split()) or WORDS("frame-no-text")
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    kind = next(kind for kind in ERRORS if isinstance(error, kind))
    return WORDS(f"frame-error-{kind.__name__}", text=text)


# --- a run as it is recorded


MatrixKind = Literal["balance-sheet", "transactions-flow", "revaluation"]
MATRICES: tuple[str, ...] = get_args(MatrixKind)
_KEPT = 64
"""Frames that a recording keeps at most."""


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What does not change in a compute contract, as ``runs.single_run.frames.Terms``.

    Attributes:
        key: its name. lab, cloud: keys of buyer and seller.
        price_usd: USD per CU. start: first quarter of delivery.
        ramp_quarters: quarters until full size. total_cents: value of all deliveries.
    """

    key: str
    lab: str
    cloud: str
    price_usd: float
    start: int
    ramp_quarters: int
    total_cents: int

    @classmethod
    def of(cls, contract: ComputeContract) -> ContractTerms:
        """Those of a contract of the model, which goes when the model goes."""
        return cls(*(getattr(contract, field.name) for field in fields(cls)))


class Recording:
    """A world and the quarters of it that have been run: what is kept of a run that is shown.

    It is written by one thread, read by any, and holds no agent: a snapshot of each quarter, and
    the closed quarters of the ledger. Tables that need no more than those are made by the functions
    that make the files of ``runs.single_run.simulate.Run``, which holds a finished model.
    ``viz.recording.finished.FinishedWorlds`` keeps the recordings that were used last;
    ``viz.world.ensembles.Member`` is what is kept of one of many runs. Quarters count from 0;
    amounts are in USD unless stated.

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
        self._quarters: Iterator[MarketModel] = iter(())
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

    def _check_quarter(self, quarter: int) -> None:
        if not 0 <= quarter < len(self.snapshots):
            raise IndexError(f"quarter {quarter} is not recorded: there are {len(self.snapshots)}")

    def _closed(self) -> Any:
        if self._view is None:
            raise IndexError("no quarter is recorded yet")
        return self._view

    def _kept(self, key: Any, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """A frame that is made once; the caller gets a copy."""
        found = self._kept_frames.get(key)
        if found is None:
            found = make()
            with self._reading:
                if len(self._kept_frames) >= _KEPT:
                    self._kept_frames.pop(next(iter(self._kept_frames)))
                self._kept_frames[key] = found
        copy: pd.DataFrame = found.copy()
        return copy

    def _measure_networks(self) -> None:
        """Measure the quarters that have been added since the last time."""
        view = self._view
        if view is None or len(self._network) >= view.quarter:
            return
        from market.network_indicators import network_series

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

    # --- the market and the firms

    def frame(self) -> pd.DataFrame:
        """One row per recorded quarter: every indicator of the market, those of networks last."""
        count = len(self.snapshots)
        taken = self.snapshots[:count]
        columns: dict[str, Any] = {
            "quarter_number": [s.quarter for s in taken],
            "quarter": [s.label for s in taken],
        }
        for name in (*MARKET_NAMES, *NETWORK_NAMES):
            columns[name] = pd.array(self.series(name)[:count], dtype="Float64").to_numpy(
                dtype="float64", na_value=float("nan")
            )
        return pd.DataFrame(columns)

    def firms_frame(self) -> pd.DataFrame:
        """One row per recorded quarter and firm: key, name, kind and all its values."""
        firms = {firm.key: firm for firm in self.parties}
        rows = [
            {"quarter": s.label, "key": key, "name": firms[key].name, "kind": firms[key].kind}
            | values
            for s in list(self.snapshots)
            for key, values in s.firms.items()
        ]
        return pd.DataFrame(rows)

    def events_frame(self) -> pd.DataFrame:
        """One row per event: id, quarter, kind, shock, agent, size, unit, text, causes (ids)."""
        found = events_frame(list(self.events), self.parameters.quarter_label).reset_index()
        return found.drop(columns="quarter").rename(columns={"label": "quarter"})

    def rounds_frame(self) -> pd.DataFrame:
        """One row per funding round, as ``runs.single_run.simulate.Run.rounds``."""
        if self._view is None:
            return pd.DataFrame(columns=list(ROUND_COLUMNS))
        return rounds_frame(self._closed())

    # --- payments

    def flows(self, first: int, last: int) -> pd.DataFrame:
        """Who paid whom in the quarters ``first`` to ``last``, both included.

        Columns: payer, payee (names), payer_sector, payee_sector, goods_usd, financing_usd,
        is_internal (between a lab and its parent), payer_key, payee_key.
        """
        self._check_quarter(first)
        self._check_quarter(last)
        model = self._closed()

        def make() -> pd.DataFrame:
            keys = {party.name: party.key for party in self.parties}
            found = money_flow_frame(model, range(first, last + 1))
            return found.assign(
                payer_key=[keys[name] for name in found["payer"]],
                payee_key=[keys[name] for name in found["payee"]],
            )

        return self._kept(("flows", first, last), make)

    def payments(self, payer: str, payee: str, first: int, last: int) -> pd.DataFrame:
        """What the payments of one party (key) to another were for, in some quarters.

        Columns: purpose (the row of the ledger), usd; largest first.
        """
        self._check_quarter(first)
        self._check_quarter(last)
        names = {party.key: party.name for party in self.parties}
        for key in (payer, payee):
            if key not in names:
                raise KeyError(f"no party {key!r}")
        model = self._closed()
        return self._kept(
            ("payments", payer, payee, first, last),
            lambda: purposes(model.ledger, names[payer], names[payee], range(first, last + 1)),
        )

    def cycles(self, first: int, last: int) -> pd.DataFrame:
        """Circles of payments between firms over some quarters, largest first.

        Columns: cycle ("A > B > A", names), keys (the same as keys), amount_usd, firms.
        """
        self._check_quarter(first)
        self._check_quarter(last)
        model = self._closed()

        def make() -> pd.DataFrame:
            keys = {party.name: party.key for party in self.parties}
            found = money_cycle_frame(model, range(first, last + 1))
            found["keys"] = [" > ".join(keys[name] for name in names) for names in found["names"]]
            found = found.sort_values("amount_usd", ascending=False, kind="stable")
            columns = ["cycle", "keys", "amount_usd", "firms"]
            return found[columns].reset_index(drop=True)

        return self._kept(("cycles", first, last), make)

    def losses(self, event: int, quarter: int) -> pd.DataFrame:
        """Who pays for an event by the books of the quarters from it on to ``quarter``.

        Columns: sector, then ``runs.single_run.losses.COLUMNS``.

        Args:
            event: its id.
            quarter: the last one that counts; recorded, and not before the event.
        """
        self._check_quarter(quarter)
        asked, ledger = self.events[event], self._closed().ledger
        if quarter < asked.quarter:
            raise IndexError(f"event {event} comes after quarter {quarter}")
        events, labels = list(self.events), self.labels[: quarter + 1]
        return self._kept(
            ("losses", event, quarter),
            lambda: booked_losses(ledger, events, asked, labels).table(),
        )

    # --- positions

    def matrix(
        self, kind: MatrixKind, quarter: int, by: Literal["sector", "party"] = "sector"
    ) -> pd.DataFrame:
        """One of the three matrices of a recorded quarter, bn USD; see ``market.books.statements``.

        Raises:
            ValueError: no such kind of matrix. IndexError: the quarter is not recorded.
        """
        if kind not in MATRICES:
            raise ValueError(f"matrix {kind!r} is none of {', '.join(MATRICES)}")
        self._check_quarter(quarter)
        ledger = self._closed().ledger
        make: dict[str, Callable[..., pd.DataFrame]] = {
            "balance-sheet": statements.balance_sheet_matrix,
            "transactions-flow": statements.transactions_flow_matrix,
            "revaluation": statements.revaluation_matrix,
        }
        return self._kept((kind, quarter, by), lambda: make[kind](ledger, quarter, by))

    def claims(self, quarter: int) -> pd.DataFrame:
        """Who holds what on whom at the end of a quarter, above zero.

        Columns: holder_key, holder, issuer_key, issuer (none for a real asset), instrument, usd.
        """
        self._check_quarter(quarter)
        model = self._closed()
        return self._kept(
            ("claims", quarter), lambda: positions(model.ledger, quarter, self.parties)
        )

    def contracts(self, quarter: int) -> pd.DataFrame:
        """Every compute contract signed up to the end of a quarter, as it stood then.

        Columns: contract, lab, cloud (names), lab_key, cloud_key, first_delivery, ramp_quarters,
        capacity_cu, price_usd_hour, total_usd, delivered_usd, cancelled_usd, rpo_usd.
        """
        self._check_quarter(quarter)
        names = {firm.key: firm.name for firm in self.firms}
        states = self.snapshots[quarter].contracts
        return contract_frame(self.terms, states, names, self.parameters.quarter_label)

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
        recorded = len(self.snapshots)
        if self._is_over():
            return False
        began = monotonic()
        try:
            if self.worked_s > MAX_WORK_S:
                raise TooMuchWorkError(WORDS("frame-work-limit", seconds=f"{MAX_WORK_S:g}"))
            self._step()
        except Exception as error:  # whatever a rule may raise: the session goes on
            label = self.parameters.quarter_label(recorded)
            self.problem = problem_of(error, recorded, label)
        finally:
            self.worked_s += monotonic() - began
        if self._is_over():
            self._let_go()  # the customers are not needed any more
        return len(self.snapshots) > recorded

    def _is_over(self) -> bool:
        return self.is_finished or self.problem is not None

    def _let_go(self) -> None:
        self._model, self._recorder, self._quarters = None, None, iter(())

    def _step(self) -> None:
        from runs.own_model import class_of

        if self._model is None or self._recorder is None:
            make = class_of(self.world.own_model)
            self._model = make(self.parameters, seed=self.world.seed)
            self._quarters = self._model.each_quarter()
            self._recorder = Recorder(self._model)
            self.parties = self._recorder.parties
        model = self._model
        if next(self._quarters, None) is None:
            self._has_stopped = True
            return
        snapshot = self._recorder.snapshot()
        self.events.extend(list(model.events)[len(self.events) : snapshot.events_seen])
        for contract in list(model.contracts)[len(self.terms) :]:
            self.terms.append(ContractTerms.of(contract))
        self._view = ModelView(model)
        self.snapshots.append(snapshot)
        self._has_stopped = not model.running

    def run_to_end(self) -> Recording:
        """Run all quarters at once, on the present thread; returns itself."""
        while self.advance():
            pass
        return self
