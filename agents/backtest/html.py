"""The page's small parts. Text from outside passes through here, and is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

Cell = tuple[str, str]
"""A CSS class ("" for none), and HTML."""


def text(value: str, css: str = "") -> Cell:
    """A cell of text."""
    return css, escape(value)


def table(heads: Sequence[Cell], rows: Iterable[Sequence[Cell]]) -> str:
    """A table that scrolls by itself where the page is narrow."""
    head = "".join(_cell("th", cell) for cell in heads)
    body = "".join(f"<tr>{''.join(_cell('td', cell) for cell in row)}</tr>\n" for row in rows)
    return (
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody></table></div>\n'
    )


def card(value: str, name: str, note: str = "") -> str:
    """One number that is read first."""
    below = f"<small>{escape(note)}</small>" if note else ""
    return f'<div class="card"><span class="soft">{escape(name)}</span><b>{escape(value)}</b>{below}</div>\n'


def paragraph(value: str, css: str = "") -> str:
    """A paragraph of text."""
    kind = f' class="{css}"' if css else ""
    return f"<p{kind}>{escape(value)}</p>\n"


def section(title: str, *parts: str) -> str:
    """A heading and what stands below it."""
    return f"<section><h2>{escape(title)}</h2>\n{''.join(parts)}</section>\n"


def key(a: str, b: str) -> str:
    """Which colour is which."""
    return (
        f'<p class="soft"><span class="key a">{escape(a)}</span><span class="key b">{escape(b)}</span></p>\n'
    )


def _cell(tag: str, cell: Cell) -> str:
    css, content = cell
    return f'<{tag} class="{css}">{content}</{tag}>' if css else f"<{tag}>{content}</{tag}>"
