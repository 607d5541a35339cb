"""Scenario discovery with a classification tree (CART): regions as rules in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from runs.analysis.analysis_frame import Analysis, AnalysisProblem, Floats, is_text, texts_of
from runs.analysis.discovery import Cases

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
