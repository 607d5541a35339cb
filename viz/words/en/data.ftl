### The page of tables to take away.

data-title = Take the numbers with you
data-intro =
    Every table of the run you look at ({ $world }, seed { $seed }, { $first } to { $last }). CSV
    opens in any spreadsheet, Parquet keeps the types. A missing value is an empty cell, never a
    zero.
data-link = The link that restores all of it
data-link-note =
    Scenario, changed parameters, seed, shocks, quarter and tab stand in the address of this page.
    Whoever opens it sees the same run: the same seed gives the same numbers.
data-command = The same run on the command line
data-command-note = Writes all tables, the matrices of every quarter, pictures and a manifest.
data-shocks-note = The shocks of this run stand in the command as parameters too.

## Tables: name and what they hold

data-name-market = Market
data-holds-market = One row per quarter: every series of the whole market.
data-name-firms = Firms
data-holds-firms = One row per quarter and firm: its indicators and balance sheet.
data-name-events = Events
data-holds-events = What happened, to whom, how much, and which earlier events could reach it.
data-name-rounds = Funding rounds
data-holds-rounds = One row per round: how hard it was, and whether it closed.
data-name-contracts = Contracts
data-holds-contracts = Every compute contract as it stands in { $quarter }.
data-name-flows = Money flows
data-holds-flows = Who paid whom in { $quarter } and the three quarters before it.
data-name-cycles = Circles of money
data-holds-cycles = Payments that come back to where they began, same quarters.
data-name-balance-sheet = Balance-sheet matrix
data-holds-balance-sheet = Who owns and owes what at the end of { $quarter }.
data-name-transactions-flow = Transactions-flow matrix
data-holds-transactions-flow = Who paid what for what in { $quarter }.
data-name-revaluation = Revaluation matrix
data-holds-revaluation = What was written up and down in { $quarter }.
data-name-parameters = Parameters
data-holds-parameters = Every parameter of this world with unit, meaning and source.
data-name-dictionary = Data dictionary
data-holds-dictionary = What each column means, with its unit.
data-everything = All tables in one archive
data-everything-note = A zip file with every table above as CSV and as Parquet.
data-list-show = Look at it
data-preview = { $title }: the first { $rows } of { $total } rows
data-empty = This world has no recorded quarter yet: press Play, and its tables appear here.
data-empty-table = Nothing to show: this table has no rows in this run.
data-list-table = Table
data-list-holds = What it holds
data-list-take = Download
data-failed = The table could not be made: { $error }
