"""Tables of a recording: payments, claims, contracts, matrices, circles, as data frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, get_args

import pandas as pd

from viz.recording.recording_snapshot import FirmInfo, Flow, Snapshot, flows_of

if TYPE_CHECKING:
    from threading import Lock

    from market.events import Event
    from market.parameters.world import MarketParameters
    from viz.recording.recording import ContractTerms
    from viz.recording.recording_view import ModelView

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
        from viz.recording.recording import MARKET_NAMES, NETWORK_NAMES

        count = len(self.snapshots)
        columns: dict[str, Any] = {"quarter": [s.label for s in self.snapshots[:count]]}
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
        """One row per event: id, quarter, kind, agent, size, unit, text, ids of its causes."""
        label = self.parameters.quarter_label
        rows = [
            (e.id, label(e.quarter), e.kind, e.agent, e.size, e.unit, e.text, _ids(e.causes))
            for e in list(self.events)
        ]
        names = ["id", "quarter", "kind", "agent", "size", "unit", "text", "causes"]
        return pd.DataFrame(rows, columns=names)

    def rounds_frame(self) -> pd.DataFrame:
        """One row per funding round, as ``runs.single_run.simulate.Run.rounds``."""
        label = self.parameters.quarter_label
        rounds = self._closed().rounds if self._view is not None else []
        rows = [(label(r[0]), self.name_of(r[1]), *r[2:6]) for r in rounds]
        names = ["quarter", "lab", "hardness", "exit_multiple", "critical_hardness", "is_closed"]
        return pd.DataFrame(rows, columns=names)

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
        from viz.recording.recording_payments import purposes

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
        from viz.recording.recording_payments import positions

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
