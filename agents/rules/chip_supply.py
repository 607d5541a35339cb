"""How a chipmaker builds capacity, commits to inputs, values its stock and asks for advances."""


def wanted_output(
    orders: float, growth: float, lag: int, excess_backlog: float, workoff: float
) -> float:
    """Return the output per quarter that is wanted when capacity ordered now is ready.

    Args:
        orders: Usual orders per quarter, thousand chips.
        growth: Growth of them that is expected, per quarter.
        lag: Quarters until the capacity is ready.
        excess_backlog: Order book over the normal one, thousand chips; may be negative.
        workoff: Quarters in which an excess is to be worked off.

    Source: production for orders and for an order book of normal length, Holt, Modigliani, Muth
    and Simon (1960). To work off the whole book at once would build capacity that stands idle.
    """
    expected: float = orders * (1.0 + growth) ** lag
    return max(0.0, expected + excess_backlog / workoff)


def expansion(
    wanted: float,
    output: float,
    under_way: float,
    growth: float,
    backlog_ratio: float,
    rush: float,
) -> float:
    """Return the output per quarter that is ordered now, never negative.

    Args:
        wanted: Output per quarter that it wants when this is ready, thousand chips.
        output: Output that it can make now, thousand chips per quarter.
        under_way: Output ordered before and not ready.
        growth: Most that a normal order book adds, as a part of output.
        backlog_ratio: Order book over the normal one.
        rush: How much more is added at twice the normal order book; more than that hurries nobody.

    Returns:
        Thousand chips per quarter.

    Source: the flexible accelerator with rising adjustment cost, Chenery (1952), Eisner and Strotz
    (1963); a longer order book speeds expansion, Zarnowitz (1962).
    """
    hurry = 1.0 + rush * min(1.0, max(0.0, backlog_ratio - 1.0))
    return max(0.0, min(wanted - output - under_way, growth * hurry * output))


def committed_inputs(
    sales: float, growth: float, quarters: int, capacity: float, share: float, spare: float
) -> float:
    """Return for how many chips inputs are committed to, to be taken ``quarters`` from now.

    Args:
        sales: Chips that it makes for orders now, thousands per quarter.
        growth: Growth of sales that it expects, per quarter, above -1.
        quarters: How far ahead inputs must be ordered.
        capacity: Output that it can make then, thousands.
        share: Part of what it expects to make that is committed; the rest is bought when needed.
        spare: Stock, in thousands, that can be sold instead.

    Returns:
        Thousands of chips, never negative.

    Source: newsvendor under a lead time, with a fixed critical share (Arrow, Harris and Marschak
    1951); purchase commitments that cannot be cancelled, Cachon (2004).
    """
    expected: float = sales * (1.0 + growth) ** quarters
    return max(0.0, share * min(expected, capacity) - spare)


def chips_to_make(orders: float, stock: float, output: float, committed: float) -> float:
    """Return how many chips are made: for orders beyond stock, and whatever inputs must be taken.

    Args:
        orders: Chips on order, thousands.
        stock: Chips in stock, thousands.
        output: Output that it can make, thousands.
        committed: Chips whose inputs were bought for good and arrive now, thousands.
    """
    return max(committed, min(output, max(0.0, orders - stock)))


def stock_value(
    stock: float,
    cost: float,
    price: float,
    newness: float,
    usual: float,
    salvage: float,
) -> float:
    """Return what stock may be carried at: the lower of cost and net realisable value.

    Args:
        stock: Chips in stock, thousands.
        cost: What they are carried at, money per thousand.
        price: Price of a thousand new chips.
        newness: Compute of a chip in stock over that of a new one, 0 to 1.
        usual: Stock that normal sales will take, thousands; the rest is excess.
        salvage: What excess stock fetches, as a part of the price.

    Returns:
        Money, at most stock times cost.

    Source: lower of cost and net realisable value, IAS 2 (and ASC 330).
    """
    worth = price * newness
    sold = min(stock, usual)
    return sold * min(cost, worth) + (stock - sold) * min(cost, salvage * worth)


def advance_wanted(
    orders: float, price: float, share: float, paid: float, backlog_ratio: float, booked_out: float
) -> float:
    """Return the advance that a chipmaker asks of a buyer now, in money, never negative.

    Args:
        orders: Chips that the buyer has on order, thousands.
        price: Price of a thousand chips.
        share: Part of open orders that is paid in advance.
        paid: Advance that the buyer has paid and not got back in chips.
        backlog_ratio: Order book over the normal one.
        booked_out: Order book, so measured, from which it asks at all.

    Source: advances as a ration card when supply is short; prepayment and the seller's bargaining
    power, Mateut (2014).
    """
    if backlog_ratio < booked_out:
        return 0.0
    return max(0.0, share * orders * price - paid)
