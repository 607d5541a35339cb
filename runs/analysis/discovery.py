"""Scenario discovery: in which region of the parameters does something happen (PRIM, CART)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from market.parameters.schema import shortened
from runs.analysis.frame import (
    MAX_LOST,
    Analysis,
    AnalysisProblem,
    Floats,
    Points,
    by_point,
    codes,
    holds,
    is_text,
    lost_notes,
    texts_of,
)

type Flags = NDArray[np.bool_]
type Limits = dict[int, tuple[float, float] | frozenset[float]]
"""Column -> lowest and highest value, or the words that are allowed."""

PEEL = 0.05
"""Share of the points that one peel takes away (Friedman and Fisher 1999)."""
LEAST_MASS = 0.05
"""Share of the points at which peeling ends."""
MIN_DENSITY = 0.8
SIGNIFICANT = 0.05
"""Quasi-p-value over which a limit may be chance (Bryant and Lempert 2010)."""
EXACT = 1e-12
"""Densities that differ by less are equal: what is left is rounding."""
CASE = "(condition)"


@dataclass(frozen=True)
class Cases:
    """Where a condition holds.

    Attributes:
        names: the parameters.
        inputs: their values, one row per point.
        x: the same as numbers, nan where a parameter does not apply.
        share: share of the replicates in which the condition holds, per point.
        condition: the text.
        notes: what was left out.
    """

    names: tuple[str, ...]
    inputs: pd.DataFrame
    x: Floats
    share: Floats
    condition: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Box:
    """A region of the parameters.

    Attributes:
        limits: see ``Limits``; a parameter without an entry is free.
        inside: which points lie in it.
        coverage: share of all cases that lie in it.
        density: share of its runs that are cases.
        mass: share of all points that lie in it.
    """

    limits: Limits
    inside: Flags
    coverage: float
    density: float
    mass: float


@dataclass(frozen=True)
class Discovery:
    """What PRIM found: the analysis, every box on the way, the chosen one, and the cases."""

    analysis: Analysis
    peeling: tuple[Box, ...]
    box: Box
    cases: Cases


def find_cases(
    frame: pd.DataFrame,
    condition: str,
    varied: Sequence[str],
    arm: str | None = None,
    max_lost: float = MAX_LOST,
) -> Cases:
    """The points of a sweep and how often a condition holds there.

    A point with a run for which the condition is not known is left out and counted.

    Raises:
        AnalysisProblem: no such condition, too much is left out, or it holds always or never.
    """
    known = holds(frame, condition)
    flagged = frame.assign(**{CASE: known})
    flagged.attrs = {"outputs": [CASE], "varied": list(varied)}
    points: Points = by_point(flagged, CASE, varied, arm)
    is_known = ~np.isnan(points.means)
    lost, total = int((~is_known).sum()), len(is_known)
    notes = lost_notes(points, lost, total, "points", max_lost)
    inputs = points.inputs[is_known].reset_index(drop=True)
    share = points.means[is_known]
    if share.min() == share.max() and share[0] in {0.0, 1.0}:
        word = "always" if share[0] else "never"
        raise AnalysisProblem(
            f"--where {shortened(condition)!r} {word} holds: no region to look for"
        )
    return Cases(tuple(varied), inputs, codes(inputs), share, condition, tuple(notes))


def prim_box(cases: Cases, min_density: float = MIN_DENSITY, peel: float = PEEL) -> Discovery:
    """Find a box of parameters in which most runs are cases (PRIM, Friedman and Fisher 1999).

    Peeling: each step takes the slice away that raises the density most per point taken away, from
    an end of one parameter; where no slice raises it, the one that lowers it least goes, since a
    later one may raise it. It ends at a box that holds 5% of the points or nothing but cases.
    Chosen is the box with the largest coverage among those of at least ``min_density``, or the one
    with the largest coverage times density when no box is that dense. Pasting: slices go back on
    where the density does not fall. Limits that a binomial test finds no reason for (quasi-p-value
    over 5%, Bryant and Lempert 2010) are then dropped, the least reasonable first, where the box
    stays as dense as wanted without them; the others are named in the notes. Where a parameter does
    not apply its limits hold. With replicates a point counts with its share of cases, so density is
    the chance of a run in the box to be a case.

    Args:
        cases: from ``find_cases``.
        min_density: wanted density, 0 to 1.
        peel: share of the points that one step takes away.

    Returns:
        The boxes; the table has one row per limited parameter: parameter, low, high (or words),
        quasi_p, density_without (density of the box without this limit).
    """
    everything = np.ones(len(cases.share), dtype=np.bool_)
    boxes = [_box(cases, {}, everything)]
    while (smaller := _peel(cases, boxes[-1], peel)) is not None:
        boxes.append(smaller)
    chosen = choose_box(boxes, min_density)
    while (larger := _paste(cases, chosen, peel)) is not None:
        chosen = larger
    chosen = _simplify(cases, chosen, min(min_density, chosen.density))
    return Discovery(_analysis(cases, chosen, min_density), tuple(boxes), chosen, cases)


def _analysis(cases: Cases, chosen: Box, min_density: float) -> Analysis:
    """What there is to say about the chosen box."""
    table = _limit_table(cases, chosen)
    notes = [
        f"box: coverage {chosen.coverage:.0%} of the cases, density {chosen.density:.0%},"
        f" mass {chosen.mass:.0%} of the points; in all points {cases.share.mean():.0%} are cases",
        *cases.notes,
    ]
    if chosen.density < min_density:
        notes.insert(1, f"no box reaches the wanted density of {min_density:.0%}")
    weak = table.loc[table["quasi_p"] > SIGNIFICANT, "parameter"].tolist()
    if weak:
        notes.append(f"may be chance (quasi-p over {SIGNIFICANT:.0%}): limits of {', '.join(weak)}")
    title = f"{cases.condition}: {chosen.density:.0%} of the runs in the box, which holds"
    title = f"{title} {chosen.coverage:.0%} of the cases"
    return Analysis("prim", cases.condition, table, tuple(notes), title)


def _box(cases: Cases, limits: Limits, inside: Flags) -> Box:
    hits = float(cases.share[inside].sum())
    size = int(inside.sum())
    return Box(
        limits, inside, hits / float(cases.share.sum()), hits / max(size, 1), size / len(inside)
    )


def _peel(cases: Cases, box: Box, peel: float) -> Box | None:
    """The best smaller box; None when there is none that is large enough, or nothing to gain."""
    if box.density >= 1 - EXACT:
        return None
    best, best_gain = None, (-np.inf, 0)
    size = int(box.inside.sum())
    for column in range(cases.x.shape[1]):
        for limit in _cuts(cases, box, column, peel):
            kept = box.inside & _within(cases.x[:, column], limit)
            left = int(kept.sum())
            if left == size or left < LEAST_MASS * len(kept) or left == 0:
                continue
            rise = float(cases.share[kept].mean()) - box.density
            limits = box.limits | {column: limit}
            gain = (rise / (size - left) if rise > 0 else rise, -len(limits))
            if best is None or gain > best_gain:
                best, best_gain = _box(cases, limits, kept), gain
    return best


def _cuts(
    cases: Cases, box: Box, column: int, peel: float
) -> Iterator[tuple[float, float] | frozenset[float]]:
    """Limits that a step may set for one parameter."""
    here = cases.x[box.inside, column]
    here = here[~np.isnan(here)]
    values = np.unique(here)
    if len(values) < 2:
        return
    if is_text(cases.inputs.iloc[:, column]):
        for value in values.tolist():
            yield frozenset(each for each in values.tolist() if each != value)
        return
    low, high = box.limits.get(column, (-np.inf, np.inf))
    ordered = np.sort(here)
    count = _slice_size(len(ordered), peel)
    first, last = ordered[count], ordered[-count - 1]
    above = first if first > values[0] else values[1]
    below = last if last < values[-1] else values[-2]
    yield (_between(values, above, -1), high)
    yield (low, _between(values, below, 1))


def _slice_size(size: int, share: float) -> int:
    """Points of a slice: the share of those that are there, rounded up, but never all of them."""
    return min(int(share * (size - 1)) + 1, size - 1)


def _paste(cases: Cases, box: Box, share: float) -> Box | None:
    """The best larger box that is no less dense; None when there is none."""
    best, best_gain = None, (-np.inf, 0)
    size = int(box.inside.sum())
    for column in box.limits:
        others = _without(cases, box, column).inside
        for limit in _extensions(cases, box, column, others, _slice_size(size + 1, share)):
            limits = {c: old for c, old in box.limits.items() if c != column}
            limits |= {} if limit is None else {column: limit}
            held = others if limit is None else others & _within(cases.x[:, column], limit)
            added = int(held.sum()) - size
            rise = float(cases.share[held].mean()) - box.density
            gain = (rise / max(added, 1), -len(limits))
            if added > 0 and rise >= -EXACT and (best is None or gain > best_gain):
                best, best_gain = _box(cases, limits, held), gain
    return best


def _extensions(
    cases: Cases, box: Box, column: int, others: Flags, count: int
) -> Iterator[tuple[float, float] | frozenset[float] | None]:
    """Wider limits of one parameter, with the next points outside; None for no limit.

    Args:
        cases: all points.
        box: the box to be made larger.
        column: its limit that is made wider.
        others: points that are within all other limits.
        count: how many points one step takes in.
    """
    limit = box.limits[column]
    here = cases.x[others, column]
    values = np.unique(here[~np.isnan(here)])
    if isinstance(limit, frozenset):
        outside = [each for each in values.tolist() if each not in limit]
        yield from (None if len(outside) == 1 else limit | {each} for each in outside)
        return
    low, high = limit
    below, above = np.sort(here[here < low])[::-1], np.sort(here[here > high])
    if len(below):
        edge = below[min(count, len(below)) - 1]
        start = _between(values, edge, -1) if edge > values[0] else -np.inf
        yield None if (start, high) == (-np.inf, np.inf) else (start, high)
    if len(above):
        edge = above[min(count, len(above)) - 1]
        end = _between(values, edge, 1) if edge < values[-1] else np.inf
        yield None if (low, end) == (-np.inf, np.inf) else (low, end)


def _between(values: Floats, limit: float, step: int) -> float:
    """Half way from a limit to the next value outside it, so that it lies in the data's gap."""
    place = int(np.searchsorted(values, limit))
    return float(limit + values[place + step]) / 2


