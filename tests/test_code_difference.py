"""The page of the gradient check shows a bug as a diff of the correct code."""

import pytest

from scratchnet.charts.gradient_check import difference
from scratchnet.lessons.planted_bugs import BUGS, correct, source


@pytest.mark.parametrize("name", BUGS)
def test_a_difference_is_the_function_with_the_lines_of_the_bug_marked(name):
    bug = BUGS[name]
    lines = difference(bug).splitlines()
    for sides, function in ((" -", correct(bug)), (" +", bug.function)):
        assert [line[1:] for line in lines if line[0] in sides] == source(function).splitlines()
    out, put = ([line[1:].strip() for line in lines if line[0] == sign] for sign in "-+")
    assert set(out) <= set(bug.line.splitlines())
    assert set(put) <= set(bug.by.splitlines())
    assert put
