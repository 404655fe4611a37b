"""Partial evaluation: what is left of a program when some of its values are known.

A script has one run, with one activation and one optimizer. So of the functions in nn/ it gets what is
left when these are known: a name is replaced by the function that it chooses, a branch that is never
taken goes, and so does an argument that is known. Checks go as well, since the settings are checked.
The formulas are those that run; what a function does with buffers is made plain by formula.py.

Only source code of scratchnet is evaluated. What is not known stays as it is.
"""

import ast
from collections.abc import Iterable
from typing import Any, TypeVar

import numpy as np

from scratchnet.export.expressions import Expressions, is_check, name_of
from scratchnet.export.formula import Step, buffer_of, plain_body
from scratchnet.export.source_code import stored

Statement = TypeVar("Statement", bound=ast.stmt)


class Evaluator(Expressions):
    """Rewrites the statements of one function, see Expressions."""

    def __init__(self, *of: Any):
        super().__init__(*of)
        self._noted: list[ast.Assign] = []  # statements that made a value known
        self._views: set[str] = set()  # parts of an argument, which stay when they are written to

    def body(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return what is left of all statements of a function, with formulas made plain."""
        left = plain_body(self.block(statements))
        others = [each for each in left if each not in self._noted]
        used = {each.id for node in others for each in ast.walk(node) if isinstance(each, ast.Name)}
        return [each for each in left if each not in self._noted or self._spell(each, used)]

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return what is left of statements in a row."""
        left: list[ast.stmt] = []
        for statement in statements:
            left += self._statement(statement)
            if left and isinstance(left[-1], ast.Return):
                break
        return left

    def _statement(self, node: ast.stmt) -> Iterable[ast.stmt]:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            return method(node)
        return self._unless_absent(self.visited(node))

    def visited(self, node: Statement) -> Statement:
        """Return a statement with its expressions rewritten."""
        self.generic_visit(node)
        return node

    def _unless_absent(self, node: ast.stmt) -> list[ast.stmt]:
        """Return a statement, unless it has to do with something that is known to be None."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if not any(name in self.known and self.known[name] is None for name in names):
            return [node]
        new = {name for name in stored([node]) if name not in self.space}
        self.known |= dict.fromkeys(new)
        self.unknown -= new
        return []

    def _assert(self, node: ast.Assert) -> list[ast.stmt]:
        return []

    def _raise(self, node: ast.Raise) -> list[ast.stmt]:
        return [node]  # a check, which goes with its condition

    def _with(self, node: ast.With) -> list[ast.stmt]:
        return self.block(node.body)  # np.errstate, which the script has at its top

    def _annassign(self, node: ast.AnnAssign) -> Iterable[ast.stmt]:
        assert node.value is not None
        return self._statement(ast.Assign([node.target], node.value, lineno=0))

    def _expr(self, node: ast.Expr) -> list[ast.stmt]:
        value = node.value
        if isinstance(value, ast.Constant):  # a docstring, of which the first line says it
            return [ast.Expr(ast.Constant(str(value.value).partition("\n")[0]))]
        if is_check(value):
            return []
        if (
            isinstance(value, ast.Call)
            and isinstance(value.func, ast.Attribute)
            and self.is_known(value)
        ):
            return []  # evaluated, it has changed what is known
        if isinstance(value, ast.Call) and (written := buffer_of(value, self.function_of(value.func))):
            name, result = written
            self.known.pop(name, None)
            self.unknown.add(name)
            return [Step([ast.Name(name, ast.Store())], self.visit(result), name in self._views)]
        return self._unless_absent(self.visited(node))

    def _assign(self, node: ast.Assign) -> list[ast.stmt]:
        (target,) = node.targets
        if isinstance(target, ast.Name) and target.id in self.program.given:
            return []
        if isinstance(node.value, ast.IfExp) and self.is_known(node.value.test):
            node.value = node.value.body if self.value(node.value.test) else node.value.orelse
        if isinstance(node.value, ast.Call) and is_check(node.value):
            node.value = _checked(node.value, target)
        if _is_call_of(node.value, "np.empty", "np.empty_like", "np.asarray"):
            return []
        is_new = not isinstance(target, ast.Subscript)
        is_new = is_new and not isinstance(node.value, ast.Constant | ast.Dict | ast.List)
        if is_new and self.is_known(node.value):
            return self._note(node)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Name):
            self._views |= stored([target])
        is_step = isinstance(node.value, ast.Call) and self._has_buffer(node.value)
        is_number = self.is_number(node.value)
        node = self.visited(node)
        if is_number:
            self.same[name_of(target)] = node.value
            self.unknown.discard(name_of(target))
            return []
        if is_step:
            return [Step(node.targets, node.value, kept=False)]
        return self._unless_absent(node) if _without_itself(node) else []

    def _has_buffer(self, node: ast.Call) -> bool:
        """Return whether a call writes its result into an array that it is given."""
        function = self.function_of(node.func)
        return isinstance(function, np.ufunc) and len(node.args) > function.nin

    def _note(self, node: ast.Assign) -> list[ast.stmt]:
        """Note the values that a statement makes known."""
        names = stored(node.targets)
        found: dict[str, Any] = {}
        code = compile(ast.fix_missing_locations(ast.Module([node], [])), "scratchnet", "exec")
        exec(code, self.space | self.known, found)
        self.known |= found
        self.unknown -= names
        self._noted.append(node)
        return [node]

    def _spell(self, node: ast.Assign, used: set[str]) -> bool:
        """Write the value that a statement has made known, and return whether it is needed."""
        names = [name for name in stored(node.targets) if name in used]
        if len(names) > 1:
            raise RuntimeError(f"The values of {names} come from one statement.")
        for name in names:
            node.targets, node.value = [ast.Name(name, ast.Store())], self.literal(self.known[name])
        return bool(names)

    def _if(self, node: ast.If) -> Iterable[ast.stmt]:
        test = self.tested(node.test)
        if isinstance(test, ast.Constant):
            return self.block(node.body if test.value else node.orelse)
        body, orelse = self.block(node.body), self.block(node.orelse)
        if not body or isinstance(body[0], ast.Raise):
            return orelse
        node.test, node.body, node.orelse = test, body, orelse
        return [node]

    def _for(self, node: ast.For) -> list[ast.stmt]:
        node.iter, node.body = self.visit(node.iter), self.block(node.body)
        return [node]

    def _functiondef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        node.body = self.block(node.body)
        return [node]


def _is_call_of(node: ast.expr, *names: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in names


def _checked(node: ast.Call, target: ast.expr) -> ast.expr:
    """Return what a check returns: what it is given, which may stand after its name."""
    values = node.args[isinstance(node.args[0], ast.Constant) :]
    if isinstance(target, ast.Tuple):
        return ast.Tuple(values[: len(target.elts)], ast.Load())
    return values[0]


def _without_itself(node: ast.Assign) -> bool:
    """Take what changes nothing, or is called _, out of ``a, b = a, c``; return whether any is left."""
    (target,), value = node.targets, node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        both = zip(target.elts, value.elts, strict=True)
        pairs = [(t, v) for t, v in both if ast.unparse(t) not in ("_", ast.unparse(v))]
        if not pairs:
            return False
        targets, values = ([*each] for each in zip(*pairs, strict=True))
        one = len(pairs) == 1
        node.targets = [targets[0] if one else ast.Tuple(targets, ast.Store())]
        node.value = values[0] if one else ast.Tuple(values, ast.Load())
    return ast.unparse(node.targets[0]) != ast.unparse(node.value)