def _within(x: Floats, limit: Any) -> Flags:
    if isinstance(limit, frozenset):
        inside: Flags = np.isin(x, sorted(limit)) | np.isnan(x)
        return inside
    low, high = limit
    between: Flags = ((x >= low) & (x <= high)) | np.isnan(x)
    return between


def choose_box(boxes: Sequence[Box], min_density: float) -> Box:
    """The box of the largest coverage among the dense ones, or the best compromise without any."""
    dense = [box for box in boxes if box.density >= min_density]
    if dense:
        return max(dense, key=lambda box: box.coverage)
    return max(boxes, key=lambda box: box.coverage * box.density)


def _without(cases: Cases, box: Box, column: int) -> Box:
    """The box with one parameter freed."""
    limits = {c: limit for c, limit in box.limits.items() if c != column}
    inside = np.ones(len(cases.share), dtype=np.bool_)
    for other, limit in limits.items():
        inside &= _within(cases.x[:, other], limit)
    return _box(cases, limits, inside)


def quasi_p(cases: Cases, box: Box, column: int) -> float:
    """Chance to find so many cases in the box if the limit of a parameter meant nothing.

    Binomial: as many points as in the box, each a case with the density of the box without the
    limit. The incomplete beta function takes the shares that replicates make of points.
    """
    from scipy.special import betainc

    size, hits = float(box.inside.sum()), float(cases.share[box.inside].sum())
    density = _without(cases, box, column).density
    return float(betainc(hits, size - hits + 1, density)) if hits > 0 else 1.0


