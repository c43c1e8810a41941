"""Companies: suppliers, clients, payroll, rent, taxes; shops and restaurants with takings in cash."""

from dataclasses import dataclass
from random import Random
from typing import Final, NamedTuple

from agents.simulator.chance import MILD, WIDE, around, mix, rounded
from agents.simulator.links import Link, group_record, sisters_of, trades_of
from agents.simulator.names import company_name
from agents.simulator.parties import TRADING, abroad, new_company
from agents.simulator.plan import SimulationPlan
from agents.simulator.profiles import Profile, declared, money, several, updates_of


class Trade(NamedTuple):
    """A kind of business. Shares are of the monthly turnover."""

    industry: str
    share: int
    turnover_minor: int
    cash_share: float
    card_share: float
    supplies_share: float
    payroll_share: float
    clients: tuple[int, int]
    """Fewest and most clients that pay by transfer."""
    field: str
    """The word for it in the firm's name."""

    @property
    def is_shop(self) -> bool:
        """Whether people pay at a till."""
        return self.card_share > 0


_TRADES: Final = (
    Trade("retail", 22, 30_000_000, 0.22, 0.65, 0.62, 0.12, (0, 3), "商贸"),
    Trade("restaurant", 14, 18_000_000, 0.25, 0.7, 0.42, 0.25, (0, 2), "餐饮"),
    Trade("wholesale", 18, 120_000_000, 0.02, 0.0, 0.8, 0.06, (8, 40), "贸易"),
    Trade("manufacturing", 16, 200_000_000, 0.0, 0.0, 0.6, 0.2, (6, 25), "机械"),
    Trade("services", 16, 40_000_000, 0.01, 0.0, 0.25, 0.45, (6, 30), "服务"),
    Trade("construction", 7, 160_000_000, 0.01, 0.0, 0.6, 0.25, (2, 8), "建筑工程"),
    Trade("technology", 7, 60_000_000, 0.0, 0.0, 0.25, 0.5, (4, 20), "科技"),
)
_EXPORTING: Final = frozenset({"wholesale", "manufacturing", "technology"})
_EXPORTING_SHARE: Final = 0.3
_CLIENT_SPREAD: Final = 0.8
FAVOUR: Final = 1.5
"""The exponent by which the first clients are drawn oftener than the last."""


class Supplier(NamedTuple):
    """Whom the company buys from: every week on a weekday, or once a month."""

    party: int
    weekly: bool
    place: int
    """Index among the week's working days, or day of the month."""
    amount_minor: int


@dataclass(slots=True)
class Company(Profile):
    """A company's habits."""

    trade: Trade
    suppliers: tuple[Supplier, ...]
    invoices_per_week: float
    invoice_minor: int
    """Of a middling client."""
    client_minor: tuple[int, ...]
    """By client: some buy little, some a lot, so that invoices spread over orders of magnitude as natural ones do."""
    payroll_day: int
    payroll_minor: int
    rent_day: int
    rent_minor: int
    landlord: int
    tax_day: int
    tax_minor: int
    interest_minor: int
    expenses_per_week: float
    deposits_per_week: float
    deposit_minor: int
    settlement_minor: int
    """What the card acquirer pays out on a usual day."""
    trades: tuple[Link, ...]


def _suppliers(rng: Random, monthly_minor: float) -> tuple[Supplier, ...]:
    weights = [rng.lognormvariate(0, 0.8) for _ in range(rng.randint(3, 12))]
    suppliers = []
    for weight in weights:
        weekly = rng.random() < 0.4  # noqa: PLR2004 - the rest send one bill a month
        amount = monthly_minor * weight / sum(weights) / (4.3 if weekly else 1)
        place = rng.randrange(5) if weekly else rng.randint(1, 28)
        suppliers.append(Supplier(new_company(rng), weekly, place, int(amount)))
    return tuple(suppliers)


