"""Tables of a recording: payments, claims, contracts, matrices, circles, and as files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, get_args
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from market.books.accounts import Slot
from market.indicators import ROUND_COLUMNS, rounds_frame
from viz.recording.snapshot import (
    MARKET_NAMES,
    NETWORK_NAMES,
    FirmInfo,
    Flow,
    Snapshot,
    flows_of,
)
from viz.world.worlds import differences

if TYPE_CHECKING:
    from threading import Lock

    from market.events import Event
    from market.parameters.world import MarketParameters
    from viz.recording.recording import ContractTerms, ModelView, Recording
    from viz.world.worlds import World


_MONEY = "deposits"


def purposes(ledger: Any, payer: str, payee: str, quarters: range) -> pd.DataFrame:
    """What one party paid another for, by row of the ledger.

    Args:
        ledger: a view of closed quarters.
        payer: name of who pays.
        payee: name of who gets it.
        quarters: the closed quarters to add up.

    Returns:
        Columns purpose, usd; largest first. A purchase of a claim bears the claim's name.
    """
    bank = ledger.parties[ledger.bank]
    cents: dict[str, int] = {}
    for quarter in quarters:
        for posting in ledger.books.postings(quarter):
            paid = sum(_money(posting, payer)) if payer != bank else 0
            got = sum(_money(posting, payee)) if payee != bank else 0
            if payer == bank:
                moved = got if len(_holders(posting)) == 1 else 0
            elif payee == bank:
                moved = -paid if len(_holders(posting)) == 1 else 0
            else:
                moved = min(-paid, got)
            if moved > 0:
                cents[posting.row] = cents.get(posting.row, 0) + moved
    rows = sorted(((row, usd / 100) for row, usd in cents.items()), key=lambda r: (-r[1], r[0]))
    return pd.DataFrame(rows, columns=["purpose", "usd"])


def _money(posting: Any, name: str) -> list[int]:
    """Changes of a party's own deposits in a posting, cents."""
    return [
        leg.amount for leg in posting.legs if leg.party == name and leg.account.startswith(_MONEY)
    ]


def _holders(posting: Any) -> dict[str, None]:
    """Accounts of deposits that a posting moves."""
    return {leg.account: None for leg in posting.legs if leg.account.startswith(_MONEY)}


def positions(ledger: Any, quarter: int, parties: Sequence[FirmInfo]) -> pd.DataFrame:
    """Claims and real assets above zero at the end of a closed quarter.

    Args:
        ledger: a view of closed quarters.
        quarter: one of them.
        parties: of the ledger, by party id.
    """
    values = ledger.archives[quarter].closing
    kinds = ledger.accounts.kind[: len(values)]
    held: dict[tuple[int, int, str], int] = {}
    is_held = (values > 0) & ((kinds == Slot.CLAIM_ASSET) | (kinds == Slot.REAL_ASSET))
    for slot in is_held.nonzero()[0].tolist():
        what, issuer, holder, _ = ledger.accounts.describe[slot]
        held[holder, issuer, what] = held.get((holder, issuer, what), 0) + int(values[slot])
    nobody = FirmInfo("", "", "")
    rows = []
    for (holder, issuer, what), amount in held.items():
        owner, debtor = parties[holder], parties[issuer] if issuer >= 0 else nobody
        rows.append((owner.key, owner.name, debtor.key, debtor.name, what, amount / 100))
    names = ["holder_key", "holder", "issuer_key", "issuer", "instrument", "usd"]
    return pd.DataFrame(rows, columns=names)


# --- tables of a recording


MatrixKind = Literal["balance-sheet", "transactions-flow", "revaluation"]
MATRICES: tuple[str, ...] = get_args(MatrixKind)
_KEPT = 64
"""Frames that a recording keeps at most."""


