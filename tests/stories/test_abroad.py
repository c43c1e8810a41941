"""Countries, strangers with legal forms, and accounts."""

import pytest

from monitor.story import ORDINARY, Act, every, paid_in, paid_out
from tests.stories.bank import Bank, detectors_of


def _found(*acts: Act, past: tuple[Act, ...] = ORDINARY, **record: object) -> set[str]:
    bank = Bank()
    if record:
        bank.declare(**record)
    bank.happen(*past)
    return detectors_of(bank.happen(*acts))


def _firms(count: int, amount: float, *, is_entity: bool = True) -> tuple[Act, ...]:
    return tuple(
        act for n in range(count) for act in paid_in(amount, n - count, who=f"firm {n}", is_entity=is_entity)
    )


@pytest.mark.parametrize(
    ("count", "amount", "is_entity", "fires"),
    [(3, 4_000, True, True), (2, 4_000, True, False), (3, 2_000, True, False), (4, 4_000, False, False)],
)
def test_three_companies_pay_a_person(count: int, amount: float, is_entity: bool, fires: bool) -> None:
    assert ("unrelated-payers" in _found(*_firms(count, amount, is_entity=is_entity))) == fires


def test_companies_are_paid_by_companies() -> None:
    assert "unrelated-payers" not in _found(*_firms(6, 4_000), kind="company")


def test_known_payers_and_a_freelancers_new_clients_are_within_scope() -> None:
    clients = (act for n in range(26) for act in paid_in(6_000, 7 * n - 182, who=f"c{n}", is_entity=True))
    freelancer = (*ORDINARY, *clients)
    assert "unrelated-payers" not in _found(*_firms(4, 4_000), past=freelancer)
    assert "unrelated-payers" in _found(*_firms(9, 4_000), past=freelancer)
    known = (*ORDINARY, *(act for n in range(4) for act in paid_in(3_000, -90, -60, who=f"firm {n}")))
    assert "unrelated-payers" not in _found(*_firms(4, 4_000), past=known)


@pytest.mark.parametrize(
    ("acts", "fires"),
    [
        (paid_out(12_000, -5, 0, who="agent", country="IR"), True),
        (paid_out(30_000, 0, who="agent", country="IR"), False),
        (paid_out(400, -5, 0, who="agent", country="IR"), True),
        (paid_out(4_000, -5, 0, who="agent", country="KE"), False),
        (paid_out(12_000, -5, 0, who="agent", country="KE"), True),
        (paid_out(12_000, -5, 0, who="agent", country="FR"), False),
        (paid_out(12_000, -5, 0, channel="card", country="VN"), False),
    ],
)
def test_two_postings_with_a_listed_country_matter_by_their_sum_or_by_the_country(
    acts: tuple[Act, ...], fires: bool
) -> None:
    assert ("high-risk-country" in _found(*acts)) == fires


def test_an_old_relation_with_a_listed_country_is_habit_and_a_new_party_there_is_not() -> None:
    past = (*ORDINARY, *paid_out(15_000, *every(15, since=-170, until=-1), who="factory", country="VN"))
    assert "high-risk-country" not in _found(*paid_out(15_000, 0, who="factory", country="VN"), past=past)
    other = paid_out(15_000, 0, who="other factory", country="VN")
    assert "high-risk-country" in _found(*other, past=past)
    shops = (act for n in range(90) for act in paid_in(9_000, 2 * n - 180, who=f"shop {n}"))
    assert "high-risk-country" not in _found(*other, past=(*past, *shops)), "all parties are new to a trader"


def test_who_deals_with_three_listed_countries_deals_with_a_fourth() -> None:
    iran, fourth = paid_out(12_000, -5, 0, who="agent", country="IR"), ("VN", "LA", "NP")
    three = tuple(a for land in fourth for a in paid_out(9_000, -150, -90, who=land, country=land))
    assert "high-risk-country" in _found(*iran, past=(*ORDINARY, *three[:4]))
    assert "high-risk-country" not in _found(*iran, past=(*ORDINARY, *three))


