"""Partial evaluation: what is left of a program when some of its values are known.

A script has one run, with one activation and one optimizer. So of the functions in nn/ it gets what is
left when these are known: a name is replaced by the function that it chooses, a branch that is never
taken goes, and so does an argument that is known. Checks go as well, since the settings are checked.
The formulas are those that run; what a function does with buffers is made plain by formula.py.

Only source code of scratchnet is evaluated. What is not known stays as it is.
"""

import ast
import builtins
import inspect
import io
import sys
import tokenize
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import deepcopy
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, NamedTuple

import numpy as np

from scratchnet.export.formula import Step, buffer_of, is_short, plain, plain_body

PACKAGE = "scratchnet."


class Unknown(Exception):  # noqa: N818  it says what a value is, as NotAllowed does
    """The value of an expression is not known before the program runs."""


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
        self._residuals: dict[tuple[FunctionType, str], Residual] = {}

    def define(self, name: str, node: ast.stmt) -> ast.Name:
        """Put a definition into the program, unless it is there, and return its name."""
        name = name.lstrip("_")
        there = self.definitions.setdefault(name, node)
        if ast.dump(there) != ast.dump(node):
            raise RuntimeError(f"The script would have two definitions of {name}.")
        return ast.Name(name, ast.Load())

    def residual(self, function: FunctionType, known: dict[str, object]) -> Residual:
        """Return what is left of a function when these parameters of it are known."""
        key = function, repr(sorted(known.items()))
        if key not in self._residuals:
            self._residuals[key] = self._residual(function, known)
        return self._residuals[key]

    def _residual(self, function: FunctionType, known: dict[str, object]) -> Residual:
        space = vars(sys.modules[function.__module__])
        node = deepcopy(_definition(function))
        closure = inspect.getclosurevars(function).nonlocals
        names = {each.arg for each in _parameters(node)} | _stored(node.body)
        evaluator = Evaluator(self, space, known | closure, names - known.keys())
        node.body = evaluator.body(node.body)
        used = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        optional = {
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.default is not parameter.empty
        }
        dropped = frozenset(known) | frozenset(optional - used)
        left = [ast.arg(each.arg) for each in _parameters(node) if each.arg not in dropped]
        node.args = ast.arguments([], left, None, [], [], None, [])
        node.name, node.returns = node.name.lstrip("_"), None
        _, *body = node.body if ast.get_docstring(node) else (None, *node.body)
        expression = body[0].value if len(body) == 1 and isinstance(body[0], ast.Return) else None
        identity = isinstance(expression, ast.Name)
        short = identity or function not in _chosen(function.__module__) and expression is not None and is_short(expression)
        return Residual(node, dropped, expression is not None and short)