class RecordingTables:
    """What ``Recording`` answers with tables. Quarters count from 0; USD unless stated."""

    parameters: MarketParameters
    snapshots: list[Snapshot]
    events: list[Event]
    terms: list[ContractTerms]
    parties: tuple[FirmInfo, ...]
    _view: ModelView | None
    _reading: Lock
    _kept_frames: dict[Any, Any]

    if TYPE_CHECKING:

        def series(self, name: str) -> list[float | None]:
            """See ``Recording``."""

        def name_of(self, key: str) -> str:
            """See ``Recording``."""

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
        """One row per event: id, quarter, kind, shock, agent, size, unit, text, its causes' ids."""
        label = self.parameters.quarter_label
        rows = [
            (
                e.id,
                label(e.quarter),
                e.kind,
                e.shock,
                e.agent,
                e.size,
                e.unit,
                e.text,
                _ids(e.causes),
            )
            for e in list(self.events)
        ]
        names = ["id", "quarter", "kind", "shock", "agent", "size", "unit", "text", "causes"]
        return pd.DataFrame(rows, columns=names)

    def rounds_frame(self) -> pd.DataFrame:
        """One row per funding round, as ``runs.single_run.simulate.Run.rounds``."""
        if self._view is None:
            return pd.DataFrame(columns=list(ROUND_COLUMNS))
        return rounds_frame(self._closed())

    # --- payments

    def flow_list(self, first: int, last: int) -> tuple[Flow, ...]:
        """Who paid whom in the quarters ``first`` to ``last``, both included."""
        self._check_quarter(first)
        self._check_quarter(last)
        chosen = self.snapshots[first : last + 1]
        goods = sum((s.goods for s in chosen[1:]), chosen[0].goods)
        finance = sum((s.finance for s in chosen[1:]), chosen[0].finance)
        return flows_of(self.parties, goods, finance)

    def flows(self, first: int, last: int) -> pd.DataFrame:
        """Who paid whom in the quarters ``first`` to ``last``, both included.

        Columns: payer, payee (names), payer_sector, payee_sector, goods_usd, financing_usd,
        is_internal (between a lab and its parent), payer_key, payee_key.
        """
        from runs.single_run.simulate import money_flow_frame

        self._check_quarter(first)
        self._check_quarter(last)
        model = self._closed()

        def make() -> pd.DataFrame:
            keys = {party.name: party.key for party in self.parties}
            found = money_flow_frame(model, range(first, last + 1), "").drop(columns="period")
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
        from market.network_indicators import named_cycles

        self._check_quarter(first)
        self._check_quarter(last)
        model = self._closed()

        def make() -> pd.DataFrame:
            keys = {party.name: party.key for party in self.parties}
            rows = [
                (str(c), " > ".join(keys[n] for n in c.names), c.amount, len(c.names))
                for c in named_cycles(model, range(first, last + 1))
            ]
            rows.sort(key=lambda row: -row[2])
            return pd.DataFrame(rows, columns=["cycle", "keys", "amount_usd", "firms"])

        return self._kept(("cycles", first, last), make)

    # --- positions

    def matrix(
        self, kind: MatrixKind, quarter: int, by: Literal["sector", "party"] = "sector"
    ) -> pd.DataFrame:
        """One of the three matrices of a recorded quarter, bn USD; see ``market.books.statements``.

        Raises:
            ValueError: no such kind of matrix. IndexError: the quarter is not recorded.
        """
        from market.books import statements

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
        label = self.parameters.quarter_label
        rows = [
            {
                "contract": terms.key,
                "lab": self.name_of(terms.lab),
                "cloud": self.name_of(terms.cloud),
                "lab_key": terms.lab,
                "cloud_key": terms.cloud,
                "first_delivery": label(terms.start),
                "ramp_quarters": terms.ramp_quarters,
                "capacity_cu": capacity,
                "price_usd_hour": terms.price_usd_hour,
                "total_usd": terms.total_usd,
                "delivered_usd": delivered / 100,
                "cancelled_usd": cancelled / 100,
                "rpo_usd": left / 100,
            }
            for terms, (left, delivered, cancelled, capacity) in zip(
                self.terms, self.snapshots[quarter].contracts.tolist(), strict=False
            )
        ]
        return pd.DataFrame(rows)


def _ids(causes: tuple[int, ...]) -> str:
    return " ".join(map(str, causes))


# --- tables as files to take away


