"""The other side of a posting: names, accounts and banks that stay the same whenever the party is met again.

A party is a number until it is written. 0 is nobody (cash); small numbers are public bodies and shops that many
customers share; numbers from 2**60 are one customer's own people and firms, with the country in eight of the bits;
negative ones are customers of this bank.
"""

from collections.abc import Callable
from random import Random
from typing import Final

from agents.simulator.chance import mix
from agents.simulator.legs import fragment_of
from agents.simulator.names import BANKS, company_name, foreign_name, person_name

NOBODY: Final = 0
TAX_OFFICE, SOCIAL_FUND, POWER, GAS, TELECOM, ALIPAY, WECHAT, ACQUIRER = range(1, 9)
PAYROLL_ACCOUNT, PENSION_FUND, FUND_HOUSE, LENDER, TREASURY = range(9, 14)
INSURERS: Final = range(20, 24)
SCHOOLS: Final = range(30, 38)
_NAMES: Final = {
    TAX_OFFICE: "国家税务总局待缴库税款",
    SOCIAL_FUND: "社会保险基金管理中心",
    POWER: "供电公司",
    GAS: "燃气集团",
    TELECOM: "通信有限公司",
    ALIPAY: "支付宝备付金",
    WECHAT: "财付通备付金",
    ACQUIRER: "银联商务收单清算",
    PAYROLL_ACCOUNT: "代发工资过渡户",
    PENSION_FUND: "养老保险基金",
    FUND_HOUSE: "基金销售结算专户",
    LENDER: "贷款还款专户",
    TREASURY: "国库支付中心",
    **{
        number: f"{word}人寿保险"
        for number, word in zip(INSURERS, ("安和", "长青", "同泰", "华宁"), strict=True)
    },
    **{number: f"第{index}实验学校" for index, number in enumerate(SCHOOLS, 1)},
}
SHOPS: Final = range(1_000, 6_000)
SHOPS_ABROAD: Final = {
    "HK": range(6_000, 6_100),
    "JP": range(6_100, 6_200),
    "TH": range(6_200, 6_300),
    "SG": range(6_300, 6_400),
}
_COUNTRY: Final = {number: country for country, numbers in SHOPS_ABROAD.items() for number in numbers}
CALL_FOR_ACTION: Final = ("KP", "IR", "MM")
"""FATF: high-risk jurisdictions subject to a call for action (as of October 2025)."""
DISTANT: Final = ("AE", "TR", "NG", "KH", "PA", "CY", "PH", "KZ")
"""Countries that no habit of anybody here leads to."""
TRADING: Final = ("US", "DE", "JP", "KR", "SG", "HK", "GB", "AU")
_ABROAD: Final = (*CALL_FOR_ACTION, *DISTANT, *TRADING)
_COUNTRY_BITS: Final = 52
_PERSON: Final = 1 << 60
_COMPANY: Final = 2 << 60
_MOST_REMEMBERED: Final = 200_000


def new_person(rng: Random) -> int:
    """A person with an account at another bank."""
    return _PERSON | rng.getrandbits(_COUNTRY_BITS)


def new_company(rng: Random) -> int:
    """A firm with an account at another bank."""
    return _COMPANY | rng.getrandbits(_COUNTRY_BITS)


def abroad(party: int, country: str) -> int:
    """That person or firm (of the two functions above), but with a bank in one of the countries above."""
    return party | (1 + _ABROAD.index(country)) << _COUNTRY_BITS


def own_customer(index: int) -> int:
    """The customer of this bank with that index."""
    return -1 - index


class Directory:
    """Writes parties out. What it remembers is bounded: a forgotten party is written the same again."""

    def __init__(self, customer: Callable[[int], bytes]) -> None:
        self._customer = customer
        self._written: dict[int, bytes] = {NOBODY: b""}

    def fragment(self, party: int) -> bytes:
        """The counterparty fields as a piece of JSON, empty for nobody."""
        written = self._written.get(party)
        if written is None:
            if len(self._written) > _MOST_REMEMBERED:
                self._written = {NOBODY: b""}
            written = self._written[party] = self._write(party)
        return written

    def _write(self, party: int) -> bytes:
        if party < 0:
            return self._customer(-1 - party)
        bits = mix(party, 11)
        country = _COUNTRY.get(party, "CN")
        if place := party >> _COUNTRY_BITS & 0xFF:
            country = _ABROAD[place - 1]
            name = foreign_name(bits >> 8, firm=not party & _PERSON)
        else:
            name = _NAMES.get(party) or (person_name if party & _PERSON else company_name)(bits >> 8)
        return fragment_of(
            counterparty_account=f"62{bits % 10**17:017d}" if party & _PERSON else f"{bits % 10**17:017d}",
            counterparty_name=name,
            counterparty_bank=BANKS[bits % len(BANKS)] if country == "CN" else None,
            counterparty_country=country,
        )
