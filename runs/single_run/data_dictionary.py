"""What every column of every output file means, with its unit."""

from __future__ import annotations

import pandas as pd

from market.indicators import MODEL_INDICATORS, Indicator, agent_indicators
from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK

Column = tuple[str, str, str]
"""Name, unit, meaning."""

EVENTS: tuple[Column, ...] = (
    ("id", "1", "Number of the event, from 0."),
    ("quarter_number", "quarters", "Quarters since the start of the run."),
    ("quarter", "label", "Quarter in which it happened."),
    ("kind", "kind", "Kind of event."),
    ("agent", "text", "Firm or group that it happened to."),
    ("size", "see unit", "How much."),
    ("unit", "text", "Unit of the size."),
    ("text", "text", "What happened, in words."),
    ("causes", "ids", "Events that it rests on, with spaces between them."),
)
ROUNDS: tuple[Column, ...] = (
    ("quarter", "label", "Quarter in which the round was held."),
    ("lab", "text", "Lab that asked for money."),
    ("hardness", "1", "Need less the vendors' part, over what investors could pledge (kappa)."),
    ("exit_multiple", "1", "Expected exit value over post-money value (u)."),
    ("critical_hardness", "1", "Hardness up to which the round closes in the limit (kappa*)."),
    ("is_closed", "switch", "Whether the round closed."),
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


def columns_by_file() -> dict[str, tuple[Column, ...]]:
    """File, without suffix -> its columns in order."""
    files: dict[str, tuple[Column, ...]] = {
        "model": _described(MODEL_INDICATORS, MARKET_NETWORK),
    }
    firm = (
        ("quarter", "label", "Quarter that the row describes."),
        ("name", "text", "Name of the firm."),
    )
    for name, indicators in agent_indicators().items():
        files[agent_file(name)] = (*firm, *_described(indicators, FIRM_NETWORK))
    files |= {
        "events": EVENTS,
        "rounds": ROUNDS,
        "contracts": CONTRACTS,
        "money-flows": MONEY_FLOWS,
        "money-cycles": MONEY_CYCLES,
        "data-dictionary": DICTIONARY,
    }
    for matrix in MATRIX_FILES:
        files[f"matrices/{matrix}-(quarter)"] = MATRICES
    return files


def data_dictionary() -> pd.DataFrame:
    """The dictionary as a frame: file, column, unit, meaning."""
    rows = [(file, *column) for file, columns in columns_by_file().items() for column in columns]
    return pd.DataFrame(rows, columns=["file", "column", "unit", "meaning"])
