"""The benchmark measures what it says: its crowd is made of customers, its pace leaves out the start."""

import pytest

from tests.bench.crowd import Crowd, Templates
from tests.bench.progress import Pace, Sample
from tests.bench.report import Line, Part

_TEMPLATES = Templates(
    states=[b"a", b"b"],
    next_values=[[(b"1<", b">1"), (b"2<", b">2")], [(b"3<", b">3")]],
    order=[0, 1, 0],
)


def test_every_copy_does_what_its_template_does_in_that_order_under_its_own_id() -> None:
    by_customer: dict[bytes, list[bytes]] = {}
    for key, value in Crowd(_TEMPLATES, 4).postings(6):
        by_customer.setdefault(key, []).append(value)
    first, second = b"C00000000", b"C00000002"
    assert by_customer[first] == [b"1<C00000000>1", b"2<C00000000>2"]
    assert by_customer[second] == [b"1<C00000002>1", b"2<C00000002>2"]
    assert by_customer[b"C00000003"] == [b"3<C00000003>3"]


def test_every_copy_has_its_templates_state() -> None:
    assert [state for _, state in Crowd(_TEMPLATES, 3).states()] == [b"a", b"b", b"a"]


def test_more_postings_than_the_templates_make_are_refused() -> None:
    with pytest.raises(ValueError, match="do not make"):
        Crowd(_TEMPLATES, 2).postings(4)


def test_a_pace_leaves_out_the_first_tenth() -> None:
    samples = [
        Sample("judged", 0.0, 5.0, 1),
        Sample("judged", 10.0, 6.0, 100),
        Sample("judged", 12.0, 6.9, 1000),
    ]
    pace = Pace.of(samples)
    assert pace is not None
    assert pace.per_second == pytest.approx(450)
    assert pace.cpu_us == pytest.approx(1000)


def test_one_sample_is_no_pace() -> None:
    assert Pace.of([Sample("judged", 0.0, 0.0, 10)]) is None


@pytest.mark.parametrize(("value", "is_met"), [(3.0, True), (2.9, False)])
def test_a_target_is_inclusive(value: float, is_met: bool) -> None:
    assert Line("x", value, "", at_least=3).is_met is is_met


def test_what_was_not_measured_has_no_line() -> None:
    part = Part("p", "about")
    part.add("nothing", [], "ms")
    assert part.lines == []
