"""The kinds of posting a customer can have: direction, channel, where it was started, what it is for."""

from typing import Final

import orjson


class Leg:
    """The part of a posting that all postings of one kind share, ready as a piece of JSON."""

    __slots__ = (
        "channel",
        "direction",
        "fragment",
        "initiated_from",
        "location_country",
        "purpose",
        "reverses",
    )

    def __init__(
        self,
        direction: str,
        channel: str,
        initiated_from: str | None,
        purpose: str,
        *,
        location_country: str | None = None,
        reverses: str | None = None,
    ) -> None:
        self.direction = direction
        self.channel = channel
        self.initiated_from = initiated_from
        self.purpose = purpose
        self.location_country = location_country
        self.reverses = reverses
        self.fragment = fragment_of(
            direction=direction,
            channel=channel,
            initiated_from=initiated_from,
            purpose=purpose,
            location_country=location_country,
            reverses=reverses,
        )


def fragment_of(**fields: str | None) -> bytes:
    """`,"name":"value"…` for the fields that are present: a piece from the middle of a JSON object."""
    present = {name: value for name, value in fields.items() if value is not None}
    return b"," + orjson.dumps(present)[1:-1] if present else b""


SALARY: Final = Leg("credit", "transfer", "other", "工资")
PENSION: Final = Leg("credit", "transfer", "other", "养老金")
ALLOWANCE: Final = Leg("credit", "transfer", "mobile", "生活费")
EARNINGS: Final = Leg("credit", "transfer", "mobile", "货款")
BONUS: Final = Leg("credit", "transfer", "other", "年终奖")
RENT: Final = Leg("debit", "transfer", "mobile", "房租")
MORTGAGE: Final = Leg("debit", "transfer", "other", "房贷还款")
BILL: Final = Leg("debit", "transfer", "mobile", "生活缴费")
PURCHASE: Final = Leg("debit", "card", "other", "消费")
ABROAD: Final = {
    country: Leg("debit", "card", "other", "境外消费", location_country=country)
    for country in ("HK", "JP", "TH", "SG")
}
WALLET_OUT: Final = Leg("debit", "transfer", "mobile", "充值")
WALLET_IN: Final = Leg("credit", "transfer", "mobile", "提现")
CASH_OUT: Final = Leg("debit", "cash", "atm", "取现")
CASH_IN: Final = Leg("credit", "cash", "atm", "存现")
CASH_IN_BRANCH: Final = Leg("credit", "cash", "branch", "存现")
CASH_OUT_BRANCH: Final = Leg("debit", "cash", "branch", "取现")
SENT: Final = Leg("debit", "transfer", "mobile", "转账")
RECEIVED: Final = Leg("credit", "transfer", "mobile", "转账")
FAMILY_SENT: Final = Leg("debit", "transfer", "mobile", "家用")
FAMILY_RECEIVED: Final = Leg("credit", "transfer", "mobile", "家用")
SAVINGS: Final = Leg("debit", "transfer", "mobile", "基金定投")
INSURANCE: Final = Leg("debit", "transfer", "online", "年缴保费")
TUITION: Final = Leg("debit", "transfer", "online", "学费")
SUPPLIER: Final = Leg("debit", "transfer", "online", "货款")
CLIENT: Final = Leg("credit", "transfer", "online", "货款")
CHEQUE: Final = Leg("credit", "cheque", "branch", "货款")
PAYROLL: Final = Leg("debit", "transfer", "online", "代发工资")
SOCIAL: Final = Leg("debit", "transfer", "other", "社保公积金")
TAX: Final = Leg("debit", "transfer", "other", "税款")
OFFICE_RENT: Final = Leg("debit", "transfer", "online", "租金")
INTEREST: Final = Leg("debit", "transfer", "other", "贷款利息")
TAKINGS: Final = Leg("credit", "cash", "branch", "营业款")
SETTLEMENT: Final = Leg("credit", "transfer", "other", "收单结算")
EXPENSE: Final = Leg("debit", "card", "other", "办公费用")
FEES: Final = Leg("credit", "transfer", "other", "事业收入")
GRANT: Final = Leg("credit", "transfer", "other", "财政拨款")
PROCUREMENT: Final = Leg("debit", "transfer", "online", "采购款")
ABROAD_SENT: Final = Leg("debit", "transfer", "online", "境外汇款")
ABROAD_RECEIVED: Final = Leg("credit", "transfer", "other", "境外汇入")
SERVICES: Final = Leg("credit", "transfer", "online", "劳务费")
WAGE: Final = Leg("debit", "transfer", "online", "工资")
CAPITAL: Final = Leg("credit", "transfer", "online", "投资款")
TAX_REFUND: Final = Leg("credit", "transfer", "other", "退税")
REDEEMED: Final = Leg("credit", "transfer", "other", "基金赎回")
FLAT: Final = Leg("debit", "transfer", "branch", "购房款")
GIFT: Final = Leg("credit", "transfer", "mobile", "礼金")
INTRA_OUT: Final = Leg("debit", "transfer", "online", "内部往来")
INTRA_IN: Final = Leg("credit", "transfer", "online", "内部往来")
