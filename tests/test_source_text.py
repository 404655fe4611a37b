"""A program is written as ruff formats it."""

import ast
import subprocess
import sys

import pytest

from scratchnet.export.source_code import commented
from scratchnet.export.source_text import written

LONG = "value_of_something"
SOURCES = [
    'text = f"W{l}" + "b"\n',
    "a, b = b, a**2 + (a + b) ** 2 + X[:, start : start + n] + 2.0**-40\n",
    "def f(x):\n    return x, 1\n\n\na = 1  # why\n\n# A comment,\n# and more.\nb = 2\n",
    "if a:\n    for x, y in (a, b):\n        x[0] += 1\nelse:\n    b = 3\n",
    f"result = function_of({', '.join([LONG] * 5)})\n",
    f"    return np.stack([{', '.join(['np.where(a, b)'] * 9)}])\n",
    f"a = f({LONG}, [{', '.join([LONG] * 4)}], (x, y), {{'a': 1}})\n",
]


@pytest.mark.parametrize("source", SOURCES)
def test_a_program_is_written_as_ruff_formats_it(source):
    source = "def f():\n" + source if source.startswith(" ") else source
    text = written(commented(source).body)
    assert ast.dump(ast.parse(text)) == ast.dump(ast.parse(source))
    ruff = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", "--line-length", "104"]
    done = subprocess.run([*ruff, "-"], input=source, capture_output=True, text=True, check=True)
    assert text == done.stdout
