"""Words of the data page. English."""

from __future__ import annotations

TITLE = "Take the numbers with you"
INTRO = (
    "Every table of the run you look at ({world}, seed {seed}, {first} to {last}). CSV opens in "
    "any spreadsheet, Parquet keeps the types. A missing value is an empty cell, never a zero."
)
LINK = "The link that restores all of it"
LINK_NOTE = (
    "Scenario, changed parameters, seed, shocks, quarter and tab stand in the address of this "
    "page. Whoever opens it sees the same run: the same seed gives the same numbers."
)
COMMAND = "The same run on the command line"
COMMAND_NOTE = "Writes all tables, the matrices of every quarter, pictures and a manifest."
SHOCKS_NOTE = "The shocks of this run stand in the command as parameters too."
TABLES: dict[str, tuple[str, str]] = {
    "market": ("Market", "One row per quarter: every series of the whole market."),
    "firms": ("Firms", "One row per quarter and firm: its indicators and balance sheet."),
    "events": ("Events", "What happened, to whom, how much, and because of which events."),
    "rounds": ("Funding rounds", "One row per round: how hard it was, and whether it closed."),
    "contracts": ("Contracts", "Every compute contract as it stands in {quarter}."),
    "flows": ("Money flows", "Who paid whom in {quarter} and the three quarters before it."),
    "cycles": ("Circles of money", "Payments that come back to where they began, same quarters."),
    "balance-sheet": ("Balance-sheet matrix", "Who owns and owes what at the end of {quarter}."),
    "transactions-flow": ("Transactions-flow matrix", "Who paid what for what in {quarter}."),
    "revaluation": ("Revaluation matrix", "What was written up and down in {quarter}."),
    "parameters": ("Parameters", "Every parameter of this world with unit, meaning and source."),
    "dictionary": ("Data dictionary", "What each column means, with its unit."),
}
"""Table -> its name and what it holds."""
EVERYTHING = "All tables in one archive"
EVERYTHING_NOTE = "A zip file with every table above as CSV and as Parquet."
ROWS = "{rows} rows × {columns} columns"
SHOW = "Look at it"
PREVIEW = "{title}: the first {rows} of {total} rows"
EMPTY = "This world has no recorded quarter yet: press Play, and its tables appear here."
EMPTY_TABLE = "Nothing to show: this table has no rows in this run."
COLUMN_TABLE, COLUMN_HOLDS, COLUMN_TAKE = "Table", "What it holds", "Download"
FAILED = "The table could not be made: {error}"
