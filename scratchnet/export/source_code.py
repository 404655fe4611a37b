"""The source code of scratchnet as trees: what functions and names are defined as."""

import ast
import inspect
import io
import sys
import tokenize
from collections.abc import Iterable
from copy import deepcopy
from functools import cache
from types import FunctionType
from typing import Any


@cache
def chosen(module: str) -> set[FunctionType]:
    """Return the functions that tables of a module hold: each keeps its name in a program."""
    tables = [each for each in vars(sys.modules[module]).values() if isinstance(each, dict)]
    entries = [entry for table in tables for entry in table.values()]
    fields = [field for entry in entries if isinstance(entry, tuple) for field in entry]
    return {each for each in [*entries, *fields] if isinstance(each, FunctionType)}


@cache
def tree_of(module: str) -> ast.Module:
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
            start = node.lineno - 1
            while start > 0 and lines[start - 1].lstrip().startswith("#"):
                start -= 1
            above = [line.strip() for line in lines[start : node.lineno - 1]]
            vars(node).update(comment=comments.get(node.end_lineno or 0, ""), above=above)
    return tree


def definition_of(function: FunctionType) -> ast.FunctionDef:
    body = tree_of(function.__module__).body
    return next(n for n in body if isinstance(n, ast.FunctionDef) and n.name == function.__name__)


def lambda_of(function: FunctionType) -> ast.Lambda:
    line = function.__code__.co_firstlineno
    nodes = ast.walk(tree_of(function.__module__))
    return next(n for n in nodes if isinstance(n, ast.Lambda) and n.lineno == line)


def assignment_of(name: str, space: dict[str, Any]) -> tuple[ast.Assign, dict[str, Any]]:
    """Return the statement that gives a value to a name in this module, or where that has it from."""
    for node in tree_of(space["__name__"]).body:
        if (
            isinstance(node, ast.ImportFrom)
            and node.module
            and name in [each.name for each in node.names]
        ):
            return assignment_of(name, vars(sys.modules[node.module]))
        if isinstance(node, ast.Assign) and name in stored(node.targets):
            return _alone(node, name), space
    raise RuntimeError(f"{name} is not defined in {space['__name__']}.")


def _alone(node: ast.Assign, name: str) -> ast.Assign:
    """Return the statement that gives a value to this name only."""
    (target,), value = node.targets, node.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        at = [ast.unparse(each) for each in target.elts].index(name)
        return ast.Assign([ast.Name(name, ast.Store())], deepcopy(value.elts[at]), lineno=0)
    return deepcopy(node)


def parameters_of(node: ast.FunctionDef) -> list[ast.arg]:
    return [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]


def stored(nodes: Iterable[ast.AST]) -> set[str]:
    """Return the names that these nodes give values to."""
    names = (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name))
    return {each.id for each in names if isinstance(each.ctx, ast.Store)}
