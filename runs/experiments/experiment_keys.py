"""Tables for people who write experiments: keys of the file, names of outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import PydanticUndefined

from runs.experiments.experiment import EXPERIMENT_KEYS, Arm, Design, Experiment, Vary
from runs.single_run.outcomes import OUTCOMES, WAYS, market_indicators

if TYPE_CHECKING:
    from market.parameters.world import MarketParameters

_TYPES = {"bool": "true or false", "int": "whole number", "float": "number", "str": "text"}


def key_rows() -> list[tuple[str, str, str, str]]:
    """Key, type, default and meaning of everything that an experiment file may say."""
    tables: list[tuple[str, Any, tuple[str, ...]]] = [
        ("experiment.", Experiment, EXPERIMENT_KEYS),
        ("design.", Design, tuple(Design.model_fields)),
        ('vary."PATH".', Vary, tuple(Vary.model_fields)),
        ("arms.", Arm, tuple(Arm.model_fields)),
    ]
    return [
        (prefix + key, *_describe(model.model_fields[key]))
        for prefix, model, keys in tables
        for key in keys
    ]


def _describe(field: Any) -> tuple[str, str, str]:
    kind = str(getattr(field.annotation, "__name__", field.annotation))
    text = str(field.annotation) if "|" in str(field.annotation) or "[" in kind else kind
    default = field.get_default(call_default_factory=True)
    shown = "" if default is PydanticUndefined or default is None else _value(default)
    return _type(text), shown, field.description or ""


def _type(text: str) -> str:
    """A Python type in words."""
    if text.startswith("int | str"):
        return "number or share"
    first = text.replace(" | None", "").split(" | ")[0]
    if first.startswith("tuple"):
        return "list"
    if first.startswith(("dict", "typing.Literal")):
        return "table" if first.startswith("dict") else "word"
    return _TYPES.get(first, "word")


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def output_rows(parameters: MarketParameters) -> list[tuple[str, str, str]]:
    """Name, unit and meaning of everything that can be measured in a world."""
    from market.indicators import MODEL_INDICATORS, agent_indicators
    from market.network_indicators import FIRM_NETWORK, MARKET_NETWORK

    rows = [(o.name, o.unit, o.meaning) for o in OUTCOMES.values()]
    rows.append(("defaulted:FIRM", "1", "Whether this firm failed."))
    names = market_indicators()
    rows += [
        (f"{i.name}:WAY", i.unit, i.meaning)
        for i in (*MODEL_INDICATORS, *MARKET_NETWORK)
        if i.name in names
    ]
    groups = zip(
        ("LAB", "CLOUD", "CHIPMAKER", "INVESTOR"), agent_indicators().values(), strict=True
    )
    rows += [
        (f"{group}.{i.name}:WAY", i.unit, i.meaning)
        for group, indicators in groups
        for i in (*indicators, *FIRM_NETWORK)
    ]
    rows += [(f"WAY = {way}", "", meaning) for way, meaning in WAYS.items()]
    firms = (
        ("LAB", parameters.labs),
        ("CLOUD", parameters.clouds),
        ("CHIPMAKER", parameters.chipmakers),
        ("INVESTOR", parameters.investors),
    )
    return rows + [
        (f"{group} = {key}", "", own.name) for group, own_of in firms for key, own in own_of.items()
    ]
