"""What would make the core's answer depend on more than its arguments, found in its source."""

import ast
from collections.abc import Iterator
from typing import Final

# A list of what is allowed: a module that is not on it is a decision, made here.
ALLOWED_IMPORTS: Final = frozenset(
    {
        "__future__",
        "abc",
        "array",
        "base64",
        "binascii",
        "bisect",
        "calendar",
        "collections",
        "copy",
        "dataclasses",
        "datetime",
        "decimal",
        "difflib",
        "enum",
        "fractions",
        "functools",
        "hashlib",
        "heapq",
        "iso3166",
        "itertools",
        "json",
        "math",
        "monitor",
        "msgspec",
        "operator",
        "orjson",
        "pydantic",
        "pydantic_core",
        "re",
        "schemas",
        "statistics",
        "string",
        "struct",
        "textwrap",
        "types",
        "typing",
        "unicodedata",
        "yaml",
        "zlib",
        "zoneinfo",
    }
)

# `hash` of a text differs from process to process, `id` from run to run: neither may reach an id or an order.
_FORBIDDEN_BUILTINS: Final = frozenset(
    {"__import__", "breakpoint", "compile", "eval", "exec", "hash", "id", "input", "open", "print"}
)
_CLOCKS: Final = frozenset({"now", "today", "utcnow"})


def impurities(source: str) -> Iterator[str]:
    """`line: what` for each import, call or statement that has no place in the core."""
    for node in ast.walk(ast.parse(source)):
        for what in _impure(node):
            yield f"{getattr(node, 'lineno', 0)}: {what}"


def _impure(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Import(names=names):
            yield from (f"import {name.name}" for name in names if _room(name.name) not in ALLOWED_IMPORTS)
        case ast.ImportFrom(module=module, level=level):
            if level or _room(module or "") not in ALLOWED_IMPORTS:
                yield f"from {'.' * level}{module or ''} import"
        case ast.Call(func=ast.Name(id=name)) if name in _FORBIDDEN_BUILTINS:
            yield f"{name}()"
        case ast.Call(func=ast.Attribute(attr=name), args=[]) if name in _CLOCKS:
            yield f".{name}()"
        case ast.Call(func=ast.Attribute(attr="now" as name)):
            yield f".{name}()"
        case ast.Global() | ast.Nonlocal():
            yield "a variable that outlives the call"
        case ast.AsyncFunctionDef() | ast.Await():
            yield "async"
        case _:
            pass


def _room(module: str) -> str:
    return module.partition(".")[0]