def test_a_country_is_new_once() -> None:
    large = paid_out(60_000, 0, who="x", country="CY")
    assert "new-country" in _found(*large)
    assert "new-country" in _found(*large, past=(*ORDINARY, *paid_out(100, -2, who="x", country="CY")))
    assert "new-country" not in _found(*large, past=(*ORDINARY, *paid_out(100, -20, who="x", country="CY")))
    assert "new-country" not in _found(*paid_out(60_000, 0, who="x"))


@pytest.mark.parametrize(
    "acts",
    [
        paid_out(12_000, 0, who="hotel", country="JP"),
        paid_out(60_000, 0, channel="card", country="JP"),
    ],
)
def test_holidays_are_no_new_country(acts: tuple[Act, ...]) -> None:
    assert "new-country" not in _found(*acts)


def test_a_customer_known_for_a_month_has_no_new_countries() -> None:
    past = tuple(act for act in ORDINARY if act.day >= -45)
    assert "new-country" not in _found(*paid_out(60_000, 0, who="x", country="CY"), past=past)


def test_a_trader_meets_new_countries_by_trade() -> None:
    met = (
        act
        for n, country in enumerate(("DE", "FR", "IT", "ES"))
        for act in paid_out(9_000, -100 + 20 * n, who=f"s{n}", country=country)
    )
    acts = paid_out(60_000, 0, who="x", country="PL")
    assert "new-country" not in _found(*acts, past=(*ORDINARY, *met))
    assert "new-country" in _found(*acts)


def _payers(*countries: str, amount: float = 9_000) -> tuple[Act, ...]:
    return tuple(
        act
        for n, country in enumerate(countries)
        for act in paid_in(amount, n - len(countries) + 1, who=f"payer {n}", country=country)
    )


@pytest.mark.parametrize(
    ("countries", "fires"),
    [
        (("KY", "KY", "KY"), True),
        (("KY", "KY"), False),
        (("DE", "FR", "IT"), True),
        (("DE", "DE", "DE"), False),
        (("CN", "CN", "KY"), False),
    ],
)
def test_three_new_parties_abroad_offshore_or_of_three_countries(
    countries: tuple[str, ...], fires: bool
) -> None:
    assert ("offshore-many" in _found(*_payers(*countries))) == fires


def test_small_sums_from_abroad_and_old_markets_are_no_offshore_network() -> None:
    assert "offshore-many" not in _found(*_payers("KY", "KY", "KY", amount=900))
    old = (*ORDINARY, *paid_in(9_000, *every(30, since=-150), who="client", country="KY"))
    assert "offshore-many" not in _found(*_payers("KY", "KY", "KY"), past=old)
    world = (
        a for land in ("DE", "FR", "IT", "ES") for a in paid_in(9_000, -150, -90, who=land, country=land)
    )
    assert "offshore-many" not in _found(*_payers("KY", "KY", "KY"), past=(*ORDINARY, *world))


def _accounts(count: int, amount: float = 9_000) -> tuple[Act, ...]:
    return tuple(
        act for n in range(count) for act in paid_in(amount, n - count + 1, who="employer", account=f"B{n}")
    )


@pytest.mark.parametrize(
    ("acts", "fires"), [(_accounts(4), True), (_accounts(3), False), (_accounts(4, 900), False)]
)
def test_four_new_accounts_in_a_month(acts: tuple[Act, ...], fires: bool) -> None:
    """The old account, used in the month as well, is no new one: three beside it are not yet four that are twice as many."""
    past = tuple(act for act in ORDINARY if act.day < -31)
    assert ("many-accounts" in _found(*acts, past=past)) == fires


def test_who_always_had_many_accounts_may_open_some() -> None:
    many = (*ORDINARY, *(a for n in range(5) for a in paid_in(2_000, -100, -40, who="x", account=f"O{n}")))
    assert "many-accounts" not in _found(*_accounts(4), past=many)
