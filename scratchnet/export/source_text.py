"""Source text: a program, which is a tree, written as lines that a person would write."""

import ast
import re
from collections.abc import Iterable

WIDTH = 104
INDENT = 4 * " "
PAIRS = {")": "(", "]": "[", "}": "{"}


def written(statements: Iterable[ast.stmt]) -> str:
    """Return statements of a module as text: two empty lines around functions, one above comments."""
    text, before = "", False
    for node in statements:
        function = isinstance(node, ast.FunctionDef)
        gap = "\n\n" if function or before else "\n" if getattr(node, "above", ()) else ""
        text += (gap if text else "") + "".join(f"{line}\n" for line in _lines(node, ""))
        before = function
    return text


def _lines(node: ast.stmt, indent: str) -> list[str]:
    """Return the lines of a statement."""
    above = [indent + line for line in getattr(node, "above", ())]
    if isinstance(node, ast.FunctionDef | ast.For | ast.If):
        lines = [*above, *_wrapped(indent, _head(node)), *_block(node.body, indent)]
        if isinstance(node, ast.If) and node.orelse:
            lines += [f"{indent}else:", *_block(node.orelse, indent)]
        return lines
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        sentence = str(node.value.value)
        return [f'{indent}"""{_shortened(sentence, WIDTH - len(indent) - 6)}"""']
    comment = getattr(node, "comment", "")
    return [*above, *_wrapped(indent, _simple(node), f"  {comment}" if comment else "")]


def _shortened(sentence: str, width: int) -> str:
    """Return a sentence without its last part, where it is too long."""
    return sentence if len(sentence) <= width else sentence.rpartition(", ")[0] + "."


def _block(statements: list[ast.stmt], indent: str) -> list[str]:
    return [line for each in statements for line in _lines(each, indent + INDENT)]


def _head(node: ast.FunctionDef | ast.For | ast.If) -> str:
    if isinstance(node, ast.FunctionDef):
        return f"def {node.name}({_code(node.args)}):"
    if isinstance(node, ast.For):
        return f"for {_bare(node.target)} in {_code(node.iter)}:"
    return f"if {_code(node.test)}:"


def _simple(node: ast.stmt) -> str:
    """Return a simple statement in one line; tuples in it have no brackets around them."""
    if isinstance(node, ast.Return) and node.value:
        return f"return {_bare(node.value)}"
    if isinstance(node, ast.Assign):
        return " = ".join([*map(_bare, node.targets), _bare(node.value)])
    return _code(node)


def _bare(node: ast.expr) -> str:
    if isinstance(node, ast.Tuple) and len(node.elts) > 1:
        return ", ".join(map(_code, node.elts))
    return _code(node)


def _code(node: ast.AST) -> str:
    """Return an expression in one line, with spaces and quotes as is usual."""
    text = ast.unparse(ast.fix_missing_locations(node))
    text = text if '"' in text else text.replace("'", '"')
    text = re.sub(r"\*\* \((-\w+)\)", r"** \1", text)
    text = re.sub(r"(?<![\w.\])])([\w.]+) \*\* (-?[\w.]+)(?![\w.(\[])", r"\1**\2", text)
    return re.sub(r"(?<=[\[ ])(\w+):(\w+ [-+] \w+)", r"\1 : \2", text)


def _wrapped(indent: str, text: str, end: str = "") -> list[str]:
    """Return a line, or as many as it takes: what its last pair of brackets holds goes on its own."""
    if len(indent + text) <= WIDTH:
        return [indent + text + end * (len(indent + text + end) <= WIDTH)]
    close = max(map(text.rfind, PAIRS))
    start = _opening(text, close)
    inside = text[start + 1 : close]
    deeper = indent + INDENT
    parts = _parts(inside)
    if len(deeper + inside) <= WIDTH and (text[start] == "(" or len(parts) == 1):
        body = [deeper + inside]
    elif len(parts) == 1:
        body = _wrapped(deeper, inside)
    else:
        body = [line for part in parts for line in _wrapped(deeper, f"{part},")]
    return [indent + text[: start + 1], *body, indent + text[close:] + end]


def _opening(text: str, close: int) -> int:
    """Return where the bracket opens that closes there."""
    depth = 0
    for at in range(close, -1, -1):
        depth += (text[at] in PAIRS) - (text[at] in PAIRS.values())
        if depth == 0:
            return at
    raise RuntimeError(f"A bracket is not opened: {text}")


def _parts(text: str) -> list[str]:
    """Return what stands between the commas that are in no brackets."""
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in PAIRS.values()) - (sign in PAIRS)
        if sign == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]
