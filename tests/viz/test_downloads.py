"""Tables that leave the app open again in pandas, with equal values."""

import io
from zipfile import ZipFile

import pandas as pd
import pytest

from viz.recording.tables import csv_bytes, file_name, parquet_bytes, plain, zip_bytes


def frame() -> pd.DataFrame:
    return pd.DataFrame({"quarter": ["2025Q3", "2025Q4"], "cash_usd": [17.5e9, None]})


def test_csv_opens_again() -> None:
    pd.testing.assert_frame_equal(pd.read_csv(io.BytesIO(csv_bytes(frame()))), frame())


def test_parquet_opens_again() -> None:
    back = pd.read_parquet(io.BytesIO(parquet_bytes(frame())))
    assert back["cash_usd"].tolist()[0] == 17.5e9
    assert back["quarter"].tolist() == ["2025Q3", "2025Q4"]


def test_matrix_keeps_the_names_of_its_rows() -> None:
    matrix = pd.DataFrame({"Labs": [1.0], "Sum": [0.0]}, index=["Deposits"])
    back = pd.read_csv(io.BytesIO(csv_bytes(matrix)))
    assert back.columns.tolist() == ["row", "Labs", "Sum"]
    assert back["row"].tolist() == ["Deposits"]


def test_several_levels_of_rows_become_columns() -> None:
    index = pd.MultiIndex.from_tuples([("a", 1)], names=["firm", None])
    table = plain(pd.DataFrame({0: [1.0]}, index=index))
    assert table.columns.tolist() == ["firm", "level_1", "0"]


def test_columns_of_several_types_become_texts() -> None:
    mixed = pd.DataFrame({"value": [1.5, "never", None]})
    back = pd.read_parquet(io.BytesIO(parquet_bytes(mixed)))
    assert back["value"].tolist()[:2] == ["1.5", "never"]
    assert pd.isna(back["value"].tolist()[2])
    assert mixed["value"].tolist()[0] == 1.5  # the table that was given stays as it was


def test_same_tables_same_bytes() -> None:
    files = {"a.csv": csv_bytes(frame()), "b.parquet": parquet_bytes(frame())}
    assert zip_bytes(files) == zip_bytes(dict(files))
    with ZipFile(io.BytesIO(zip_bytes(files))) as archive:
        assert archive.namelist() == ["a.csv", "b.parquet"]
        assert archive.read("a.csv") == files["a.csv"]


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        (("Reference", 42, "CapEx / quarter"), "reference-42-capex-quarter.csv"),
        (("../../etc/passwd",), "etc-passwd.csv"),
        ((None, ""), "kaartenhuis.csv"),
    ],
)
def test_file_names_are_safe(parts: tuple[object, ...], name: str) -> None:
    assert file_name(*parts, suffix="csv") == name