def _by_client(plan: SimulationPlan, index: int, clients: int, invoice_minor: float) -> tuple[int, ...]:
    rng = Random(mix(plan.seed, index, 5))
    sizes = [rng.lognormvariate(0, _CLIENT_SPREAD) for _ in range(clients)]
    # how often each is drawn, see `companies_weeks`: the first ones more, so that the mean stays the invoice's
    often = [((i + 1) / clients) ** (1 / FAVOUR) - (i / clients) ** (1 / FAVOUR) for i in range(clients)]
    mean = sum(size * share for size, share in zip(sizes, often, strict=True))
    return tuple(int(invoice_minor * size / mean) for size in sizes)


def make_company(plan: SimulationPlan, index: int) -> Company:
    """The company with that index."""
    rng = Random(mix(plan.seed, index, 1))
    trade = rng.choices(_TRADES, [t.share for t in _TRADES])[0]
    name = company_name(rng.getrandbits(40), trade.field)
    turnover = around(rng.random, trade.turnover_minor * rng.lognormvariate(0, 0.5), WIDE)
    record = declared(plan, rng, index, "company", name)
    record["industry"] = trade.industry
    record["declared_monthly_turnover"] = money(turnover * rng.uniform(0.8, 1.2))
    record["registered_capital"] = money(rounded(turnover * rng.lognormvariate(0.7, 0.6), 10_000))
    record["expected_monthly_volume"] = money(turnover * 2 * rng.uniform(0.8, 1.2))
    record["expected_cash_share"] = round(trade.cash_share * rng.uniform(0.8, 1.2), 2)
    clients = several(rng, *trade.clients, new_company)
    to_invoice = turnover * (1 - trade.cash_share - trade.card_share)
    invoices = len(clients) * rng.uniform(0.2, 0.5)
    invoice = int(to_invoice / 4.3 / max(invoices, 0.3) * 0.8)
    deposits = rng.uniform(1.5, 5.0) if trade.is_shop else rng.uniform(0.1, 0.4) if trade.cash_share else 0.0
    cash = turnover * trade.cash_share * rng.uniform(0.6, 1.4)
    company = Company(
        index=index,
        kind="company",
        name=name,
        scale_minor=turnover,
        record=record,
        friends=clients,
        trade=trade,
        suppliers=_suppliers(rng, turnover * trade.supplies_share),
        invoices_per_week=invoices,
        invoice_minor=invoice,
        client_minor=_by_client(plan, index, len(clients), invoice),
        payroll_day=rng.choice((5, 8, 10, 10, 12, 15, 15, 20, 25, 28)),
        payroll_minor=int(turnover * trade.payroll_share * 0.8),
        rent_day=rng.randint(1, 28),
        rent_minor=rounded(turnover * rng.uniform(0.02, 0.06), 100),
        landlord=new_company(rng),
        tax_day=rng.randint(8, 15),
        tax_minor=int(turnover * 0.02),
        interest_minor=int(turnover * rng.uniform(0.01, 0.04)) if rng.random() < 0.4 else 0,  # noqa: PLR2004
        expenses_per_week=rng.uniform(0.5, 4),
        deposits_per_week=deposits,
        deposit_minor=int(cash / 4.3 / deposits) if deposits else 0,
        settlement_minor=around(rng.random, turnover * trade.card_share / 31, MILD) if trade.is_shop else 0,
        trades=(*trades_of(plan, index), *sisters_of(plan, index)),
    )
    _tell(plan, company)
    return company


def _tell(plan: SimulationPlan, company: Company) -> None:
    """Whose company it is, what changes in its record; and the client or two abroad that exporters have."""
    rng = Random(mix(plan.seed, company.index, 4))
    if company.trade.industry in _EXPORTING and rng.random() < _EXPORTING_SHARE:
        foreign = rng.randint(1, 2)
        company.friends = tuple(
            abroad(client, rng.choice(TRADING)) if place < foreign else client
            for place, client in enumerate(company.friends)
        )
    company.record |= group_record(plan, company.index)
    company.updates = updates_of(plan, company.index, company.record)