class Evaluator(ast.NodeTransformer):
    """Rewrites the statements of one function, in which ``space`` are the names of its module.

    ``known`` are the values of names that are known, ``unknown`` the names whose values are not.
    """

    def __init__(
        self, program: Program, space: dict[str, Any], known: Mapping[str, object], unknown: set[str]
    ):
        self.program, self.space = program, space
        self.known = dict(known) | program.given
        self.unknown = unknown - self.known.keys()
        self._same: dict[str, ast.expr] = {}  # numbers that stand for their names
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

    def value(self, node: ast.expr) -> Any:
        """Return the value of an expression; raises Unknown."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if not (names - _stored([node])) & self.unknown:
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

    # Statements ------------------------------------------------------------------------------------

    def _statement(self, node: ast.stmt) -> Iterable[ast.stmt]:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is not None:
            return method(node)
        return self._unless_absent(self.generic_visit(node))

    def _unless_absent(self, node: ast.stmt) -> list[ast.stmt]:
        """Return a statement, unless it has to do with something that is known to be None."""
        names = {each.id for each in ast.walk(node) if isinstance(each, ast.Name)}
        if not any(name in self.known and self.known[name] is None for name in names):
            return [node]
        new = {name for name in _stored([node]) if name not in self.space}
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
            return [ast.Expr(ast.Constant(value.value.partition("\n")[0]))]
        if _is_check(value):
            return []
        if isinstance(value, ast.Call) and isinstance(value.func, ast.Attribute) and self.is_known(value):
            return []  # evaluated, it has changed what is known
        if isinstance(value, ast.Call) and (written := buffer_of(value, self._ufunc(value.func))):
            name, result = written
            self.known.pop(name, None)
            self.unknown.add(name)
            return [Step([ast.Name(name, ast.Store())], self.visit(result), name in self._views)]
        return self._unless_absent(self.generic_visit(node))

    def _assign(self, node: ast.Assign) -> list[ast.stmt]:
        (target,) = node.targets
        if isinstance(target, ast.Name) and target.id in self.program.given:
            return []
        if isinstance(node.value, ast.IfExp) and self.is_known(node.value.test):
            node.value = node.value.body if self.value(node.value.test) else node.value.orelse
        if _is_check(node.value):
            node.value = _checked(node.value, target)
        if _is_call_of(node.value, "np.empty", "np.empty_like", "np.asarray"):
            return []
        is_new = not isinstance(target, ast.Subscript)
        is_new = is_new and not isinstance(node.value, ast.Constant | ast.Dict | ast.List)
        if is_new and self.is_known(node.value):
            return self._note(node)
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Name):
            self._views |= _stored([target])
        buffer = isinstance(node.value, ast.Call) and self._ufunc(node.value.func)
        is_step = isinstance(buffer, np.ufunc) and len(node.value.args) > buffer.nin
        is_number = self._is_number(node.value)
        node = self.generic_visit(node)
        if is_number:
            self._same[_name_of(target)] = node.value
            self.unknown.discard(_name_of(target))
            return []
        if is_step:
            return [Step(node.targets, node.value, kept=False)]
        return self._unless_absent(node) if _without_itself(node) else []

    def _note(self, node: ast.Assign) -> list[ast.stmt]:
        """Note the values that a statement makes known."""
        names = _stored(node.targets)
        found: dict[str, Any] = {}
        code = compile(ast.fix_missing_locations(ast.Module([node], [])), "scratchnet", "exec")
        exec(code, self.space | self.known, found)
        self.known |= found
        self.unknown -= names
        self._noted.append(node)
        return [node]

    def _spell(self, node: ast.Assign, used: set[str]) -> bool:
        """Write the value that a statement has made known, and return whether it is needed."""
        names = [name for name in _stored(node.targets) if name in used]
        if len(names) > 1:
            raise RuntimeError(f"The values of {names} come from one statement.")
        for name in names:
            node.targets, node.value = [ast.Name(name, ast.Store())], self._literal(self.known[name])
        return bool(names)

    def _if(self, node: ast.If) -> Iterable[ast.stmt]:
        test = self._tested(node.test)
        if isinstance(test, ast.Constant):
            return self.block(node.body if test.value else node.orelse)
        body, orelse = self.block(node.body), self.block(node.orelse)
        if not body or isinstance(body[0], ast.Raise):
            return orelse
        return [ast.If(test, body, orelse)]

    def _for(self, node: ast.For) -> list[ast.stmt]:
        node.iter, node.body = self.visit(node.iter), self.block(node.body)
        return [node]

    def _functiondef(self, node: ast.FunctionDef) -> list[ast.stmt]:
        node.body = self.block(node.body)
        return [node]

    # Expressions -----------------------------------------------------------------------------------

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
        if _is_own(value) and value.__name__ != "<lambda>":
            defaults = inspect.signature(value).parameters.values()
            known = {each.name: each.default for each in defaults if each.default is not each.empty}
            return self.program.define(value.__name__, self.program.residual(value, known).node)
        return None

    def _literal(self, value: Any) -> ast.expr:
        if isinstance(value, tuple | list):
            entries = [self._literal(each) for each in value]
            kind = ast.Tuple if isinstance(value, tuple) else ast.List
            return kind(entries, ast.Load())
        return self._function(value) or ast.Constant(value)

    def visit_Name(self, node: ast.Name) -> ast.expr:
        name = node.id
        if isinstance(node.ctx, ast.Store) or name in self.unknown or name in self.program.given:
            return node
        if name in self._same:
            return deepcopy(self._same[name])
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
            definition, space = _assignment(node.id, self.space)
            Evaluator(self.program, space, {}, set()).visit(definition.value)
            return self.program.define(node.id, definition)
        elif not _is_own(value):
            self.program.imports.add(f"from {value.__module__} import {node.id}")
        return node

    def _number_in(self, name: str) -> ast.expr:
        """Return the number that the array, or table of arrays, of that name is made of."""
        definition, space = _assignment(name, self.space)
        (number,) = definition.value.args
        return Evaluator(self.program, space, {}, set()).visit(deepcopy(number))

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        return self._number_in(node.value.id) if self._is_number(node) else self.generic_visit(node)

    def _is_number(self, node: ast.expr) -> bool:
        """Return whether this is a number, by the type of the arrays that it is for."""
        if not isinstance(node, ast.Subscript) or _name_of(node.value) in {"", *self.unknown}:
            return False
        table = self.space.get(_name_of(node.value))
        return isinstance(table, dict) and np.dtype(np.float64) in table

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        if isinstance(node.value, ast.Subscript) and self.is_known(node.value.value):
            entries = self.value(node.value.value)
            if isinstance(entries, dict):  # a field of an entry: a table of this field alone
                used = {key: getattr(entries[key], node.attr) for key in entries if key in self.choices}
                keys = [ast.Constant(key) for key in used]
                table = ast.Dict(keys, [self._literal(each) for each in used.values()])
                name = self.program.define(*_named(f"{node.attr}s".upper(), table))
                return ast.Subscript(name, self.visit(node.value.slice), ast.Load())
        return self.generic_visit(node)

    @property
    def choices(self) -> frozenset[str]:
        """The names of entries that the program uses."""
        return self.program.choices

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        stops = isinstance(node.op, ast.Or)  # the value at which the others do not matter
        left: list[ast.expr] = []
        for each in map(self._tested, node.values):
            if not isinstance(each, ast.Constant):
                left.append(each)
            elif bool(each.value) == stops:
                return each
        return ast.BoolOp(node.op, left) if len(left) > 1 else (*left, ast.Constant(not stops))[0]

    def _tested(self, node: ast.expr) -> ast.expr:
        """Return a condition, as True or False where it is known."""
        return ast.Constant(bool(self.value(node))) if self.is_known(node) else self.visit(node)

    def visit_IfExp(self, node: ast.IfExp) -> ast.expr:
        test = self._tested(node.test)
        if isinstance(test, ast.Constant):
            return self.visit(node.body if test.value else node.orelse)
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_ListComp(self, node: ast.ListComp) -> ast.expr:
        loop, *others = node.generators
        if others or not self.is_known(loop.iter):
            return self.generic_visit(node)
        entries = []
        for value in self.value(loop.iter):
            name = {loop.target.id}
            known = self.known | {loop.target.id: value}
            one = Evaluator(self.program, self.space, known, self.unknown - name)
            entries.append(one.visit(deepcopy(node.elt)))
        return ast.List(entries, ast.Load())

    def visit_Call(self, node: ast.Call) -> ast.expr:
        if _is_check(node):
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
            return self.visit(node.args[0].value)  # what a container is made of, Container(*parts)
        return self._call(function, node) if _is_own(function) else self.generic_visit(node)

    def _call(self, function: FunctionType, node: ast.Call) -> ast.expr:
        """Return the call of a function of scratchnet, or what stands for it."""
        if any(isinstance(each, ast.Starred) for each in node.args):
            name = node.func.attr if _is_lambda(function) else function.__name__
            called = self.program.define(name, self._as_function(function, name))
            return ast.Call(called, [self.visit(each) for each in node.args], [])
        parameters = inspect.signature(function).parameters
        keywords = {each.arg: each.value for each in node.keywords}
        given = inspect.signature(function).bind(*node.args, **keywords).arguments
        known = {
            name: each.default
            for name, each in parameters.items()
            if name not in given and each.default is not each.empty
        }
        for name, argument in given.items():
            optional = parameters[name].default is not inspect.Parameter.empty
            if self.is_known(argument) and _is_choice(argument, value := self.value(argument), optional):
                known[name] = value
        residual = self._of_lambda(function) if _is_lambda(function) else None
        residual = residual or self.program.residual(function, known)
        passed = {
            name: self.visit(argument)
            for name, argument in given.items()
            if name not in residual.dropped
        }
        if residual.inline and (expression := _replaced(residual.node, passed)) is not None:
            return expression
        positional = [passed[name] for name in [*given][: len(node.args)] if name in passed]
        named = [ast.keyword(name, passed[name]) for name in keywords if name in passed]
        return ast.Call(self.program.define(function.__name__, residual.node), positional, named)

    def _of_lambda(self, function: FunctionType) -> Residual:
        return Residual(self._as_function(function, "one"), frozenset(), True)

    def _as_function(self, function: FunctionType, name: str) -> ast.FunctionDef:
        """Return a function or lambda as a definition of that name."""
        if not _is_lambda(function):
            return self.program.residual(function, {}).node
        node = deepcopy(_lambda(function))
        closure = inspect.getclosurevars(function).nonlocals
        names = {each.arg for each in node.args.args}
        space = vars(sys.modules[function.__module__])
        body = Evaluator(self.program, space, closure, names).visit(node.body)
        return ast.FunctionDef(name, node.args, [ast.Return(body)], [], lineno=0)

    def _ufunc(self, node: ast.expr) -> object:
        """Return the function that an expression is known to be, else None."""
        return self.value(node) if self.is_known(node) else None


def _is_own(value: object) -> bool:
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
    is_numpy = isinstance(node, ast.Attribute) and _name_of(node.value) == "np"
    return is_numpy or isinstance(getattr(node, "ctx", None), ast.Store)


def _is_check(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and _name_of(node.func).startswith("check_")


def _name_of(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _is_call_of(node: ast.expr, *names: str) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) in names


def _checked(node: ast.Call, target: ast.expr) -> ast.expr:
    """Return what a check returns: what it is given, which may stand after its name."""
    values = node.args[isinstance(node.args[0], ast.Constant) :]
    if isinstance(target, ast.Tuple):
        return ast.Tuple(values[: len(target.elts)], ast.Load())
    return values[0]


def _without_itself(node: ast.Assign) -> bool:
    """Take out of ``a, b = a, c`` what changes nothing, or is called _; return whether anything is left."""
    (target,), value = node.targets, node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = zip(target.elts, value.elts, strict=True)
        pairs = [(t, v) for t, v in pairs if ast.unparse(t) not in ("_", ast.unparse(v))]
        if not pairs:
            return False
        targets, values = ([*each] for each in zip(*pairs, strict=True))
        one = len(pairs) == 1
        node.targets = [targets[0] if one else ast.Tuple(targets, ast.Store())]
        node.value = values[0] if one else ast.Tuple(values, ast.Load())
    return ast.unparse(node.targets[0]) != ast.unparse(node.value)


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value, lineno=0)


def _named(name: str, value: ast.expr) -> tuple[str, ast.Assign]:
    return name, _assign(name, value)


def _stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that these nodes give values to."""
    names = (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name))
    return {each.id for each in names if isinstance(each.ctx, ast.Store)}


