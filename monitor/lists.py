"""The policy's lists, made quick to ask: countries and industries."""

import re
from collections.abc import Sequence

import msgspec

from monitor import policy_document


class Lists(msgspec.Struct, frozen=True):
    """Countries as ISO 3166 alpha-2; industries by the words that name them."""

    high_risk_countries: frozenset[str]
    call_for_action_countries: frozenset[str]
    """The highest of the risks above, and among them."""
    offshore_countries: frozenset[str]
    high_risk_industries: re.Pattern[str]
    cash_industries: re.Pattern[str]

    @staticmethod
    def of(lists: policy_document.Lists) -> "Lists":
        """The lists of a document."""
        called = frozenset(lists.call_for_action_countries.countries)
        return Lists(
            high_risk_countries=called.union(lists.high_risk_countries.countries),
            call_for_action_countries=called,
            offshore_countries=frozenset(lists.offshore_countries.countries),
            high_risk_industries=_any_of(lists.high_risk_industries.words),
            cash_industries=_any_of(lists.cash_industries.words),
        )

    def is_high_risk_industry(self, text: str | None) -> bool:
        """Whether an industry or occupation, as it was declared, is one of the high-risk ones."""
        return text is not None and self.high_risk_industries.search(text) is not None

    def is_cash_industry(self, text: str | None) -> bool:
        """Whether an industry, as it was declared, lives on cash."""
        return text is not None and self.cash_industries.search(text) is not None


def _any_of(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)) or r"(?!)", re.IGNORECASE)