def _simplify(cases: Cases, box: Box, min_density: float) -> Box:
    while box.limits:
        worst = max(box.limits, key=lambda column: quasi_p(cases, box, column))
        freed = _without(cases, box, worst)
        if quasi_p(cases, box, worst) <= SIGNIFICANT or freed.density < min_density:
            break
        box = freed
    return box


def _limit_table(cases: Cases, box: Box) -> pd.DataFrame:
    rows = []
    for column in sorted(box.limits, key=lambda c: quasi_p(cases, box, c)):
        low, high, words = limit_of(cases, box, column)
        without = _without(cases, box, column).density
        p = quasi_p(cases, box, column)
        rows.append((cases.names[column], low, high, words, p, without))
    columns = ["parameter", "low", "high", "words", "quasi_p", "density_without"]
    return pd.DataFrame(rows, columns=columns)


def limit_of(cases: Cases, box: Box, column: int) -> tuple[float, float, str]:
    """Lowest and highest value (nan for an open end) and the words that a box allows."""
    limit = box.limits.get(column, (-np.inf, np.inf))
    values = cases.inputs.iloc[:, column]
    if isinstance(limit, frozenset):
        texts = texts_of(values)
        return np.nan, np.nan, " or ".join(texts[int(code)] for code in sorted(limit))
    low, high = limit
    if pd.api.types.is_bool_dtype(values):
        word = "" if column not in box.limits else "true" if low > 0 else "false"
        return np.nan, np.nan, word
    if pd.api.types.is_integer_dtype(values):
        low, high = float(np.ceil(low)), float(np.floor(high))
    return (low if np.isfinite(low) else np.nan), (high if np.isfinite(high) else np.nan), ""


