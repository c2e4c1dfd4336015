"""A number as it is shown never contradicts what was compared."""

from hypothesis import example, given
from hypothesis import strategies as st

from kpibatch.base.kinds import PRECISE, Kind, show_rounded, show_value


@given(
    st.integers(-(10**12), 10**12).map(lambda scaled: scaled / 10**PRECISE),
    st.integers(-10_000, 10_000).map(lambda tenths: tenths / 10),
)
@example(84.996, 85.0)
@example(79.999999999, 80.0)
@example(80.000000001, 80.0)
@example(-0.004, 0.0)
def test_a_number_shown_stands_on_its_side_of_a_threshold(value, threshold):
    shown = float(show_rounded(value))
    assert (shown >= threshold) == (value >= threshold)
    assert (shown <= threshold) == (value <= threshold)


def test_digits_just_below_at_and_above():
    shown = [show_rounded(value) for value in (84.99, 84.994, 84.996, 85.0, 85.004, 85.006)]
    assert shown == ["84.99", "84.99", "84.996", "85.00", "85.004", "85.01"]


def test_values_in_words():
    assert show_value(84.99996, Kind.PERCENT) == "84.99996"
    assert show_value(100 / 3, Kind.PERCENT) == "33.3333"
    assert show_value(2.996, Kind.NUMBER) == "2.996"
    assert show_value(1234567.0, Kind.AMOUNT) == "1,234,567"
