"""Tables of a recording: payments, claims, contracts, matrices, circles, and as files."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pandas as pd

from market.books.accounts import Slot
from viz.recording.snapshot import FirmInfo
from viz.world.worlds import differences

if TYPE_CHECKING:
    from viz.recording.recording import Recording
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
