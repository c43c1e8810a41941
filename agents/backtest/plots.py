"""Small plots as SVG inside the page: no library, no script. Colours are the page's variables `--a` and `--b`."""

import math
from collections.abc import Sequence
from html import escape
from typing import Final

_WIDTH, _HEIGHT = 720, 220
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 34
_INNER: Final = (_WIDTH - _LEFT - _RIGHT, _HEIGHT - _TOP - _BOTTOM)
_BAR, _GAP, _NAMES = 9, 9, 190
_FEW_TICKS: Final = 4

Series = Sequence[float]


def lines(title: str, labels: Sequence[str], a: Series, b: Series) -> str:
    """A line for each of A and B over the same places; `labels` name the places, of which the axis shows a few."""
    top = _nice(max([*a, *b, 1]))
    body = _axis(top) + _places(labels)
    for name, values in (("a", a), ("b", b)):
        points = " ".join(
            f"{_x(place, len(values)):.1f},{_y(value, top):.1f}" for place, value in enumerate(values)
        )
        body += f'<polyline class="line {name}" points="{points}"/>'
    return _svg(title, body, _HEIGHT)


def pairs(title: str, labels: Sequence[str], a: Series, b: Series) -> str:
    """Two bars, A's and B's, at each place."""
    top = _nice(max([*a, *b, 1]))
    step = _INNER[0] / max(1, len(labels))
    body = _axis(top)
    for place, label in enumerate(labels):
        left = _LEFT + place * step
        for offset, name, value in ((0.08, "a", a[place]), (0.5, "b", b[place])):
            height = _INNER[1] * value / top
            body += (
                f'<rect class="{name}" x="{left + offset * step:.1f}" y="{_TOP + _INNER[1] - height:.1f}" '
                f'width="{0.42 * step:.1f}" height="{height:.1f}">{_hint(f"{label}: {name.upper()} {value:,g}")}</rect>'
            )
        if place % max(1, len(labels) // 10) == 0:
            body += _text(left, _HEIGHT - 14, label.partition(" ")[0])
    return _svg(title, body, _HEIGHT)


def gains(title: str, rows: Sequence[tuple[str, int, int]]) -> str:
    """For each name a bar to the right for what was gained and one to the left for what was lost."""
    top = max([1, *(max(gained, lost) for _, gained, lost in rows)])
    middle = _NAMES + (_WIDTH - _NAMES) / 2
    half = (_WIDTH - _NAMES) / 2 - 56
    body, y = "", _TOP
    for name, gained, lost in rows:
        wide, back = half * gained / top, half * lost / top
        body += _text(0, y + _BAR, name)
        body += f'<rect class="b" x="{middle:.1f}" y="{y}" width="{wide:.1f}" height="{_BAR}"/>'
        body += f'<rect class="a" x="{middle - back:.1f}" y="{y}" width="{back:.1f}" height="{_BAR}"/>'
        if gained:
            body += _text(middle + wide + 4, y + _BAR, f"+{gained:,}")
        if lost:
            body += _text(middle - back - 4, y + _BAR, f"-{lost:,}", anchor="end")
        y += _BAR + _GAP
    body += f'<line class="axis" x1="{middle:.1f}" x2="{middle:.1f}" y1="{_TOP - 4}" y2="{y}"/>'
    return _svg(title, body, y + 6)


def by_rank(title: str, ranks: Sequence[int], series: Sequence[tuple[str, Series]]) -> str:
    """Shares (0 to 1) by how many of the highest ranks are looked at, on a logarithmic axis; `series`: CSS class, values."""
    last = math.log(max(2, ranks[-1]))
    body = "".join(
        _gridline(share, f"{share:.0%}") for share in (step / _FEW_TICKS for step in range(_FEW_TICKS + 1))
    )
    for power in range(int(math.log10(ranks[-1])) + 1):
        body += _text(
            _LEFT + _INNER[0] * math.log(10**power) / last, _HEIGHT - 14, f"{10**power:,}", "middle"
        )
    for name, values in series:
        points = " ".join(
            f"{_LEFT + _INNER[0] * math.log(rank) / last:.1f},{_y(value, 1):.1f}"
            for rank, value in zip(ranks, values, strict=True)
        )
        body += f'<polyline class="line {name}" points="{points}"/>'
    return _svg(title, body, _HEIGHT)


def _svg(title: str, body: str, height: float) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {height:g}" role="img" aria-label="{escape(title)}">'
        f"{_hint(title)}{body}</svg>"
    )


def _hint(text: str) -> str:
    return f"<title>{escape(text)}</title>"


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _x(place: int, count: int) -> float:
    return _LEFT + _INNER[0] * (place / (count - 1) if count > 1 else 0.5)


def _y(value: float, top: float) -> float:
    return _TOP + _INNER[1] * (1 - value / top)


def _axis(top: float) -> str:
    return "".join(
        _gridline(step / _FEW_TICKS, f"{top * step / _FEW_TICKS:,g}") for step in range(_FEW_TICKS + 1)
    )


def _gridline(share: float, label: str) -> str:
    y = _y(share, 1)
    return f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>' + _text(
        _LEFT - 6, y + 4, label, "end"
    )


def _places(labels: Sequence[str]) -> str:
    every = max(1, math.ceil(len(labels) / 7))
    return "".join(
        _text(_x(place, len(labels)), _HEIGHT - 14, labels[place], "middle")
        for place in range(0, len(labels), every)
        if _x(place, len(labels)) < _WIDTH - _RIGHT - 30
    )


def _nice(top: float) -> float:
    """The least number from `top` of 1, 2, 4, 6, 8 and powers of ten that four ticks divide well.

    >>> _nice(7), _nice(130)
    (8, 200)
    """
    power: float = 10 ** math.floor(math.log10(top))
    return (
        next(step * power for step in (1, 2, 4, 6, 8, 10) if step * power >= top)
        if top > _FEW_TICKS
        else _FEW_TICKS
    )
