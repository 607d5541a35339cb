"""The enterprise customers of a market: a Mesa agent set whose data are columns."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Literal

import mesa
import numpy as np
from numpy.typing import NDArray

from agents.columns.column_set import ColumnAgentSet
from agents.customers import arrays as choice_arrays
from agents.customers.arrays import Columns, Quarter, replace_second
from agents.customers.books import CustomerBooks
from agents.customers.customer import EnterpriseCustomer
from agents.customers.opening import (
    NO_PROVIDER,
    assign_providers,
    customers_at,
    draw_population,
    whole_parts,
)
from agents.rules import enterprise_choice
from agents.rules.demand import bass_adopters
from agents.rules.enterprise_choice import Codes, OfferTable, tender_rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import ModuleType

    from market.host import Market

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Path = Literal["auto", "objects", "arrays", "compiled"]

BLOCK_ROWS = 1024
"""Rows that share one note of their earliest renewal."""

TENDER_QUARTERS = 8
"""Quarters whose tenders are drawn together."""

_NO_ROWS: Rows = np.empty(0, dtype=np.int64)

COMPILED_AFTER = 60_000_000
"""Customers times quarters after which the compiled form is loaded: less does not pay for that."""

COMPILED = frozenset({"agents.customers.kernel", "market.books.commit_kernel"})
"""Compiled modules: when one of them is loaded, numba is, and another costs next to nothing."""


class CustomerPopulation(ColumnAgentSet[EnterpriseCustomer]):
    """All enterprise customers; each row is an ``EnterpriseCustomer``.

    A quarter touches only those who may act: blocks of rows in which a contract ends, tenders and
    newcomers. Each costs one look-up in the table of offers and one comparison. This is exact.
    When a provider goes, when a level of need finds its first provider, and after a column was
    written from outside, every row is looked at once to find who else must choose.

    What they choose is decided by three methods, which call the functions of the same names in
    ``agents.rules.enterprise_choice``; override them or change those: `make_offer_table`,
    `choose_providers`, `choose_secondaries`. The compiled form of large populations then stands
    back. ``"objects"`` does not ask these methods, but `EnterpriseCustomer.choose`.

    Attributes:
        providers: keys of the providers that the indices of ``provider`` mean.
        need_levels, weights: values of the codes ``need_level`` and ``weight_class``.
        path: how choices are made: ``"objects"`` (one customer at a time, by the rule for one),
            ``"arrays"`` (by the rule for columns), ``"compiled"`` (by its compiled form), or
            ``"auto"``: arrays, and the compiled form after `COMPILED_AFTER`, or when the process
            has loaded `COMPILED` code already, as workers of a sweep soon have, and the rule is
            the original one. The results are the same bits.
        threads: how many threads the compiled form uses.
        use: use of a seat over that of the start for which prices are bills: the market sets it. A
            point of reliability is worth as much more.
    """

    def __init__(
        self,
        model: mesa.Model[Any, Any],
        providers: Sequence[str],
        shares: Sequence[float],
        reliabilities: Sequence[float],
    ) -> None:
        """Draw the population from the parameters of the model.

        Args:
            model: a model with the facilities of ``market.host.equip``.
            providers: keys of all that may ever sell seats, at most 127.
            shares: share of the seats in use of each provider at the start; scaled to sum to one.
            reliabilities: share of tasks done right by each provider at the start.
        """
        self.market: Market = model  # type: ignore[assignment]
        rules = self.market.parameters.enterprise
        special = list(self.market.parameters.demanding_customers.values())
        draws = self.market.streams.generator("enterprise customers", "population")
        opening = draw_population(rules, special, draws)
        assign_providers(
            opening,
            providers,
            np.array(shares, dtype=float),
            np.array(reliabilities, dtype=float),
            rules.customers,
        )
        self.providers = list(providers)
        self.need_levels, self.weights = opening.need_levels, opening.weights
        self.path: Path = "auto"
        self.threads = 1
        self.use = 1.0
        self._specials = len(special)
        self._order, self._adoption = opening.adoption_order, opening.adoption
        self._adopted = self._has_chosen = opening.adopted
        self._books = CustomerBooks(len(self.providers), rules.secondary_seat_share)
        self._row_quarters = 0
        self._runs: tuple[Rows, Rows] | None = None
        self._tenders_key, self._tenders = (-1, -1), list[Rows]()
        self._leavers: Rows = _NO_ROWS
        self._leaving: dict[str, float] = {}
        self._give_up = 0.0
        self._is_stale = self._must_look_at_all = True
        self._was_gone = np.zeros(len(self.providers), dtype=np.bool_)
        self._was_served = np.zeros(self.need_levels.size, dtype=np.bool_)
        size = rules.customers + len(special)
        self._block_end = np.zeros(-(-size // BLOCK_ROWS), dtype=np.int16)
        super().__init__(model, EnterpriseCustomer, size, **opening.columns)

    # --- what the market asks

    @property
    def books(self) -> CustomerBooks:
        """Customers and seats by provider, and what moved in the last choice."""
        if self._is_stale:
            columns = self._columns()
            self._books.recount(columns.provider, columns.secondary, columns.seats)
            self._block_end[:] = 0
            self._is_stale, self._must_look_at_all = False, True
        return self._books

    def storage(self) -> list[NDArray[Any]]:
        """All arrays of the population, to see what it costs: about 31 B per customer."""
        return [*super().storage(), self._order, self._block_end, *self._tenders]

    @property
    def seats_of(self) -> Floats:
        """Seats by provider, second ones included (providers,)."""
        return self.books.seats_of()

    @property
    def customers_of(self) -> NDArray[np.int64]:
        """Customers by primary provider (providers,)."""
        return self.books.customers_of()

    @property
    def moved_seats(self) -> float:
        """Seats whose primary provider changed or was given up in the last choice."""
        return self.books.moved_seats()

    @property
    def minimum_reliability(self) -> Floats:
        """Need for reliability of each row, 0 to 1."""
        return self.need_levels[self.column("need_level")]

    @property
    def quality_weight(self) -> Floats:
        """Worth of a point of reliability of each row, EUR per seat per month."""
        return self.weights[self.column("weight_class")]

    def let_go(self, leaving: Mapping[str, float], give_up: float) -> None:
        """Let customers of failed providers look for another in the coming choice, or give up.

        Whose contract ends leaves in any case. Who leaves takes the best offer, as in a tender.

        Args:
            leaving: key of a failed provider -> part of its customers who leave now, 0 to 1.
            give_up: part of those who leave that buys from nobody from then on.
        """
        self._leaving, self._give_up = dict(leaving), give_up

    def _take_leave(self) -> None:
        """Find who leaves a failed provider; who gives up is a customer of nobody."""
        leaving, self._leaving = self._leaving, {}
        provider, quarter = self.column("provider"), self.market.quarter
        self._leavers, lost = _NO_ROWS, []
        for key, share in leaving.items():
            rows = np.flatnonzero(provider == self.providers.index(key))
            if not rows.size:
                continue
            draws = self.market.streams.generator(key, "customers who leave", quarter)
            leaves, gives_up = draws.random((2, provider.size))[:, rows]
            goes = (leaves < share) | (self.column("contract_end")[rows] <= quarter)
            lost.append(rows[goes & (gives_up < self._give_up)])
            self._leavers = np.append(self._leavers, rows[goes & (gives_up >= self._give_up)])
        rows = np.concatenate(lost) if lost else _NO_ROWS
        if rows.size:
            provider[rows] = self.column("secondary")[rows] = NO_PROVIDER
            self.column("is_adopter")[rows] = False
            self._is_stale = True

    def inherited_seats(self) -> Floats:
        """Seats that came from failed providers in the last choice, by provider (providers,)."""
        rows = self._leavers
        provider, second = self.column("provider")[rows], self.column("secondary")[rows]
        part = self.market.parameters.enterprise.secondary_seat_share
        seats = self.column("seats")[rows] * np.where(second >= 0, 1 - part, 1.0)
        found = provider >= 0
        return np.bincount(provider[found], seats[found], minlength=len(self.providers))

    def choose(self, prices: Floats, reliabilities: Floats) -> None:
        """Let everybody choose who may, count seats, and let new customers adopt.

        Args:
            prices: bill of a seat for one use, ``use``, at each provider, EUR per month; nan = not
                on offer (len(providers),).
            reliabilities: share of tasks done right (len(providers),).

        Raises:
            ValueError: if ``path`` is ``"compiled"`` and the rule for columns is another by now.
        """
        self._take_leave()
        self.books.start_quarter()
        self._row_quarters += self.alive.size
        tenders = self._draw_tenders()
        if self._leavers.size:
            tenders = np.union1d(tenders, self._leavers)
        if self.path == "objects":
            self._choose_one_by_one(prices, reliabilities, tenders)
        else:
            kernel = self._kernel()
            if kernel is None:
                table = self.make_offer_table(prices, reliabilities)
            else:
                table = kernel.make_offer_table(*self._offers(prices, reliabilities))
            self._choose_by_table(table, tenders, kernel)
        self._has_chosen = self._adopted
        self._adopt()

    # --- the rule for columns: override to have customers choose otherwise

    def make_offer_table(self, prices: Floats, reliabilities: Floats) -> OfferTable:
        """Return the best offer for every kind of customer, and what moving to it is worth.

        Override it to have them see other offers, or value them otherwise. Arguments are those of
        `choose`; a point of quality is a point of reliability at the use of the start.
        """
        return enterprise_choice.make_offer_table(*self._offers(prices, reliabilities))

    def choose_providers(
        self, rows: Rows | slice, code: NDArray[np.intp], table: OfferTable, is_tender: bool = False
    ) -> Codes:
        """Return the provider that customers whose contract allows a move buy from next.

        Override it to have them move for other reasons.

        Args:
            rows: who chooses: indices or a slice, to be used on columns.
            code: code of each of them in the table (rows,).
            table: the offers, by `make_offer_table`.
            is_tender: whether they take the best offer whatever their switching cost: in tenders,
                as new customers, and when their provider is gone.

        Returns:
            Index of a provider, or -1 for none (rows,).
        """
        held, cost = self.column("provider")[rows], self.column("switching_cost")[rows]
        return enterprise_choice.choose_providers(held, code, cost, table, is_tender=is_tender)

    def choose_secondaries(
        self, rows: Rows | slice, primary: Codes, code: NDArray[np.intp], table: OfferTable
    ) -> Codes:
        """Return the second provider of customers that buy from ``primary`` first.

        Override it to have them spread their seats otherwise. Arguments as in `choose_providers`.
        """
        has_second = self.column("has_second")[rows]
        return enterprise_choice.choose_secondaries(primary, code, table, has_second)

    # --- the choice

    def _offers(
        self, prices: Floats, reliabilities: Floats
    ) -> tuple[Floats, Floats, Floats, Floats, Floats, bool]:
        """What a table of offers is made of."""
        rules = self.market.parameters.enterprise
        offers = prices, self._points(reliabilities), reliabilities
        return *offers, self.need_levels, self.weights, rules.has_price_switching

    def _points(self, reliabilities: Floats) -> Floats:
        """Points of quality: of reliability, each for as much use as a seat has."""
        return 100.0 * self.use * reliabilities

    def _draw_tenders(self) -> Rows:
        """Rows in tender this quarter; drawn for several quarters at once."""
        rules, quarter = self.market.parameters.enterprise, self.market.quarter
        block, size = divmod(quarter, TENDER_QUARTERS)[0], self.alive.size
        if self._tenders_key != (block, size):
            rate = rules.tender_rate if rules.has_price_switching else 0.0
            draws = self.market.streams.generator("enterprise customers", "tenders", block)
            every = tender_rows(draws, size * TENDER_QUARTERS, rate)
            edges = np.searchsorted(every, size * np.arange(1, TENDER_QUARTERS))
            self._tenders = np.split(every, edges)
            self._tenders_key = (block, size)
        number = quarter % TENDER_QUARTERS
        return self._tenders[number] - number * size

    def redraw_tenders(self) -> None:
        """Draw the tenders from the coming quarter on anew: their rate has changed."""
        self._tenders_key = (-1, 0)

    def _columns(self) -> Columns:
        return Columns(*(self.column(name) for name in Columns._fields))

    def _choose_one_by_one(self, prices: Floats, reliabilities: Floats, tenders: Rows) -> None:
        """The rule for one customer, for one customer after another: slow, and easy to follow."""
        offers = prices.tolist(), self._points(reliabilities).tolist(), reliabilities.tolist()
        rules, quarter = self.market.parameters.enterprise, self.market.quarter
        columns, before = self._columns(), self.column("provider").copy()
        in_tender = np.zeros(before.size, dtype=np.bool_)
        in_tender[tenders] = True
        for customer in self:
            customer.choose(
                *offers,
                quarter,
                contract_quarters=rules.contract_quarters,
                is_tender=bool(in_tender[customer.row]),
                has_price_switching=rules.has_price_switching,
            )
        moved = np.flatnonzero(columns.provider != before)
        self._is_stale = True
        self.books.note_moves(columns.seats[moved], before[moved], columns.provider[moved])

    def _choose_by_table(self, table: OfferTable, tenders: Rows, kernel: ModuleType | None) -> None:
        rules, columns = self.market.parameters.enterprise, self._columns()
        form: ModuleType = choice_arrays if kernel is None else kernel
        options = {"rule": self} if kernel is None else {"threads": self.threads}
        quarter = Quarter(
            *(self.market.quarter, rules.contract_quarters),
            *(enterprise_choice.PRICE_ROUNDING_EUR, BLOCK_ROWS),
            *((_NO_ROWS, _NO_ROWS) if kernel is None else self._find_runs()),
        )
        everybody = self._must_look_at_all or self._has_news(table)
        free: Rows = np.sort(self._order[self._has_chosen : self._adopted]).astype(np.int64)
        free = free[columns.provider[free] < 0]
        if everybody:
            free = self._who_must_choose(columns, table)
        due = np.flatnonzero(self._block_end <= quarter.number)
        form.renew(due, self._block_end, quarter, columns, table, self._books, **options)
        takers = np.append(free, tenders[columns.provider[tenders] >= 0])
        if everybody:
            takers = np.unique(takers)
        if takers.size:
            form.take_best(takers, quarter, columns, table, self._books, **options)
        if everybody and table.is_gone.any():
            lost = np.append(table.is_gone, False)[columns.secondary]
            replace_second(np.flatnonzero(lost), columns, table, self._books, rule=self)
        if free.size:
            self._note_ends(columns, free)
        self._was_gone, self._was_served = table.is_gone, table.is_served
        self._must_look_at_all = False

    def _find_runs(self) -> tuple[Rows, Rows]:
        """Runs of customers of one kind; see ``Quarter``."""
        if self._runs is None:
            level, weight = self.column("need_level"), self.column("weight_class")
            is_first = np.ones(level.size, dtype=np.bool_)
            is_first[1:] = (level[1:] != level[:-1]) | (weight[1:] != weight[:-1])
            is_first[::BLOCK_ROWS] = True
            runs = np.append(np.flatnonzero(is_first), level.size)
            self._runs = (
                runs,
                np.searchsorted(
                    runs, np.minimum(BLOCK_ROWS * np.arange(self._block_end.size + 1), level.size)
                ),
            )
        return self._runs

    def _kernel(self) -> ModuleType | None:
        """The compiled form, or none when arrays do: for few rows, or by another rule."""
        is_worth_it = self._row_quarters > COMPILED_AFTER or not COMPILED.isdisjoint(sys.modules)
        if self.path == "compiled" or (self.path == "auto" and is_worth_it):
            if not self._has_own_rule():
                from agents.customers import kernel as choice_kernel

                if choice_kernel.gives_what_the_rule_gives():
                    return choice_kernel
            if self.path == "compiled":
                raise ValueError(
                    "path: the compiled form holds the original rule for columns, and this "
                    "population has another one; take 'arrays' or 'auto'"
                )
        return None

    def _has_own_rule(self) -> bool:
        """Whether a function or a method of the rule for columns is not the original one."""
        return any(
            getattr(enterprise_choice, name) is not function
            for name, function in _FUNCTIONS.items()
        ) or any(
            getattr(getattr(self, name), "__func__", None) is not method
            for name, method in _METHODS.items()
        )

    def _has_news(self, table: OfferTable) -> bool:
        """Whether somebody must choose who is not at a renewal: a provider went or came."""
        return bool(
            (table.is_gone & ~self._was_gone).any() or (table.is_served & ~self._was_served).any()
        )

    def _who_must_choose(self, columns: Columns, table: OfferTable) -> Rows:
        """Adopters without a provider, and customers of one that is gone."""
        must = (columns.provider < 0) & self.column("is_adopter")
        for gone in np.flatnonzero(table.is_gone):
            must |= columns.provider == gone
        return np.flatnonzero(must)

    def _note_ends(self, columns: Columns, rows: Rows) -> None:
        rows = rows[columns.provider[rows] >= 0]
        np.minimum.at(self._block_end, rows // BLOCK_ROWS, columns.contract_end[rows])

    # --- who is a customer at all

    def _adopt(self) -> None:
        """Bass diffusion: the next ones in the order of adoption become customers."""
        rules = self.market.parameters.enterprise
        self._adoption += bass_adopters(
            self._adoption, 1.0, rules.bass_innovation, rules.bass_imitation
        )
        if rules.seats_market_million > 0 and self._adoption > 0:
            ordinary = self._order.size - self._specials
            adopters = customers_at(rules, self._adoption)
            self._adopted = max(self._adopted, self._specials + round(adopters * ordinary))
        rows = self._order[self._has_chosen : self._adopted]
        self.column("is_adopter")[rows] = self.alive[rows]

    def touched(self, name: str, rows: Rows) -> None:
        """Keep the columns in order after rows of one of them were written from outside.

        A customer with a provider buys, and one that does not buy has none; who names a second
        provider wants one. Seats become whole 1024ths.

        Raises:
            ValueError: if a provider is not one of ``providers``.
        """
        columns, is_adopter = self._columns(), self.column("is_adopter")
        provider, secondary, has_second = columns.provider, columns.secondary, columns.has_second
        for column in (provider, secondary):
            wrong = rows[column[rows] >= len(self.providers)]
            if wrong.size:
                column[wrong] = NO_PROVIDER
                raise ValueError(f"{name}: there are providers 0 to {len(self.providers) - 1} only")
        if name in ("alive", "need_level", "weight_class"):
            self._runs = None
        if name == "alive":
            self._note_who_came_and_went(rows)
        elif name == "seats":
            columns.seats[rows] = whole_parts(columns.seats[rows])
        elif name == "provider":
            is_adopter[rows] |= provider[rows] >= 0
        elif name == "secondary":
            has_second[rows] |= secondary[rows] >= 0
        provider[rows] = np.where(is_adopter[rows], provider[rows], NO_PROVIDER)
        has_two = (provider[rows] >= 0) & has_second[rows]
        secondary[rows] = np.where(has_two, secondary[rows], NO_PROVIDER)
        self._is_stale = True

    def _note_who_came_and_went(self, rows: Rows) -> None:
        is_adopter = self.column("is_adopter")
        is_adopter[rows] &= self.alive[rows]
        later = rows[self.alive[rows] & ~is_adopter[rows]]
        if later.size:
            self._order = np.append(self._order, later.astype(np.int32))
        blocks = -(-self.alive.size // BLOCK_ROWS)
        if blocks > self._block_end.size:
            self._block_end = np.zeros(blocks, dtype=np.int16)

    def code_of_need(self, value: float) -> int:
        """Code of a need for reliability; a new one is added. Raises ValueError outside 0 to 1."""
        if not 0.0 <= value <= 1.0:
            raise ValueError(f"minimum_reliability: {value!r} is not between 0 and 1")
        self.need_levels, code = _with_value(self.need_levels, value, np.uint16, "needs")
        self._was_served = np.resize(self._was_served, self.need_levels.size)
        self._must_look_at_all = True
        return code

    def code_of_weight(self, value: float) -> int:
        """Code of a weight of quality; a new one is added. Raises ValueError below 0."""
        if not 0.0 <= value < np.inf:
            raise ValueError(f"quality_weight: {value!r} is not a weight of at least 0")
        self.weights, code = _with_value(self.weights, value, np.uint8, "weights")
        return code


_METHODS: dict[str, Any] = {
    name: vars(CustomerPopulation)[name]
    for name in ("make_offer_table", "choose_providers", "choose_secondaries")
}
_FUNCTIONS: dict[str, Any] = {
    name: getattr(enterprise_choice, name) for name in ("wants_to_move", *_METHODS)
}


def _with_value(
    values: Floats, value: float, dtype: type[np.unsignedinteger[Any]], what: str
) -> tuple[Floats, int]:
    """The values with one more unless it is there, and its place."""
    found = np.flatnonzero(values == value)
    if found.size:
        return values, int(found[0])
    if values.size > np.iinfo(dtype).max:
        raise ValueError(f"a population holds at most {values.size} different {what}")
    return np.append(values, value), values.size