def _parameters(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def _replaced(node: ast.FunctionDef, passed: dict[str, ast.expr]) -> ast.expr | None:
    """Return the one expression of a function with arguments put in, unless one would be twice."""
    expression = deepcopy(node.body[-1].value)
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


@cache
def _chosen(module: str) -> set[FunctionType]:
    """Return the functions that tables of a module hold: each keeps its name in a program."""
    tables = [each for each in vars(sys.modules[module]).values() if isinstance(each, dict)]
    entries = [entry for table in tables for entry in table.values()]
    fields = [field for entry in entries if isinstance(entry, tuple) for field in entry]
    return {each for each in [*entries, *fields] if isinstance(each, FunctionType)}


@cache
def _tree(module: str) -> ast.Module:
    """Return the source of a module, with the comment at the end of each statement in it."""
    source = inspect.getsource(sys.modules[module])
    return commented(source)


def commented(source: str) -> ast.Module:
    """Return source code as a tree, in which each statement has a ``comment``, and those ``above``."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {each.start[0]: each.string for each in tokens if each.type == tokenize.COMMENT}
    lines, tree = source.splitlines(), ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            node.comment = comments.get(node.end_lineno, "")
            start = node.lineno - 1
            while start > 0 and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            node.above = [line.strip() for line in lines[start : node.lineno - 1]]
    return tree


def _definition(function: FunctionType) -> ast.FunctionDef:
    body = _tree(function.__module__).body
    return next(n for n in body if isinstance(n, ast.FunctionDef) and n.name == function.__name__)


def _lambda(function: FunctionType) -> ast.Lambda:
    line = function.__code__.co_firstlineno
    nodes = ast.walk(_tree(function.__module__))
    return next(n for n in nodes if isinstance(n, ast.Lambda) and n.lineno == line)


def _assignment(name: str, space: dict[str, Any]) -> tuple[ast.Assign, dict[str, Any]]:
    """Return the statement that gives a value to a name in this module, or where that has it from."""
    for node in _tree(space["__name__"]).body:
        if isinstance(node, ast.ImportFrom) and name in [each.name for each in node.names]:
            return _assignment(name, vars(sys.modules[node.module]))
        if isinstance(node, ast.Assign) and name in _stored(node.targets):
            return _alone(node, name), space
    raise RuntimeError(f"{name} is not defined in {space['__name__']}.")


def _alone(node: ast.Assign, name: str) -> ast.Assign:
    """Return the statement that gives a value to this name only."""
    (target,), value = node.targets, node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        at = [each.id for each in target.elts].index(name)
        return _assign(name, deepcopy(value.elts[at]))
    return deepcopy(node)