def peeling_table(found: Discovery) -> pd.DataFrame:
    """All boxes on the way: coverage, density, mass, and the limits of each parameter."""
    rows = []
    for number, box in enumerate(found.peeling):
        row: dict[str, Any] = {"box": number, "limits": len(box.limits)}
        row |= {"coverage": box.coverage, "density": box.density, "mass": box.mass}
        for column, name in enumerate(found.cases.names):
            low, high, words = limit_of(found.cases, box, column)
            if is_text(found.cases.inputs.iloc[:, column]):
                row[f"{name} in"] = words
            else:
                row |= {f"{name} low": low, f"{name} high": high}
        rows.append(row)
    return pd.DataFrame(rows)


# --- scenario discovery with a classification tree (CART)


DEPTH = 4
FOLDS = 5
LEAST_LEAF = 5
MAJORITY = 0.5


@dataclass(frozen=True, slots=True)
class _Feature:
    """A column of the tree: a parameter, or whether it has one of its words."""

    column: int
    word: str | None = None


def cart_rules(cases: Cases, depth: int = DEPTH) -> Analysis:
    """Rules of a classification tree for where a condition holds (Breiman et al. 1984).

    A point enters as a case with weight of its share of cases and as none with the rest, so with
    replicates density is a chance. A leaf holds at least 5 points and 2% of them. Accuracy comes
    from 5-fold cross-validation over points, so that runs of a point never stand on both sides.
    Where a parameter does not apply the tree sends the point to the side that fits better.

    Args:
        cases: from ``runs.analysis.discovery.find_cases``.
        depth: longest chain of questions.

    Returns:
        One row per rule that says "case", largest coverage first: rule, coverage (share of all
        cases), density (share of cases in it), mass (share of points).

    Raises:
        AnalysisProblem: scikit-learn is not installed, or there are fewer than 20 points.
    """
    classifier = _classifier_type()
    if len(cases.share) < 4 * LEAST_LEAF:
        raise AnalysisProblem(
            f"{len(cases.share)} points are too few for a tree: {4 * LEAST_LEAF} are the least"
        )
    features, x = _features(cases)
    make = {
        "max_depth": depth,
        "min_samples_leaf": max(2 * LEAST_LEAF, int(0.04 * len(x))),  # each point stands twice
        "random_state": 1,
    }
    tree = _fit(classifier(**make), x, cases.share).tree_
    leaves = [_leaf(tree, node, cases.share, x) for node in range(tree.node_count)]
    paths = dict(_paths(tree, cases, features))
    total = float(cases.share.sum())
    rows = [
        (paths[node], hits / total, hits / size, size / len(x))
        for node, (hits, size) in enumerate(leaves)
        if node in paths and hits > MAJORITY * size
    ]
    rows.sort(key=lambda row: -row[1])
    table = pd.DataFrame(rows, columns=["rule", "coverage", "density", "mass"])
    accuracy, guess = _accuracy(classifier, make, x, cases.share)
    notes = [
        f"the rules together: coverage {table['coverage'].sum():.0%} of the cases,"
        f" density {_together(table):.0%}",
        f"accuracy {accuracy:.1%} in {FOLDS}-fold cross-validation; guessing the commoner answer"
        f" gives {guess:.1%}",
        *cases.notes,
    ]
    rules = "1 rule holds" if len(table) == 1 else f"{len(table)} rules hold"
    title = f"{cases.condition}: {rules} {table['coverage'].sum():.0%} of the cases"
    if accuracy <= guess:
        title = f"{cases.condition}: the tree is no better than a guess"
    return Analysis("cart", cases.condition, table, tuple(notes), title)


