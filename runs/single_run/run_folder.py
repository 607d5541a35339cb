"""The folder that a run leaves behind: complete or not there at all, the same bytes each time.

Nothing in it depends on the clock or on the folder's place.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Any

import pandas as pd

from market.books.statements import (
    balance_sheet_matrix,
    revaluation_matrix,
    transactions_flow_matrix,
)
from market.indicators import (
    FIRM_KEYS,
    MODEL_KEYS,
    Indicator,
    agent_indicators,
    indicators_of,
    market_indicators,
)
from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK
from market.scenario import dump_scenario
from runs.files import check_place, draft_of, write_atomically
from runs.problems import UserProblem
from runs.single_run.losses import COLUMNS as PAYERS
from runs.tables import Decimal, csv_text, workbook_bytes

if TYPE_CHECKING:
    from market.model import MarketModel
    from runs.own_model import OwnModel
    from runs.single_run.simulate import Run


Column = tuple[str, str, str]
"""Name, unit, meaning."""

EVENTS: tuple[Column, ...] = (
    ("id", "1", "Number of the event, from 0."),
    ("quarter_number", "quarters", "Quarters since the start of the run."),
    ("quarter", "label", "Quarter in which it happened."),
    ("kind", "kind", "Kind of event."),
    ("shock", "kind", "Kind of the shock; empty for other events."),
    ("agent", "text", "Firm or group that it happened to."),
    ("size", "see unit", "How much."),
    ("unit", "text", "Unit of the size."),
    ("text", "text", "What happened, in words."),
    ("causes", "ids", "Events that came before and could reach it, with spaces between."),
)
ROUNDS: tuple[Column, ...] = (
    ("quarter_number", "quarters", "Quarters since the start of the run."),
    ("quarter", "label", "Quarter in which the round was held."),
    ("key", "key", "Company key of who asked for money: a lab or a cohort of start-ups."),
    ("lab", "text", "Its name."),
    ("hardness", "1", "Need less the vendors' part, over what investors could pledge (kappa)."),
    ("exit_multiple", "1", "Expected exit value over post-money value (u)."),
    ("critical_hardness", "1", "Hardness up to which all is raised at the lowest price (kappa*)."),
    ("is_closed", "switch", "Whether money was raised; for a cohort, in half of its rounds."),
    ("asked_usd", "USD", "Money asked for."),
    ("raised_usd", "USD", "Money raised."),
    ("pre_money_usd", "USD", "Price of the round: value of all shares before it."),
)
CONTRACTS: tuple[Column, ...] = (
    ("contract", "key", "Key of the contract."),
    ("lab", "text", "Who buys."),
    ("cloud", "text", "Who delivers."),
    ("first_delivery", "label", "Quarter of the first delivery."),
    ("ramp_quarters", "quarters", "From the first delivery to full size."),
    ("capacity_cu", "CU per quarter", "Compute at full size, less what was cancelled."),
    ("price_usd_hour", "USD per accelerator-hour", "Price."),
    ("total_usd", "USD", "Value when signed."),
    ("delivered_usd", "USD", "Delivered so far."),
    ("cancelled_usd", "USD", "Given up."),
    ("rpo_usd", "USD", "Still to be delivered."),
)
MONEY_FLOWS: tuple[Column, ...] = (
    ("period", "text", "Quarters that are summed."),
    ("payer", "text", "Who paid."),
    ("payer_sector", "text", "Its sector."),
    ("payee", "text", "Who was paid."),
    ("payee_sector", "text", "Its sector."),
    ("goods_usd", "USD", "For goods, services and income."),
    ("financing_usd", "USD", "For shares, loans and bonds, repayments included."),
    ("is_internal", "switch", "Whether it stayed between a lab and its parent."),
)
MONEY_CYCLES: tuple[Column, ...] = (
    ("period", "text", "Quarters that are summed."),
    ("cycle", "text", "Who pays whom: a circle of labs, clouds and chipmakers."),
    ("amount_usd", "USD", "What each of them pays the next in this circle."),
    ("firms", "firms", "Firms in the circle."),
)
LOSSES: tuple[Column, ...] = (
    ("event", "1", "Number of the failure among the events."),
    ("quarter", "label", "Quarter of the failure."),
    ("agent", "text", "Who failed."),
    ("sector", "text", "Who loses, with what is booked up to the end of the run."),
    *PAYERS,
)
DICTIONARY: tuple[Column, ...] = (
    ("file", "text", "File, without its suffix where several formats hold the same."),
    ("column", "text", "Column of the file."),
    ("unit", "text", "Unit of its values."),
    ("meaning", "text", "What it is."),
)
MATRICES: tuple[Column, ...] = (
    ("row", "text", "Instrument, asset or flow; the last row and column are sums."),
    ("(sector)", "USD bn", "Position or flow of the sector; assets and receipts are positive."),
    ("Sum", "USD bn", "Sum of the row."),
)
MATRIX_FILES = ("balance-sheet", "transactions-flow", "revaluation")


def agent_file(class_name: str) -> str:
    """Name of the file of a class of agents, without suffix."""
    return f"agents-{class_name}"


def _described(*groups: tuple[Indicator, ...]) -> tuple[Column, ...]:
    return tuple((i.name, i.unit, i.meaning) for group in groups for i in group)


def _measured(model: MarketModel | None) -> dict[str, tuple[Indicator, ...]]:
    """Class of firms -> its indicators; those that a model has of its own included."""
    found = agent_indicators()
    if model is not None:
        for cls in dict.fromkeys(type(firm) for firm in model.institutions()):
            found[cls.__name__] = indicators_of(cls, model.own_indicators)
    return found


def columns_by_file(model: MarketModel | None = None) -> dict[str, tuple[Column, ...]]:
    """File, without suffix -> its columns in order; of a model with what it has of its own."""
    whole = market_indicators(() if model is None else model.own_indicators)
    files: dict[str, tuple[Column, ...]] = {
        "model": _described(MODEL_KEYS, whole, MARKET_NETWORK),
    }
    for name, indicators in _measured(model).items():
        files[agent_file(name)] = _described(FIRM_KEYS, indicators, FIRM_NETWORK)
    files |= {
        "events": EVENTS,
        "rounds": ROUNDS,
        "contracts": CONTRACTS,
        "money-flows": MONEY_FLOWS,
        "money-cycles": MONEY_CYCLES,
        "losses": LOSSES,
        "data-dictionary": DICTIONARY,
    }
    for matrix in MATRIX_FILES:
        files[f"matrices/{matrix}-(quarter)"] = MATRICES
    return files


def data_dictionary(model: MarketModel | None = None) -> pd.DataFrame:
    """The dictionary as a frame: file, column, unit, meaning."""
    files = columns_by_file(model).items()
    rows = [(file, *column) for file, columns in files for column in columns]
    return pd.DataFrame(rows, columns=["file", "column", "unit", "meaning"])


# --- the folder that a run leaves behind


MANIFEST = "manifest.json"
CSV_ONLY = ("rounds", "contracts", "money-flows", "money-cycles", "losses", "data-dictionary")
"""Tables that are small, and stand in the folder in one format only."""
_PACKAGES = ("kaartenhuis", "mesa", "numpy", "pandas", "pyarrow", "matplotlib")
STATEMENTS: dict[str, Callable[..., pd.DataFrame]] = {
    "balance-sheet": balance_sheet_matrix,
    "transactions-flow": transactions_flow_matrix,
    "revaluation": revaluation_matrix,
}
"""Name of a matrix -> function of ledger, quarter and columns that makes it, in bn USD."""


def check_folder(folder: Path, *, overwrite: bool = False) -> None:
    """Raise UserProblem unless results may be written to ``folder``.

    Only an empty folder, or with ``overwrite`` one that holds the results of a run, is replaced.
    """
    check_place(folder, "--out")
    if not folder.exists():
        return
    if not folder.is_dir():
        raise UserProblem(f"{folder} is a file: name a folder for the results")
    if not any(folder.iterdir()):
        return
    if not overwrite:
        raise UserProblem(f"{folder} is not empty: name a new folder or add --overwrite")
    if not (folder / MANIFEST).is_file():
        raise UserProblem(f"{folder} holds no results of a run, so it is not overwritten")


def write_outputs(
    run: Run,
    folder: Path,
    *,
    overwrite: bool = False,
    command: Sequence[str] = (),
    has_pictures: bool = True,
    own_model: OwnModel | None = None,
    decimal: Decimal = ".",
) -> None:
    """Write everything about a run to ``folder``.

    The files are written next to it under another name and moved into place when complete.

    Args:
        run: the finished run.
        folder: where to; see ``check_folder``.
        overwrite: replace the results of an earlier run.
        command: the command that made the run, without paths of the machine.
        has_pictures: whether to draw the pictures.
        own_model: where the user's model class stands, for the manifest.
        decimal: decimal sign of the CSV files.

    Raises:
        UserProblem: the folder may not be written.
    """
    check_folder(folder, overwrite=overwrite)
    target = folder.resolve()
    draft = draft_of(target, f".{token_hex(4)}.new")
    missing = [above for above in (target, *target.parents) if not above.exists()][1:]
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft.mkdir()
        _write_all(run, draft, has_pictures=has_pictures, decimal=decimal)
        _write_manifest(run, draft, command, own_model)
        _move_into_place(draft, target)
    except OSError as error:
        _clean(draft, missing)
        reason = error.strerror or str(error)
        raise UserProblem(f"cannot write to {folder}: {reason}") from None
    except BaseException:
        _clean(draft, missing)
        raise


def _clean(draft: Path, made: Sequence[Path]) -> None:
    """Remove what was written, and the folders above that were made for it, innermost first."""
    shutil.rmtree(draft, ignore_errors=True)
    for folder in made:
        with suppress(OSError):  # not made yet, or somebody else writes there by now
            folder.rmdir()


def _move_into_place(draft: Path, target: Path) -> None:
    if not target.exists():
        os.replace(draft, target)
        return
    old = draft_of(target, f".{token_hex(4)}.old")
    try:
        os.replace(target, old)
        os.replace(draft, target)
    except BaseException:
        if old.exists() and not target.exists():
            os.replace(old, target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _write_all(run: Run, folder: Path, *, has_pictures: bool, decimal: Decimal) -> None:
    for name, frame in run_tables(run).items():
        _write_text(csv_text(frame, decimal), folder / f"{name}.csv")
        if name not in CSV_ONLY:
            frame.to_parquet(folder / f"{name}.parquet", index=False)
    (folder / "matrices").mkdir()
    for name, label, matrix in _matrices(run):
        path = folder / "matrices" / f"{name}-{label}.csv"
        _write_text(csv_text(matrix, decimal, index_label="row"), path)
    _write_text(resolved_scenario(run), folder / "scenario.toml")
    if has_pictures:
        from runs.single_run.pictures import write_pictures

        write_pictures(run, folder / "pictures")


def _write_text(text: str, path: Path) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def run_tables(run: Run) -> dict[str, pd.DataFrame]:
    """Name of a file, without suffix -> its table; the matrices apart."""
    return {
        "model": run.market,
        **{agent_file(name): frame for name, frame in run.agents.items()},
        "events": run.events,
        "rounds": run.rounds,
        "contracts": run.contracts,
        "money-flows": run.money_flows,
        "money-cycles": run.money_cycles,
        "losses": run.losses,
        "data-dictionary": data_dictionary(run.model),
    }


def _matrices(run: Run) -> Iterator[tuple[str, str, pd.DataFrame]]:
    """Name, label of the quarter, and the matrix, quarter by quarter."""
    for quarter, label in enumerate(run.labels):
        for name, make in STATEMENTS.items():
            yield name, label, make(run.model.ledger, quarter)


def write_workbook(run: Run, path: Path, command: Sequence[str] = ()) -> None:
    """Write all tables of a run to one Excel workbook, one sheet each.

    The matrices of all quarters stand below each other on one sheet per kind, with the quarter in
    the first column. The last sheet says what was run.

    Args:
        run: the finished run.
        path: the file; see ``runs.tables.check_workbook``.
        command: the command that made the run.

    Raises:
        UserProblem: openpyxl is not there, or the file cannot be written.
    """
    sheets = run_tables(run)
    found: dict[str, list[pd.DataFrame]] = {name: [] for name in STATEMENTS}
    for name, label, matrix in _matrices(run):
        rows = matrix.rename_axis(index="row", columns=None).reset_index()
        rows.insert(0, "quarter", label)
        found[name].append(rows)
    sheets |= {name: pd.concat(rows, ignore_index=True) for name, rows in found.items()}
    about = {
        "scenario": run.scenario.parameters.name,
        "seed": run.seed,
        "quarters": len(run.labels),
        "command": shlex.join(command),
        **{f"version of {name}": number for name, number in _versions().items()},
    }
    sheets["about"] = pd.DataFrame(list(about.items()), columns=["what", "value"])
    try:
        write_atomically(path, workbook_bytes(sheets))
    except OSError as error:
        raise UserProblem(f"cannot write {path}: {error.strerror}") from None


def resolved_scenario(run: Run) -> str:
    """The scenario with every value written out, as TOML that loads back equal."""
    return str(dump_scenario(run.scenario.parameters, run.scenario.provenance))


def _versions() -> dict[str, str]:
    found = {package: version(package) for package in _PACKAGES}
    return {"python": platform.python_version(), **found}


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _write_manifest(run: Run, folder: Path, command: Sequence[str], own: OwnModel | None) -> None:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    manifest: dict[str, Any] = {
        "scenario": run.scenario.parameters.name,
        "scenario_sha256": _sha256((folder / "scenario.toml").read_bytes()),
        "seed": run.seed,
        "quarters": len(run.labels),
        "first_quarter": run.labels[0],
        "last_quarter": run.labels[-1],
        "command": list(command),
        "versions": _versions(),
        "platform": f"{platform.system()} {platform.machine()}",
        "files": {
            path.relative_to(folder).as_posix(): _sha256(path.read_bytes()) for path in files
        },
    }
    if own is not None:
        manifest["own_model"] = {"class": own.name, "sha256": own.sha256()}
    text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
    (folder / MANIFEST).write_text(text, encoding="utf-8", newline="\n")
