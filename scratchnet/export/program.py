"""A program in the making: the definitions that it has so far."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from types import FunctionType
from typing import NamedTuple


class Residual(NamedTuple):
    """What is left of a function, without the parameters that are ``dropped``.

    ``inline`` says that its one expression stands for a call of it.
    """

    node: ast.FunctionDef
    dropped: frozenset[str]
    inline: bool


class Program:
    """A program that grows by the definitions that it needs, each after those that it needs itself.

    ``definitions`` are these by name, ``imports`` the lines of imports. ``given`` are names that the
    program defines at its top, with the values that they have there; ``choices`` are the names of
    entries that it uses, in whatever table.
    """

    def __init__(self, given: Mapping[str, object], choices: Iterable[str]):
        self.given, self.choices = dict(given), frozenset(choices)
        self.definitions: dict[str, ast.stmt] = {}
        self.imports: set[str] = set()
        self.residuals: dict[tuple[FunctionType, str], Residual] = {}

    def define(self, name: str, node: ast.stmt) -> ast.Name:
        """Put a definition into the program, unless it is there, and return its name."""
        name = name.lstrip("_")
        there = self.definitions.setdefault(name, node)
        if ast.dump(there) != ast.dump(node):
            raise RuntimeError(f"The script would have two definitions of {name}.")
        return ast.Name(name, ast.Load())

    def statements(self) -> Iterator[ast.stmt]:
        """Yield the definitions; neighbouring numbers stand as in their modules."""
        parts = groupby(self.definitions.values(), lambda each: isinstance(each, ast.FunctionDef))
        for is_function, part in parts:
            nodes = [*part]
            yield from nodes if is_function else sorted(nodes, key=lambda each: each.lineno)