def _classifier_type() -> Any:
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise AnalysisProblem(
            "CART needs scikit-learn: install kaartenhuis[analysis], or ask with --method prim"
        ) from None
    return DecisionTreeClassifier


def _together(table: pd.DataFrame) -> float:
    mass = float(table["mass"].sum())
    return float((table["density"] * table["mass"]).sum()) / mass if mass else 0.0


def _features(cases: Cases) -> tuple[list[_Feature], Floats]:
    """Columns for the tree: numbers as they are, one column per word of a parameter of words."""
    features, columns = [], []
    for column in range(len(cases.names)):
        values = cases.inputs.iloc[:, column]
        if not is_text(values):
            features.append(_Feature(column))
            columns.append(cases.x[:, column])
            continue
        for code, word in enumerate(texts_of(values)):
            features.append(_Feature(column, word))
            columns.append((cases.x[:, column] == code).astype(np.float64))
    return features, np.column_stack(columns)


def _fit(tree: Any, x: Floats, share: Floats) -> Any:
    """Fit with each point once as a case and once as none, weighted by its shares."""
    twice = np.vstack([x, x])
    answer = np.repeat([1, 0], len(x))
    return tree.fit(twice, answer, sample_weight=np.concatenate([share, 1 - share]))


def _accuracy(classifier: Any, make: Any, x: Floats, share: Floats) -> tuple[float, float]:
    """Cross-validated share of right answers, and that of always giving the commoner one."""
    rng = np.random.default_rng(np.random.SeedSequence(1))
    fold = rng.permutation(len(x)) % FOLDS
    right = 0.0
    for number in range(FOLDS):
        test = fold == number
        tree = _fit(classifier(**make), x[~test], share[~test])
        says = tree.predict(x[test]) == 1
        right += float(np.where(says, share[test], 1 - share[test]).sum())
    rate = float(share.mean())
    return right / len(x), max(rate, 1 - rate)


def _leaf(tree: Any, node: int, share: Floats, x: Floats) -> tuple[float, int]:
    """Cases and points in a node."""
    inside = tree.decision_path(x.astype(np.float32)).toarray()[:, node] > 0
    return float(share[inside].sum()), int(inside.sum())


def _paths(tree: Any, cases: Cases, features: list[_Feature]) -> Iterator[tuple[int, str]]:
    """Leaf -> its rule in words."""
    waiting: list[tuple[int, list[tuple[int, bool]]]] = [(0, [])]
    while waiting:
        node, steps = waiting.pop()
        if tree.children_left[node] < 0:
            yield node, _words(tree, steps, cases, features)
            continue
        waiting.append((int(tree.children_right[node]), [*steps, (node, False)]))
        waiting.append((int(tree.children_left[node]), [*steps, (node, True)]))


def _words(tree: Any, steps: list[tuple[int, bool]], cases: Cases, features: list[_Feature]) -> str:
    """A chain of questions in words, one clause per parameter."""
    low: dict[_Feature, float] = {}
    high: dict[_Feature, float] = {}
    gaps = {f: f.word is None and bool(np.isnan(cases.x[:, f.column]).any()) for f in features}
    for node, is_left in steps:
        feature, limit = features[tree.feature[node]], float(tree.threshold[node])
        gaps[feature] &= bool(tree.missing_go_to_left[node]) == is_left
        if is_left:
            high[feature] = min(limit, high.get(feature, np.inf))
        else:
            low[feature] = max(limit, low.get(feature, -np.inf))
    clauses = [
        _clause(cases, feature, low.get(feature), high.get(feature))
        + (" (or does not apply)" if gaps[feature] else "")
        for feature in features
        if feature in low or feature in high
    ]
    return " and ".join(clauses) or "always"


def _clause(cases: Cases, feature: _Feature, low: float | None, high: float | None) -> str:
    name, values = cases.names[feature.column], cases.inputs.iloc[:, feature.column]
    if feature.word is not None:
        return f"{name} {'is' if low is not None else 'is not'} {feature.word}"
    if pd.api.types.is_bool_dtype(values):
        return name if low is not None else f"not {name}"
    if low is None:
        return f"{name} <= {high:.4g}"
    if high is None:
        return f"{name} > {low:.4g}"
    return f"{low:.4g} < {name} <= {high:.4g}"