CSV_TYPE = "text/csv"
PARQUET_TYPE = "application/vnd.apache.parquet"
ZIP_TYPE = "application/zip"
_UNSAFE = re.compile(r"[^a-z0-9.]+")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""Date of files in an archive: always the same, so that equal tables give equal bytes."""


def file_name(*parts: object, suffix: str) -> str:
    """A file name that every system takes: "reference-42-capex.csv".

    Args:
        parts: what the file holds; empty parts are left out.
        suffix: ending, without its dot.
    """
    words = (_UNSAFE.sub("-", str(part).lower()).strip("-.") for part in parts if part is not None)
    return f"{'-'.join(word for word in words if word) or 'kaartenhuis'}.{suffix}"


def plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose index holds nothing: a named or textual index becomes the first columns."""
    import pandas as pd

    columns = [str(name) for name in frame.columns]
    named = frame.set_axis(columns, axis="columns")
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None:
        return named
    if isinstance(frame.index, pd.MultiIndex):
        names = [
            f"level_{i}" if name is None else str(name) for i, name in enumerate(frame.index.names)
        ]
        return named.reset_index(names=names)
    name = frame.index.name
    return named.reset_index(names="row" if name is None else str(name))


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV (UTF-8, commas, a missing value is an empty cell)."""
    text: str = plain(frame).to_csv(index=False, lineterminator="\n")
    return text.encode()


def parquet_bytes(frame: pd.DataFrame) -> bytes:
    """A table as a Parquet file; texts that stand between numbers make their column a text."""
    table = plain(frame)
    mixed = [name for name in table if _is_mixed(table[name])]
    for name in mixed:
        table[name] = table[name].map(lambda value: None if value is None else str(value))
    file = io.BytesIO()
    table.to_parquet(file, index=False)
    return file.getvalue()


def _is_mixed(column: pd.Series) -> bool:
    """Whether a column holds values of several types, which Parquet refuses."""
    if column.dtype != object:
        return False
    return len({type(value) for value in column.dropna()}) > 1


def zip_bytes(files: Mapping[str, bytes]) -> bytes:
    """Several files as one archive; equal files give equal bytes."""
    sink = io.BytesIO()
    with ZipFile(sink, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, _FIRST_DAY)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return sink.getvalue()


# --- every table of a run, by name, made when somebody wants it


type MakeFrame = Callable[[], "pd.DataFrame"]


def run_tables(recording: Recording, quarter: int) -> Mapping[str, MakeFrame]:
    """Tables of a run.

    Args:
        recording: at least one quarter is recorded.
        quarter: the quarter of contracts, flows and matrices.

    Returns:
        Name, see ``data.ftl`` of the words of the app -> function that makes the table.
    """
    from runs.single_run.run_folder import data_dictionary

    first = max(0, quarter - 3)
    tables: dict[str, MakeFrame] = {
        "market": recording.frame,
        "firms": recording.firms_frame,
        "events": recording.events_frame,
        "rounds": recording.rounds_frame,
        "contracts": partial(recording.contracts, quarter),
        "flows": partial(recording.flows, first, quarter),
        "cycles": partial(recording.cycles, first, quarter),
        "balance-sheet": partial(recording.matrix, "balance-sheet", quarter),
        "transactions-flow": partial(recording.matrix, "transactions-flow", quarter),
        "revaluation": partial(recording.matrix, "revaluation", quarter),
        "parameters": partial(parameter_frame, recording.world),
        "dictionary": data_dictionary,
    }
    return tables


def parameter_frame(world: World) -> pd.DataFrame:
    """Every value of a world, shocks included: path, value, unit, meaning, source, confidence."""
    import pandas as pd

    from market.scenario import read_scenario, scenario_table

    scenario = read_scenario(world.scenario, settings_of(world))
    frame = pd.DataFrame(scenario_table(scenario))
    frame["value"] = frame["value"].map(str)
    if words := differences(world):
        own = frame["path"] == "description"
        frame.loc[own, "value"] += f" Differs from it here: {', '.join(words)}."
    return frame


def table_name(recording: Recording, name: str, quarter: int) -> str:
    """File name of a table without its ending: world, seed, table, and quarter where it counts."""
    world = recording.world
    whole = ("market", "firms", "events", "rounds", "parameters", "dictionary")
    label = None if name in whole else recording.labels[quarter]
    return file_name(world_name(world), name, label, suffix="x")[:-2]


def world_name(world: World) -> str:
    """A world as part of a file name: "reference-seed42", "reference-1-change-2-shocks-seed7"."""
    words = [word.replace(" ", "-") for word in differences(world)]
    return "-".join([world.scenario, *words, f"seed{world.seed}"])


def everything(recording: Recording, quarter: int) -> bytes:
    """All tables as CSV and Parquet in one archive."""
    files: dict[str, bytes] = {}
    for name, make in run_tables(recording, quarter).items():
        frame, stem = make(), table_name(recording, name, quarter)
        files[f"{stem}.csv"] = csv_bytes(frame)
        files[f"{stem}.parquet"] = parquet_bytes(frame)
    return zip_bytes(files)


def command_of(world: World) -> str:
    """The command line that makes the same run."""
    import shlex

    words = ["kaartenhuis", "run", world.scenario, "--seed", str(world.seed)]
    for setting in settings_of(world):
        words += ["--set", setting]
    if world.own_model is not None:
        words += ["--model", world.own_model.name]
    return shlex.join([*words, "--out", f"results/{world_name(world)}"])


def settings_of(world: World) -> list[str]:
    """How a world differs from its scenario, as the command line writes it."""
    from market.scenario import toml_value
    from viz.world.worlds import change_text

    settings = [change_text(path, value) for path, value in world.changes]
    for number, step in enumerate(world.shocks, start=1):
        values = {"kind": step.kind, "quarter": step.quarter, "size": step.size}
        values |= {"target": step.target} if step.target is not None else {}
        values |= {"quarters": step.quarters} if step.quarters is not None else {}
        settings += [
            f"shocks.visitor-{number}.{key}={toml_value(value)}" for key, value in values.items()
        ]
    return settings
