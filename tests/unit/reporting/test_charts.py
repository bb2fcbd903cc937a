"""A chart's lines stand where its numbers say."""

from services.reporting.pages.charts import LABEL_WIDTH, VALUE_WIDTH, WIDTH, Point, columns_chart, rows_chart, shortened


def point(value: float | None, low: float | None = None, high: float | None = None) -> Point:
    return Point(label="某单位", value=value, told="", low=low, high=high)


def test_a_rates_row_goes_from_nothing_to_all() -> None:
    nothing, whole = rows_chart([point(0, 0, 20), point(100, 80, 100)], percent=True).marks

    assert (nothing.x, nothing.low_x) == (LABEL_WIDTH, LABEL_WIDTH)
    assert (whole.x, whole.high_x) == (WIDTH - VALUE_WIDTH, WIDTH - VALUE_WIDTH)
    assert nothing.high_x is not None
    assert whole.low_x is not None
    assert nothing.high_x < whole.low_x


def test_other_figures_are_drawn_against_the_largest() -> None:
    half, largest = columns_chart([point(30), point(60)], percent=False).marks

    chart = columns_chart([point(30), point(60)], percent=False)
    assert (chart.height - half.y) * 2 == chart.height - largest.y


def test_of_nothing_there_is_a_chart_too() -> None:
    (empty,) = columns_chart([point(None)], percent=False).marks

    assert empty.y == 140


def test_a_long_name_is_shortened_by_the_room_that_its_letters_take() -> None:
    assert shortened("新禾镇城市管理行政执法中队") == "新禾镇城市管理…"
    assert shortened("春和苑物业管理公") == "春和苑物业管理公"
    assert shortened("Committee") == "Committee"
    assert shortened("Residents' committee of Chunhe") == "Residents'…"
