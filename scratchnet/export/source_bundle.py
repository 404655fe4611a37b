"""Bundle the source code that a script needs: the functions of network.py and all that they use.

What is needed is found by following names from definition to definition. Every definition is taken as
it stands in its module, with the comments above it; no import of scratchnet is left.
"""

import ast
import tokenize
from collections import Counter
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from io import StringIO
from pathlib import Path
from typing import NamedTuple

WIDTH = 104
ROOT = Path(__file__).parent.parent  # of scratchnet
NETWORK = "nn.network"


class Part(NamedTuple):
    """A definition in a module, with the comments above it.

    ``names`` are those that it defines, ``needs`` all that stand in it.
    """

    module: str
    text: str
    names: frozenset[str]
    needs: frozenset[str]


class Module(NamedTuple):
    """A module taken apart.

    ``origins`` says by name where it is defined: ("nn.costs", "targets") is in scratchnet, and
    ("from numpy import", "add") elsewhere.
    """

    docstring: str
    origins: dict[str, tuple[str, str]]
    parts: list[Part]


def heading(text: str) -> str:
    """Return a line that begins a section."""
    return f"\n# {text} ".ljust(WIDTH, "-") + "\n"


@cache
def library(others: tuple[tuple[str, str], ...]) -> tuple[list[str], list[str], list[str]]:
    """Return all of network.py, these ``others``, each as (module, name), and what they need.

    Returns the lines of imports, the definitions by sections, and the names that had to change.
    """
    network = [(NETWORK, name) for part in _module(NETWORK).parts for name in part.names]
    parts, imports = _needed([*network, *others])
    times = Counter(name for part in parts for name in part.names)
    renamed = {
        (part.module, name): f"{_last(part.module)}_{name}"
        for part in parts
        for name in part.names
        if times[name] > 1 and part.module != NETWORK
    }
    uses = {
        name: sorted({place for place, _ in _module(name).origins.values()} - {name})
        for name in sorted({part.module for part in parts})
    }
    order = [name for name in TopologicalSorter(uses).static_order() if name in uses]
    sections = [_section(name, parts, renamed) for name in order]
    return _import_lines(imports), sections, sorted(renamed.values())


def _needed(todo: list[tuple[str, str]]) -> tuple[set[Part], set[tuple[str, str]]]:
    """Return the parts and imports that these names, each as (place, name), need in turn."""
    parts: set[Part] = set()
    imports = {("import", "os")}
    while todo:
        place, name = todo.pop()
        if "import" in place:
            imports.add((place, name))
            continue
        module = _module(place)
        found = {part for part in module.parts if name in part.names} - parts
        parts |= found
        todo += [
            module.origins[need] for part in found for need in part.needs if need in module.origins
        ]
    return parts, imports


def _import_lines(imports: set[tuple[str, str]]) -> list[str]:
    """Return the lines of imports, one per place, whole modules first."""
    names: dict[str, list[str]] = {}
    for place, name in sorted(imports):
        names.setdefault(place, []).append(name)
    modules = [f"import {name}" for name in names.pop("import")]
    return modules + [f"{place} {', '.join(each)}" for place, each in names.items()]


def _section(name: str, parts: set[Part], renamed: dict[tuple[str, str], str]) -> str:
    """Return the parts of this module, in their order, below its docstring."""
    module = _module(name)
    text = "\n".join([module.docstring, *(part.text for part in module.parts if part in parts)])
    names = {each: renamed[origin] for each, origin in module.origins.items() if origin in renamed}
    return f"{heading(f'{_last(name)}.py')}\n{_with_names(text, names)}\n"


def _last(module: str) -> str:
    """Return the name of a module without its package."""
    return module.rpartition(".")[2]


def _with_names(source: str, names: dict[str, str]) -> str:
    """Return the source with names replaced, but not in strings and comments."""
    lines = source.splitlines(keepends=True)
    for token in reversed([*tokenize.generate_tokens(StringIO(source).readline)]):
        if token.type == tokenize.NAME and token.string in names:
            (row, start), (_, end) = token.start, token.end
            line = lines[row - 1]
            lines[row - 1] = line[:start] + names[token.string] + line[end:]
    return "".join(lines)


@cache
def _module(name: str) -> Module:
    """Return the module of that name, taken apart."""
    path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    source = path.read_text("utf-8")
    lines = source.splitlines()
    docstring, *others = ast.parse(source).body
    end = docstring.end_lineno
    module = Module("\n".join(lines[:end]), {}, [])
    for node in others:
        text, end = "\n".join(lines[end : node.end_lineno]), node.end_lineno
        if isinstance(node, ast.Import | ast.ImportFrom):
            module.origins.update(_imported(node))
        else:
            part = Part(name, text, *_names(node))
            module.parts.append(part)
            module.origins.update({each: (name, each) for each in part.names})
    return module


def _imported(node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, tuple[str, str]]]:
    """Yield what a statement imports, by name, with its origin."""
    module = "" if isinstance(node, ast.Import) else node.module or ""
    for alias in node.names:
        name = alias.asname or alias.name
        if not module:
            yield name, ("import", ast.unparse(alias))
        elif module.startswith("scratchnet."):
            yield name, (module.removeprefix("scratchnet."), alias.name)
        else:
            yield name, (f"from {module} import", ast.unparse(alias))


def _names(node: ast.stmt) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that a statement defines, and all that it uses."""
    names = [each for each in ast.walk(node) if isinstance(each, ast.Name)]
    stored = frozenset(each.id for each in names if isinstance(each.ctx, ast.Store))
    defined = frozenset([node.name]) if hasattr(node, "name") else stored
    return defined, frozenset(each.id for each in names)
