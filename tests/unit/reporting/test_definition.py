"""Every figure is defined once, whole, in both languages, by parts that the tables count."""

from dataclasses import fields

import pytest

from services.reporting.domain.catalogue import FIGURES
from services.reporting.domain.definition import Definition, RateDefinition
from services.reporting.domain.tally import Tally
from services.reporting.projections import FIGURES as PROJECTION
from services.reporting.queries import sql_of
from tests.integration.reporting import naive

TABLES = "\n".join((*PROJECTION.statements, *PROJECTION.finishing))


def parts_of(figure: Definition) -> set[str]:
    denominator = figure.denominator.names if isinstance(figure, RateDefinition) else ()
    return {*figure.numerator.names, *denominator}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda figure: figure.id)
def test_a_figure_says_all_that_defends_it(figure: Definition) -> None:
    words = (figure.name.zh, figure.name.en, figure.formula, figure.numerator.words, figure.exclusions, figure.period)

    assert all(words)
    assert (figure.unit, figure.source) != ("", "")
    assert "$3" not in sql_of(figure)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda figure: figure.id)
def test_what_a_figure_counts_is_what_the_tables_carry(figure: Definition) -> None:
    assert all(f"'{part}'" in TABLES for part in parts_of(figure))


def test_every_part_belongs_to_a_figure() -> None:
    used = set().union(*map(parts_of, FIGURES.values()))

    assert {each.name for each in fields(Tally)} == used


def test_figures_are_told_by_their_names() -> None:
    assert [figure.id for figure in FIGURES.values()] == list(FIGURES)
    assert len({figure.name.zh for figure in FIGURES.values()}) == len(FIGURES)


def test_every_rate_is_counted_a_second_time_from_the_log() -> None:
    rates = {figure.id for figure in FIGURES.values() if isinstance(figure, RateDefinition)}

    assert naive.FIGURES.keys() == rates
