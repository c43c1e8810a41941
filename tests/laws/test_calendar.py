"""Business dates and working days are what a naive count on the standard library's calendar gives."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.calendar import BankCalendar, date_of, day_of, month_of
from tests.laws.naive import working_days_back
from tests.stories.bank import POLICY

_ZONES = (
    "Asia/Shanghai",
    "Europe/Prague",
    "America/New_York",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "UTC",
)
_HOLIDAYS = POLICY.document.calendar.holidays
_WORKED = POLICY.document.calendar.worked_weekends
_calendars = {zone: BankCalendar(zone, _HOLIDAYS, _WORKED) for zone in _ZONES}
_instants = st.datetimes(datetime(1971, 1, 2), datetime(2099, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - st asks for naive bounds
_off = {*_HOLIDAYS}
_on = {*_WORKED}


def _is_off(day: datetime) -> bool:
    return day.date() not in _on and (day.weekday() >= 5 or day.date() in _off)


@given(st.sampled_from(_ZONES), _instants)
def test_local_time_is_the_wall_clock_of_the_zone(zone: str, when: datetime) -> None:
    there = when.astimezone(ZoneInfo(zone))
    local_s = _calendars[zone].local_s(int(when.timestamp()))
    assert divmod(local_s, 86_400) == (
        day_of(there.date()),
        there.hour * 3600 + there.minute * 60 + there.second,
    )


@pytest.mark.parametrize("zone", ["Europe/Prague", "America/New_York"])
@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_local_time_holds_through_the_days_when_clocks_change(zone: str, year: int) -> None:
    """Every quarter of an hour of March, October and November: both sides of every change."""
    for month in (3, 10, 11):
        when = datetime(year, month, 1, tzinfo=UTC)
        while when.month == month:
            there = when.astimezone(ZoneInfo(zone))
            naive = there.replace(tzinfo=UTC)
            assert _calendars[zone].local_s(int(when.timestamp())) == int(naive.timestamp())
            when += timedelta(minutes=15)


@given(st.sampled_from(_ZONES), st.datetimes(datetime(1971, 1, 2), datetime(2099, 1, 1)))  # noqa: DTZ001 - a wall-clock time
def test_a_wall_clock_time_is_found_again(zone: str, naive: datetime) -> None:
    """But where the clocks skip it, in spring."""
    calendar = _calendars[zone]
    whole = naive.replace(microsecond=0)
    there = whole.replace(tzinfo=ZoneInfo(zone))
    if there.astimezone(UTC).astimezone(ZoneInfo(zone)) == there:
        local_s = calendar.local_s(int(there.timestamp()))
        exists = there.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == whole
        assert not exists or local_s == int(whole.replace(tzinfo=UTC).timestamp())


@given(st.dates(date(2024, 2, 1), date(2026, 12, 31)), st.integers(1, 30))
def test_windows_are_what_counting_working_days_gives(last: date, working_days: int) -> None:
    calendar = _calendars["Asia/Shanghai"]
    end = datetime.combine(last, datetime.min.time(), UTC)
    first = working_days_back(end, working_days, _is_off).date()
    assert date_of(calendar.start_of_window(day_of(last), working_days)) == first


@given(st.dates(date(1971, 1, 1), date(2099, 12, 31)))
def test_a_working_day_is_a_weekday_off_or_a_weekend_on(day: date) -> None:
    off = _is_off(datetime.combine(day, datetime.min.time(), UTC))
    assert _calendars["Asia/Shanghai"].is_working_day(day_of(day)) is not off


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)), st.integers(1, 20))
def test_a_window_always_ends(last: date, working_days: int) -> None:
    """Even where the calendar says that nobody ever works."""
    never = BankCalendar("UTC", [last - timedelta(days=n) for n in range(90)])
    start = never.start_of_window(day_of(last), working_days)
    assert 0 <= day_of(last) - start <= working_days + 31


@given(st.dates())
def test_days_and_months_are_numbered_without_gaps(day: date) -> None:
    assert date_of(day_of(day)) == day
    assert divmod(month_of(day_of(day)), 12) == (day.year, day.month - 1)
