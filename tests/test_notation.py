"""How numbers are written: groups are taken only where no other reading is possible."""

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scratchnet.data.notation import COMMA, NOTATIONS, POINT, Notation, looks_numeric, notation_of

POINT_GROUPS, COMMA_GROUPS = Notation(".", ","), Notation(",", ".")


@pytest.mark.parametrize(
    ("notation", "text", "number"),
    [
        (POINT, "1.5", 1.5),
        (POINT, "+.5", 0.5),
        (POINT, "1.", 1.0),
        (POINT, "-2.5e-3", -0.0025),
        (POINT, "1E+2", 100),
        (POINT, "\u22123", -3),
        (POINT, "\u20133.5e\u22122", -0.035),
        (POINT, "1 234.5", 1234.5),
        (POINT, "1\u00a0234\u202f567", 1234567),
        (POINT, "1'234.5", 1234.5),
        (POINT, "-inf", -np.inf),
        (POINT, "1e999", np.inf),
        (COMMA, "1,5", 1.5),
        (COMMA, "1,5e3", 1500),
        (COMMA, "-,5", -0.5),
        (COMMA, "1\u00a0234,5", 1234.5),
        (COMMA, "7", 7),
        (POINT_GROUPS, "1,234.5", 1234.5),
        (POINT_GROUPS, "1,234,567", 1234567),
        (POINT_GROUPS, "1234.5", 1234.5),
        (COMMA_GROUPS, "1.234,5", 1234.5),
        (COMMA_GROUPS, "1.200", 1200),
        (COMMA_GROUPS, "1,5", 1.5),
    ],
)
def test_a_text_is_a_number_in_its_notation(notation, text, number):
    assert notation.number(text) == number
    assert looks_numeric(text)


@pytest.mark.parametrize(
    ("notation", "text"),
    [
        *[
            (POINT, text)
            for text in ("1,5", "1,234.5", "1.2.3", "12 34", "1 2345", "1''234", "--1", "")
        ],
        *[
            (POINT, text)
            for text in ("1_0", "0x10", "１", "nan", "1e", ".", "5 cm", "$5", "1.5.", "=1")
        ],
        *[(COMMA, text) for text in ("1.5", "1,", "1.234,5", "1,2,3")],
        *[(POINT_GROUPS, text) for text in ("1,5", "1,2345", "12345,678", "1.234,5")],
        *[(COMMA_GROUPS, text) for text in ("1.5", "1.2345", "1,234.5")],
    ],
)
def test_a_text_is_no_number_in_another(notation, text):
    assert np.isnan(notation.number(text))


def test_percent_signs_are_left_out_where_all_have_one():
    assert POINT.numbers(["5%", "1.5 %", ""])[:2].tolist() == [5, 1.5]
    assert np.isnan(POINT.numbers(["5%", "0.5"])).tolist() == [True, False]


@given(st.floats(-1e9, 1e9, allow_nan=False), st.sampled_from(NOTATIONS))
def test_any_number_that_is_written_is_read(number, notation):
    assert notation.number(repr(number).replace(".", notation.decimal)) == number
    grouped = f"{number:_.3f}".replace(".", notation.decimal).replace("_", notation.group or "\u00a0")
    assert notation.number(grouped) == pytest.approx(number, abs=0.0006)


@pytest.mark.parametrize(
    ("texts", "separator", "notation"),
    [
        (["1.5", "2", "a"], ",", POINT),
        (["1,5", "2", "a"], ";", COMMA),
        (["1,5", "2", "a"], ",", COMMA),
        (["a,b", "1.5"], ";", POINT),
        (["1,5", "2.5", "3.5"], ";", POINT),
        (["1,5", "2,5", "3.5"], ";", COMMA),
        (["1.200", "950"], ";", POINT),
        (["19,000", "5"], ";", COMMA),
        (["19,000", "5"], ",", POINT),
        (["19,000", "1,234,567"], ",", POINT_GROUPS),
        (["19,000.50", "5"], ",", POINT_GROUPS),
        (["1.234,5", "12,5", "1.200"], ";", COMMA_GROUPS),
        (["1.234.567", "950.000"], "\t", COMMA_GROUPS),
        (["01.02.2020", "1,5"], ";", COMMA),
        (["12,5 %", "1"], ";", COMMA),
        (["192.168.1.1", "1.5"], ";", POINT),
        ([], ",", POINT),
    ],
)
def test_groups_are_taken_only_where_no_other_reading_is_possible(texts, separator, notation):
    assert notation_of(texts, separator) == notation


def test_a_long_text_that_is_almost_a_number_is_found_to_be_none_in_linear_time():
    def seconds(n):
        start = time.process_time()
        for text in ("1" * n + "x", "1 " * (n // 2), "1,111" * (n // 5), "111'" * (n // 4) + "x"):
            assert not looks_numeric(text)
            notation_of([text], ";")
        return time.process_time() - start

    assert seconds(400_000) < 40 * (seconds(40_000) + 0.01)


def test_a_notation_is_chosen_by_its_example():
    assert [notation.example for notation in NOTATIONS] == ["1234.5", "1234,5", "1,234.5", "1.234,5"]
