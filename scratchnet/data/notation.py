"""How the numbers of a file are written: the decimal mark, and the mark between groups of three digits.

A file does not say it. The plainest notation that reads the most values is taken, and digits are taken
to stand in groups only where a value can be read in no other way: "1.200" is 1.2, unless the file
holds "1.234,5" or "1.234.567" as well. Where another reading is possible it is offered, see Column.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

MINUS = "-\u2212\u2013"  # the minus sign and the dash that word processors write
GAPS = " \u00a0\u2009\u202f'\u2019"  # spaces and apostrophes: between digits they only make groups


class Notation(NamedTuple):
    """The decimal mark of numbers, and the mark between groups of three digits, if there is one."""

    decimal: str = "."
    group: str = ""

    @property
    def example(self) -> str:
        """A number in this notation, by which to choose it."""
        return f"1{self.group}234{self.decimal}5"

    def numbers(self, texts: Sequence[str]) -> np.ndarray:
        """Return the texts as numbers, (m,), ±inf for infinite ones and nan for what is none.

        "5 %" is 5 where all of them have the sign.
        """
        if in_percent(texts):
            texts = [text.removesuffix("%").rstrip() for text in texts]
        fullmatch = _pattern(self).fullmatch
        return np.array([self._value(text) if fullmatch(text) else np.nan for text in texts])

    def number(self, text: str) -> float:
        """Return the number that a text stands for, or nan."""
        return self._value(text) if self.reads(text) else np.nan

    def _value(self, text: str) -> float:
        """Return the number that a text is in this notation."""
        if self.decimal != "." or self.group:
            text = text.replace(self.group, "").replace(self.decimal, ".")
        try:
            return float(text)
        except ValueError:
            return float(text.translate(_PLAIN))

    def reads(self, text: str) -> bool:
        """Return whether a text is a number in this notation."""
        return _pattern(self).fullmatch(text) is not None

    def is_grouped(self, text: str) -> bool:
        """Return whether the marks of a text can only be those of groups and then decimals."""
        group, decimal = map(re.escape, (self.group, self.decimal))
        several = rf"[{MINUS}+]?[0-9]{{1,3}}(?:{group}[0-9]{{3}})+(?:{group}[0-9]{{3}}|{decimal}[0-9]+)"
        return bool(self.group) and re.fullmatch(several, text) is not None

    def is_ambiguous(self, text: str) -> bool:
        """Return whether the decimal mark of a number may as well be one of groups, as in 1.200."""
        mark = re.escape(self.decimal)
        groups = rf"[{MINUS}+]?[1-9][0-9]{{0,2}}{mark}[0-9]{{3}}"
        return not self.group and re.fullmatch(groups, text) is not None


# What spreadsheets and programs write where a value is missing; the last ones may also be a class.
ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!")
MISSING = frozenset({"", "NA", "NaN", "nan", "NULL", "null", "<NA>", *ERRORS})
DOUBTFUL = frozenset({"?", "-", "--", ".", "None", "none", "n/a", "N/A"})
POINT, COMMA = Notation(), Notation(",")
NOTATIONS = (POINT, COMMA, Notation(".", ","), Notation(",", "."))
_PLAIN = str.maketrans(dict.fromkeys(MINUS, "-") | dict.fromkeys(GAPS, ""))


@cache
def _pattern(notation: Notation) -> re.Pattern[str]:
    """Return what a number looks like; a long text that is none is found to be none in linear time."""
    marks = re.escape(GAPS + notation.group)
    whole = rf"(?:[0-9]{{1,3}}(?:[{marks}][0-9]{{3}})+|[0-9]+)"
    part = rf"{re.escape(notation.decimal)}[0-9]"
    end = "*" if notation.decimal == "." else "+"  # "1." is a number, but "1," is a value and a comma
    finite = rf"(?:{whole}(?:{part}{end})?|{part}+)(?:[eE][{MINUS}+]?[0-9]+)?"
    return re.compile(rf"[{MINUS}+]?(?:{finite}|inf(?:inity)?)", re.IGNORECASE | re.ASCII)


def in_percent(texts: Sequence[str]) -> bool:
    """Return whether all texts but empty ones end with a percent sign."""
    return any(texts) and all(text.endswith("%") for text in texts if text)


def looks_numeric(text: str) -> bool:
    """Return whether a text is a number in any notation."""
    return any(notation.reads(text.removesuffix("%").rstrip()) for notation in NOTATIONS)


def notation_of(texts: Iterable[str], separator: str) -> Notation:
    """Return the notation of the values of a file that this separator stands between."""
    bare = {text.removesuffix("%").rstrip() for text in texts if "," in text or "." in text}
    marked = sorted(bare)
    doubtful = [text for text in marked if "," in text or text.count(".") > 1]
    if not doubtful:
        return POINT
    # In a file with commas between its values, "19,000" is no decimal comma on its own.
    clear = separator != "," or any(
        COMMA.reads(text) and not COMMA.is_ambiguous(text) for text in doubtful
    )
    possible = [POINT, *([COMMA] if clear else [])]
    possible += [grouped for grouped in NOTATIONS[2:] if any(map(grouped.is_grouped, doubtful))]
    return max(possible, key=lambda notation: sum(map(notation.reads, marked)))


def is_mostly_numeric(texts: Sequence[str]) -> bool:
    """Return whether at least half of the texts that are not missing are numbers in any notation."""
    present = [text for text in texts if text not in MISSING and text not in DOUBTFUL]
    return bool(present) and 2 * sum(map(looks_numeric, present)) >= len(present)
