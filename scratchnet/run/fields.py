"""A field knows which values of a setting are allowed, and how an address holds them as text.

``check(name, value)``  returns the value as it is kept; a ValueError names the setting and what is
                        allowed
``read(text)``          returns the value that a text stands for, still to be checked; or ValueError
``write(value)``        returns the text that gives the value again
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from scratchnet.data.points import Table
from scratchnet.validation import (
    NotAllowed,
    brief,
    check_choice,
    check_layer_dims,
    check_number,
    check_whole,
)


@dataclass(frozen=True)
class IntField:
    """An integer from ``low`` to ``high``."""

    low: int
    high: int

    def check(self, name: str, value: object) -> int:
        return check_whole(name, value, self.low, self.high)

    def read(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,18}", text):
            raise ValueError("not a whole number")
        return int(text)

    write = staticmethod(str)


@dataclass(frozen=True)
class FloatField:
    """A number from ``low`` to ``high``; its text is the shortest that gives the same float again."""

    low: float
    high: float

    def check(self, name: str, value: object) -> float:
        return check_number(name, value, self.low, self.high)

    def read(self, text: str) -> float:
        if not re.fullmatch(r"-?[0-9]{0,30}\.?[0-9]{0,30}([eE][+-]?[0-9]{1,3})?", text):
            raise ValueError("not a number")
        return float(text)

    write = staticmethod(repr)


@dataclass(frozen=True)
class _Options:
    """The names that a field may have."""

    options: tuple[str, ...]


class ChoiceField(_Options):
    """One of these names."""

    def check(self, name: str, value: object) -> str:
        return check_choice(name, value, self.options)

    read = write = staticmethod(str)


class SubsetField(_Options):
    """One or more of these names, each once and in their order here; "x1-x2" in the address."""

    def check(self, name: str, value: object) -> tuple[str, ...]:
        if not isinstance(value, tuple | list) or not value:
            raise NotAllowed(
                f"{name} must be one or more of {', '.join(self.options)}, got {brief(value)}."
            )
        for each in value:
            check_choice(f"each of {name}", each, self.options)
        return tuple(option for option in self.options if option in value)

    def read(self, text: str) -> tuple[str, ...]:
        return tuple(text.split("-"))

    def write(self, value: tuple[str, ...]) -> str:
        return "-".join(value)


class PerLayerField(_Options):
    """One of these names for all layers, or one for each; "tanh" or "tanh-relu" in the address."""

    def check(self, name: str, value: object) -> str | tuple[str, ...]:
        if not isinstance(value, tuple | list) or not value:
            return check_choice(name, value, self.options)
        for l, each in enumerate(value, start=1):
            check_choice(f"{name} of layer {l}", each, self.options)
        return value[0] if len(set(value)) == 1 else tuple(value)

    def read(self, text: str) -> str | tuple[str, ...]:
        return tuple(text.split("-")) if "-" in text else text

    def write(self, value: str | tuple[str, ...]) -> str:
        return value if isinstance(value, str) else "-".join(value)


@dataclass(frozen=True)
class LayerDimsField:
    """The numbers of neurons from the features to the output layer; "2-8-8-1" in the address."""

    most_hidden: int = 6
    neurons: IntField = IntField(1, 32)

    def check(self, name: str, value: object) -> tuple[int, ...]:
        return check_layer_dims(value, None, None, self.neurons.high, self.most_hidden)

    def read(self, text: str) -> tuple[int, ...]:
        return tuple(self.neurons.read(part) for part in text.split("-"))

    def write(self, value: tuple[int, ...]) -> str:
        return "-".join(map(str, value))


@dataclass(frozen=True)
class ScheduleField:
    """Changes made during training, in the order of their epochs; "500:0.1,800:0.01" in the address.

    ``parts`` are the names and fields of the parts of one change, of which the epoch is the first.
    """

    parts: tuple[tuple[str, IntField | FloatField | ChoiceField], ...]
    example: str
    most: int = 100

    def check(self, name: str, value: object) -> tuple[tuple, ...]:
        if not isinstance(value, tuple | list):
            raise NotAllowed(
                f"{name} must be up to {self.most} changes such as {self.example}, got {brief(value)}."
            )
        if len(value) > self.most:
            raise NotAllowed(f"{name} must hold at most {self.most} changes, got {len(value)}.")
        checked = [self._checked(name, change) for change in value]
        for before, after in pairwise(checked):
            if before[:-1] >= after[:-1]:
                raise NotAllowed(
                    f"{name} must hold changes in order, each once, got {self._text(after)} after "
                    f"{self._text(before)}."
                )
        return tuple(checked)

    def _checked(self, name: str, change: object) -> tuple:
        if not isinstance(change, tuple | list) or len(change) != len(self.parts):
            raise NotAllowed(f"{name} must hold changes such as {self.example}, got {brief(change)}.")
        pairs = zip(self.parts, change, strict=True)
        return tuple(field.check(f"the {part} in {name}", number) for (part, field), number in pairs)

    def read(self, text: str) -> tuple[tuple, ...]:
        return tuple(
            tuple(
                field.read(number)
                for (_, field), number in zip(self.parts, change.split(":"), strict=True)
            )
            for change in text.split(",")
            if change
        )

    def write(self, value: tuple[tuple, ...]) -> str:
        return ",".join(map(self._text, value))

    def _text(self, change: tuple) -> str:
        pairs = zip(self.parts, change, strict=True)
        return ":".join(field.write(number) for (_, field), number in pairs)


@dataclass(frozen=True)
class PointsField:
    """A table of points, or None; compressed text in the address."""

    def check(self, name: str, value: object) -> Table | None:
        if isinstance(value, str):
            return Table.from_text(value)
        if value is not None and not isinstance(value, Table):
            raise NotAllowed(f"{name} must be a Table or None, got {brief(value)}.")
        return value

    read = staticmethod(str)

    def write(self, value: Table | None) -> str:
        return value.to_text() if value else ""


def parse(field: Any, name: str, text: str) -> Any:
    """Return the value that ``text`` stands for; a ValueError names the setting and what is allowed."""
    try:
        value = field.read(text)
    except ValueError:
        value = text  # no such value, so the check says what is allowed instead
    return field.check(name, value)
