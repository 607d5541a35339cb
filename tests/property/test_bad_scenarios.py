"""Whatever stands in a scenario file, it is read, or refused in one line."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from market.parameters.schema import leaves
from market.parameters.world import MarketParameters
from market.scenario import (
    FOLDER,
    ScenarioError,
    dump_scenario,
    parse_override,
    read_scenario,
    scenario_names,
    scenario_table,
    toml_key,
    toml_value,
)

LINES = (FOLDER / "minimal.toml").read_text(encoding="utf-8").splitlines(keepends=True)
PATHS = [leaf.path for leaf in leaves()]
SPECIAL = [
    "nan",
    "inf",
    "-1",
    "0",
    "1e400",
    "9" * 30,
    "true",
    "'x'",
    "[]",
    "{}",
    "1979-05-27",
    "''",
]

values = st.one_of(
    st.sampled_from(SPECIAL),
    st.integers().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(toml_value),
    st.text(max_size=8).map(toml_value),
)


def _array(parts: list[str]) -> str:
    return f"[{', '.join(parts)}]"


@pytest.fixture(scope="module")
def path() -> Iterator[Path]:
    with TemporaryDirectory() as folder:
        yield Path(folder) / "scenario.toml"


def read_or_refuse(path: Path, content: bytes) -> MarketParameters | None:
    """The parameters, or None when the file was refused in one line."""
    path.write_bytes(content)
    try:
        scenario = read_scenario(path)
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1
        assert error.reason
        return None
    assert scenario_table(scenario)
    return scenario.parameters


@given(st.binary(max_size=200))
def test_random_bytes(path: Path, content: bytes) -> None:
    read_or_refuse(path, content)


@given(st.text(max_size=200))
def test_random_text(path: Path, text: str) -> None:
    read_or_refuse(path, text.encode("utf-8", errors="surrogatepass"))


@settings(max_examples=200)
@given(st.integers(0, len(LINES) - 1), st.integers(0, 80), st.text(max_size=3), st.integers(0, 3))
def test_a_slip_of_the_pen(path: Path, line: int, at: int, text: str, gone: int) -> None:
    old = LINES[line]
    new = old[:at] + text + old[at + gone :]
    changed = [*LINES[:line], new, *LINES[line + 1 :]]
    read_or_refuse(path, "".join(changed).encode("utf-8", errors="surrogatepass"))


@settings(max_examples=200)
@given(
    st.sampled_from(PATHS), st.sampled_from(["lab", "cloud", "chip", "one", "next", "new"]), values
)
def test_any_value_at_any_key(path: Path, keys: tuple[str, ...], entry: str, value: str) -> None:
    name = ".".join(entry if key == "*" else key for key in keys)
    line = f"{name} = {value}\n"
    world = read_or_refuse(path, f'extends = "minimal"\n{line}'.encode())
    if world is not None:
        assert read_or_refuse(path, dump_scenario(world).encode()) == world


@given(st.lists(st.sampled_from(LINES), max_size=30))
def test_lines_in_any_order(path: Path, lines: list[str]) -> None:
    read_or_refuse(path, "".join(lines).encode())


@given(st.recursive(values, lambda inner: st.lists(inner, max_size=3).map(_array), max_leaves=8))
def test_nested_arrays(path: Path, value: str) -> None:
    read_or_refuse(path, f"extends = {value}\nremove = {value}\nlabs = {value}".encode())


@given(st.text(max_size=40))
def test_any_name_of_a_scenario(name: str) -> None:
    if name not in scenario_names():
        with pytest.raises(ScenarioError) as caught:
            read_scenario(name)
        assert len(str(caught.value).splitlines()) == 1


@given(st.text(max_size=12), st.text(max_size=12))
def test_any_override(left: str, right: str) -> None:
    try:
        read_scenario("minimal", [f"{left}={right}"])
    except ScenarioError as error:
        assert len(str(error).splitlines()) == 1


@given(st.lists(st.text(min_size=1, max_size=6), min_size=1, max_size=4), st.floats(-1e9, 1e9))
def test_an_override_says_what_it_says(keys: list[str], value: float) -> None:
    if all(key.isprintable() and "=" not in key for key in keys):
        text = f"{'.'.join(toml_key(key) for key in keys)}={value!r}"
        assert parse_override(text) == (tuple(keys), value)
