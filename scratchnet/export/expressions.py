"""What is left of the expressions of a function when some of its values are known."""

import ast
import builtins
import inspect
import sys
from collections.abc import Mapping
from copy import deepcopy
from types import FunctionType, ModuleType
from typing import Any, Self, TypeGuard

import numpy as np

from scratchnet.export.formula import is_short, plain
from scratchnet.export.program import Program, Residual
from scratchnet.export.source_code import (
    assignment_of,
    chosen,
    definition_of,
    lambda_of,
    parameters_of,
    stored,
)

PACKAGE = "scratchnet."


class Unknown(Exception):  # noqa: N818  it says what a value is, as NotAllowed does
    """The value of an expression is not known before the program runs."""


class Expressions(ast.NodeTransformer):
    """Rewrites the expressions of one function, in which ``space`` are the names of its module.

    ``known`` are the values of names that are known, ``unknown`` the names whose values are not.
    """

    def __init__(
        self, program: Program, space: dict[str, Any], known: Mapping[str, object], unknown: set[str]
    ):
        self.program, self.space = program, space
        self.known = dict(known) | program.given
        self.unknown = unknown - self.known.keys()
        self.same: dict[str, ast.expr] = {}  # numbers that stand for their names

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression; raises Unknown."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if not (names - stored([node])) & self.unknown:
            code = compile(ast.fix_missing_locations(ast.Expression(node)), "scratchnet", "eval")
            try:
                return eval(code, self.space | self.known)
            except Exception as error:
                raise Unknown from error
        if isinstance(node, ast.Subscript):  # whichever it is of entries that are all the same
            entries = self.value(node.value)
            if isinstance(entries, tuple | list) and entries and all(e == entries[0] for e in entries):
                return entries[0]
        raise Unknown

    def is_known(self, node: ast.expr) -> bool:
        """Return whether the value of an expression is known."""
        try:
            self.value(node)
        except Unknown:
            return False
        return True

    def visit(self, node: ast.AST) -> Any:
        """Return an expression rewritten; a function that it is known to be is named."""
        if isinstance(node, ast.expr) and not _is_plain(node):
            try:
                named = self._function(self.value(node))
            except Unknown:
                named = None
            if named is not None:
                return named
        return super().visit(node)

    def _function(self, value: object) -> ast.expr | None:
        """Return the name of a function, which the program then has; None for anything else."""
        if isinstance(value, np.ufunc):
            self.program.imports.add("import numpy as np")
            return ast.Attribute(ast.Name("np", ast.Load()), value.__name__, ast.Load())
        if _is_own(value) and not _is_lambda(value):
            residual = self.residual(value, _defaults(value))
            return self.program.define(value.__name__, residual.node)
        return None

    def literal(self, value: Any) -> ast.expr:
        if isinstance(value, tuple | list):
            entries = [self.literal(each) for each in value]
            kind = ast.Tuple if isinstance(value, tuple) else ast.List
            return kind(entries, ast.Load())
        return self._function(value) or ast.Constant(value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if isinstance(node.ctx, ast.Store) or name in self.unknown or name in self.program.given:
            return node
        if name in self.same:
            return deepcopy(self.same[name])
        if name in self.space and name not in self.known:
            return self._global(node, self.space[name])
        if name not in self.known and not hasattr(builtins, name):
            raise RuntimeError(f"{name} is not defined.")
        return node

    def _global(self, node: ast.Name, value: object) -> ast.expr:
        """Return what stands for a name of the module."""
        if isinstance(value, ModuleType):
            name = value.__name__
            self.program.imports.add(f"import {name}" + f" as {node.id}" * (node.id != name))
        elif isinstance(value, np.ndarray):  # a number as an array of no dimension, for speed
            return self._number_in(node.id)
        elif isinstance(value, int | float):
            definition, space = assignment_of(node.id, self.space)
            type(self)(self.program, space, {}, set()).visit(deepcopy(definition.value))
            return self.program.define(node.id, definition)
        elif not _is_own(value):
            self.program.imports.add(f"from {value.__module__} import {node.id}")
        return node

    def _number_in(self, name: str) -> ast.expr:
        """Return the number that the array, or table of arrays, of that name is made of."""
        definition, space = assignment_of(name, self.space)
        assert isinstance(definition.value, ast.Call)
        (number,) = definition.value.args
        return type(self)(self.program, space, {}, set()).visit(deepcopy(number))

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        return (
            self._number_in(name_of(node.value)) if self.is_number(node) else self.generic_visit(node)
        )

    def is_number(self, node: ast.expr) -> bool:
        """Return whether this is a number, by the type of the arrays that it is for."""
        if not isinstance(node, ast.Subscript) or name_of(node.value) in {"", *self.unknown}:
            return False
        table = self.space.get(name_of(node.value))
        return isinstance(table, dict) and np.dtype(np.float64) in table

    def visit_Attribute(self, node: ast.Attribute) -> Any:
        if not isinstance(node.value, ast.Subscript) or not self.is_known(node.value.value):
            return self.generic_visit(node)
        # A field of some entry: a table of this field alone, of those entries that are used.
        entries, field = self.value(node.value.value), node.attr
        used = {key: getattr(entries[key], field) for key in entries if key in self.program.choices}
        table = ast.Dict([*map(ast.Constant, used)], [*map(self.literal, used.values())])
        name = f"{field}s".upper()
        return ast.Subscript(
            self.program.define(name, assign(name, table)), self.visit(node.value.slice), ast.Load()
        )

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        stops = isinstance(node.op, ast.Or)  # the value at which the others do not matter
        left: list[ast.expr] = []
        for each in map(self.tested, node.values):
            if not isinstance(each, ast.Constant):
                left.append(each)
            elif bool(each.value) == stops:
                return each
        return ast.BoolOp(node.op, left) if len(left) > 1 else (*left, ast.Constant(not stops))[0]

    def tested(self, node: ast.expr) -> ast.expr:
        """Return a condition, as True or False where it is known."""
        return ast.Constant(bool(self.value(node))) if self.is_known(node) else self.visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = self.tested(node.test)
        if isinstance(test, ast.Constant):
            return self.visit(node.body if test.value else node.orelse)
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_ListComp(self, node: ast.ListComp) -> Any:
        loop, *others = node.generators
        if others or not self.is_known(loop.iter):
            return self.generic_visit(node)
        entries = []
        for value in self.value(loop.iter):
            known = self.known | {name_of(loop.target): value}
            one = type(self)(self.program, self.space, known, self.unknown)
            entries.append(one.visit(deepcopy(node.elt)))
        return ast.List(entries, ast.Load())

    def visit_Call(self, node: ast.Call) -> Any:
        if is_check(node):
            return self.visit(node.args[1])
        try:
            function = self.value(node.func)
        except Unknown:
            return self.generic_visit(node)
        if isinstance(function, np.ufunc):
            arguments = [self.visit(each) for each in node.args[: function.nin]]
            return plain(function, arguments, self.visit(node.func))
        if function == np.add.reduce:
            node.func = ast.parse("np.sum", mode="eval").body
        if isinstance(function, type) and function.__module__.startswith(PACKAGE):
            (parts,) = node.args  # what a container is made of, Container(*parts)
            assert isinstance(parts, ast.Starred)
            return self.visit(parts.value)
        return self._call(function, node) if _is_own(function) else self.generic_visit(node)

    def _call(self, function: FunctionType, node: ast.Call) -> ast.expr:
        """Return the call of a function of scratchnet, or what stands for it."""
        if any(isinstance(each, ast.Starred) for each in node.args):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else name_of(node.func)
            name = name if _is_lambda(function) else function.__name__
            called = self.program.define(name, self._as_function(function, name))
            return ast.Call(called, [self.visit(each) for each in node.args], [])
        keywords = {each.arg: each.value for each in node.keywords if each.arg}
        given = inspect.signature(function).bind(*node.args, **keywords).arguments
        if _is_lambda(function):
            residual = Residual(self._as_function(function, "one"), frozenset(), True)
        else:
            residual = self.residual(function, self._known_of(function, given))
        passed = {
            name: self.visit(each) for name, each in given.items() if name not in residual.dropped
        }
        if residual.inline and (expression := _replaced(residual.node, passed)) is not None:
            return expression
        positional = [passed[name] for name in [*given][: len(node.args)] if name in passed]
        named = [ast.keyword(name, passed[name]) for name in keywords if name in passed]
        return ast.Call(self.program.define(function.__name__, residual.node), positional, named)

    def _known_of(self, function: FunctionType, given: Mapping[str, ast.expr]) -> dict[str, object]:
        """Return the parameters that are known when a function is called with these arguments."""
        defaults = _defaults(function)
        known = {name: value for name, value in defaults.items() if name not in given}
        for name, argument in given.items():
            if self.is_known(argument):
                value = self.value(argument)
                if _is_choice(argument, value, name in defaults):
                    known[name] = value
        return known

    def _as_function(self, function: FunctionType, name: str) -> ast.FunctionDef:
        """Return a function or lambda as a definition of that name."""
        if not _is_lambda(function):
            return self.residual(function, {}).node
        node = deepcopy(lambda_of(function))
        names = {each.arg for each in node.args.args}
        value = self._inside(function, {}, names).visit(node.body)
        return ast.FunctionDef(name, node.args, [ast.Return(value)], [], lineno=0)

    def residual(self, function: FunctionType, known: dict[str, object]) -> Residual:
        """Return what is left of a function when these parameters of it are known."""
        residuals, key = self.program.residuals, (function, repr(sorted(known.items())))
        if key not in residuals:
            residuals[key] = self._residual(function, known)
        return residuals[key]

    def _residual(self, function: FunctionType, known: dict[str, object]) -> Residual:
        node = deepcopy(definition_of(function))
        names = {each.arg for each in parameters_of(node)} | stored(node.body)
        inside = self._inside(function, known, names - known.keys())
        node.body = inside.body(node.body)
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        dropped = frozenset(known) | (_defaults(function).keys() - used)
        left = [ast.arg(each.arg) for each in parameters_of(node) if each.arg not in dropped]
        node.args = ast.arguments([], left, None, [], [], None, [])
        node.name, node.returns = node.name.lstrip("_"), None
        return Residual(node, dropped, _is_inline(node, function in chosen(function.__module__)))

    def _inside(self, function: FunctionType, known: dict[str, object], unknown: set[str]) -> Self:
        """Return what rewrites the inside of a function."""
        space = vars(sys.modules[function.__module__])
        known = known | dict(inspect.getclosurevars(function).nonlocals)
        return type(self)(self.program, space, known, unknown)

    def body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return what is left of all statements of a function."""
        raise NotImplementedError

    def function_of(self, node: ast.expr) -> object:
        """Return the function that an expression is known to be, else None."""
        return self.value(node) if self.is_known(node) else None


def _is_own(value: object) -> TypeGuard[FunctionType]:
    return isinstance(value, FunctionType) and value.__module__.startswith(PACKAGE)


def _is_lambda(function: FunctionType) -> bool:
    return function.__name__ == "<lambda>"


def _is_choice(argument: ast.expr, value: object, optional: bool) -> bool:
    """Return whether a known argument makes another function of it: a name, say, or none."""
    if value is None:
        return optional
    return isinstance(argument, ast.Name) or not isinstance(value, int | float)


def _is_plain(node: ast.expr) -> bool:
    """Return whether a node is the target of a statement, or a name of NumPy as it is."""
    is_numpy = isinstance(node, ast.Attribute) and name_of(node.value) == "np"
    return is_numpy or isinstance(getattr(node, "ctx", None), ast.Store)


def name_of(node: ast.expr) -> str:
    """Return the name that an expression is, or no text."""
    return node.id if isinstance(node, ast.Name) else ""


def _defaults(function: FunctionType) -> dict[str, object]:
    parameters = inspect.signature(function).parameters.values()
    return {each.name: each.default for each in parameters if each.default is not each.empty}


def _is_inline(node: ast.FunctionDef, is_chosen: bool) -> bool:
    """Return whether the expression of a function stands for a call of it.

    One that returns what it is given always does; one that has been chosen keeps its name.
    """
    *before, last = node.body
    if any(not isinstance(each, ast.Expr) for each in before) or not isinstance(last, ast.Return):
        return False
    assert last.value is not None
    return isinstance(last.value, ast.Name) or (not is_chosen and is_short(last.value))


def _replaced(node: ast.FunctionDef, passed: dict[str, ast.expr]) -> ast.expr | None:
    """Return the one expression of a function with arguments put in, unless one would be twice."""
    last = node.body[-1]
    assert isinstance(last, ast.Return) and last.value is not None
    expression = deepcopy(last.value)
    names = [each.id for each in ast.walk(expression) if isinstance(each, ast.Name)]
    for name, argument in passed.items():
        if names.count(name) > 1 and not isinstance(argument, ast.Name | ast.Constant):
            return None
    return Replacement(passed).visit(expression)


class Replacement(ast.NodeTransformer):
    """Puts expressions in the place of names."""

    def __init__(self, expressions: Mapping[str, ast.expr]):
        self._expressions = expressions

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Return the expression of that name, a copy."""
        return deepcopy(self._expressions.get(node.id, node))


def is_check(node: ast.expr) -> bool:
    """Return whether an expression is a check of settings or shapes."""
    return isinstance(node, ast.Call) and name_of(node.func).startswith("check_")


def assign(name: str, value: ast.expr) -> ast.Assign:
    """Return a statement that gives a value to a name."""
    return ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)
