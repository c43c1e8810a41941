"""Numbers as people read them, in the terminal and on the page alike."""

from monitor.calendar import date_of


def percent(share: float | None) -> str:
    """A share as a percentage; a dash where there is none.

    >>> percent(0.1234), percent(None)
    ('12.3%', '–')
    """
    return "–" if share is None else f"{share:.1%}"


def signed(count: int, sign: str) -> str:
    """A count of what was gained (`+`) or lost (`-`); zero has no sign.

    >>> signed(3, "+"), signed(0, "+")
    ('+3', '0')
    """
    return f"{sign}{count:,}" if count else "0"


def day(number: int | None) -> str:
    """A day number as a date."""
    return "–" if number is None else date_of(number).isoformat()


def plain(text: str) -> str:
    r"""Text from a file without control characters, which a terminal would obey.

    >>> plain("a\x1b[31mb")
    'a?[31mb'
    """
    return "".join(one if one.isprintable() else "?" for one in text)
