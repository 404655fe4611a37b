"""A formula is made plain: what nn/ computes step by step into buffers, for speed, is one expression.

``negative(Z, out)``, ``exp(out, out)``, ``add(out, one, out)`` and ``return divide(one, out, out)``
become ``return 1.0 / (np.exp(-Z) + 1.0)``: the same operations on the same numbers in the same order.
"""

import ast
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

OPERATORS: dict[np.ufunc, Any] = {
    np.add: ast.Add,
    np.subtract: ast.Sub,
    np.multiply: ast.Mult,
    np.divide: ast.Div,
    np.greater: ast.Gt,
    np.equal: ast.Eq,
    np.negative: ast.USub,
}

SHORT = 50  # characters


class Step(ast.Assign):
    """A step of a formula, on the way from one buffer to the next.

    One that is ``kept`` writes into an array that its caller has, such as the state of an optimizer.
    """

    _fields = ("targets", "value")

    def __init__(self, targets: list[ast.expr], value: ast.expr, kept: bool):
        super().__init__(targets, value, lineno=0)
        self.kept = kept

    @property
    def name(self) -> str:
        """The name of the buffer."""
        (target,) = self.targets
        assert isinstance(target, ast.Name)
        return target.id


def plain(function: np.ufunc, arguments: list[ast.expr], name: ast.expr) -> ast.expr:
    """Return a call of a function of NumPy, as an operator where there is one."""
    operator = OPERATORS.get(function)
    if operator is None:
        return ast.Call(name, arguments, [])
    if function.nin == 1:
        return ast.UnaryOp(operator(), *arguments)
    left, right = arguments
    if issubclass(operator, ast.cmpop):
        return ast.Compare(left, [operator()], [right])
    return ast.BinOp(left, operator(), right)


def buffer_of(call: ast.Call, function: object) -> tuple[str, ast.expr] | None:
    """Return the buffer that a call of this function fills, and what it is filled with."""
    if isinstance(call.func, ast.Attribute) and call.func.attr == "fill":
        return _name(call.func.value), call.args[0]
    if function is np.copyto:
        target, source = call.args
        (where,) = (each.value for each in call.keywords)
        return _name(target), ast.Call(
            ast.parse("np.where", mode="eval").body, [where, source, target], []
        )
    if isinstance(function, np.ufunc):
        (target,) = [*call.args[function.nin :], *(each.value for each in call.keywords)]
        return _name(target), ast.Call(call.func, call.args[: function.nin], [])
    return None


def is_short(node: ast.expr) -> bool:
    """Return whether an expression is read as easily as the name of what it computes."""
    if any(isinstance(each, ast.JoinedStr | ast.comprehension) for each in ast.walk(node)):
        return False
    return len(ast.unparse(ast.fix_missing_locations(node))) <= SHORT


def _name(node: ast.expr) -> str:
    assert isinstance(node, ast.Name)
    return node.id


def plain_body(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Return the statements of a function with its steps put into each other, where each is used once.

    A function that returns what it computes just before is put into one expression as well.
    """
    left = [*statements]
    match [each for each in left if not isinstance(each, ast.Expr)]:
        case [ast.Assign(targets=[ast.Name()]) as only, ast.Return(value=ast.expr() as value)] if (
            is_short(ast.Tuple([only.value, value], ast.Load()))
        ):
            left[left.index(only)] = Step(only.targets, only.value, kept=False)
    while (at := _next(left)) is not None:
        step, user = left[at : at + 2]
        assert isinstance(step, Step)
        merged = _Put(step.name, step.value).visit(user)
        left[at : at + 2] = [merged]
    return [_as_statement(each) if isinstance(each, Step) else each for each in left]


def _next(statements: Sequence[ast.stmt]) -> int | None:
    """Return where there is a step that can be put into the next statement."""
    for at, (step, user) in enumerate(pairwise(statements)):
        if not isinstance(step, Step) or not isinstance(user, ast.Assign | ast.Return):
            continue
        ends = _stores(user, step.name)
        again = next((each for each in statements[at + 2 :] if _loads(each, step.name)), None)
        over = next((each for each in statements[at + 2 :] if _stores(each, step.name)), None)
        last = (
            ends
            or again is None
            or (over is not None and statements.index(over) < statements.index(again))
        )
        if step.kept:
            last = ends and isinstance(user, Step) and user.kept
        if last and _loads(user, step.name) == 1:
            return at
    return None


def _loads(node: ast.stmt, name: str) -> int:
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name) and each.id == name]
    return sum(isinstance(each.ctx, ast.Load) for each in names)


def _stores(node: ast.stmt, name: str) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return any(isinstance(each, ast.Name) and each.id == name for each in targets)


class _Put(ast.NodeTransformer):
    """Puts an expression where a name is used."""

    def __init__(self, name: str, expression: ast.expr):
        self._name, self._expression = name, expression

    def visit_Name(self, node: ast.Name) -> ast.expr:
        used = node.id == self._name and isinstance(node.ctx, ast.Load)
        return self._expression if used else node


def _as_statement(step: Step) -> ast.Assign:
    if not step.kept:
        return ast.Assign(step.targets, step.value, lineno=0)
    whole = ast.Subscript(ast.Name(step.name, ast.Load()), ast.Slice(), ast.Store())
    return ast.Assign([whole], step.value, lineno=0)
