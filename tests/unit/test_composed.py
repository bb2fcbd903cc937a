"""When services that stand together know the district."""

from dataclasses import dataclass, field

import pytest

from services.composed import DISTRICT_NOT_WHOLE, WholeDistrict, config_of
from services.reporting.config import Config as ReportingConfig
from shared.embedded.errors import ServiceSettingError


@dataclass(slots=True)
class Known:
    """How much of the district one service knows."""

    records: int = 0
    editions: int = 0

    async def extent(self) -> tuple[int, int]:
        return self.records, self.editions


@dataclass(frozen=True, slots=True)
class Service:
    directory: Known = field(default_factory=Known)


async def troubled(district: WholeDistrict) -> set[str]:
    """Which services lack something, all asked one after the other."""
    answers = {name: await district.missing(name) for name in district.services}
    assert set(answers.values()) <= {None, DISTRICT_NOT_WHOLE}
    return {name for name, answer in answers.items() if answer}


async def test_services_that_have_read_a_part_of_the_district_are_not_ready_until_they_have_its_whole_extent() -> None:
    notify, reporting = Service(Known(3, 3)), Service()
    district = WholeDistrict({"routing": Service(Known(7, 8)), "notify": notify, "reporting": reporting})

    assert await troubled(district) == {"notify", "reporting"}

    notify.directory.records = reporting.directory.records = 7
    notify.directory.editions = 8
    reporting.directory.editions = 7
    assert await troubled(district) == {"reporting"}

    reporting.directory.editions = 8
    assert await troubled(district) == set()


async def test_a_later_edition_on_its_way_makes_no_service_unready() -> None:
    routing, intake = Service(Known(7, 8)), Service(Known(7, 8))
    district = WholeDistrict({"routing": routing, "intake": intake})
    assert await troubled(district) == set()

    routing.directory.editions = 10

    assert await troubled(district) == set()


async def test_nothing_everywhere_is_not_yet_the_whole_district() -> None:
    routing, intake = Service(), Service()
    district = WholeDistrict({"routing": routing, "intake": intake})
    assert await troubled(district) == set()

    routing.directory.records = routing.directory.editions = 7

    assert await troubled(district) == {"intake"}


async def test_routing_that_was_restored_to_an_earlier_point_is_the_measure_and_not_those_who_know_more() -> None:
    district = WholeDistrict({"routing": Service(Known(7, 7)), "intake": Service(Known(7, 9))})

    assert await troubled(district) == set()


async def test_services_without_routing_measure_themselves_by_who_knows_most() -> None:
    district = WholeDistrict({"notify": Service(Known(7, 8)), "reporting": Service(Known(6, 7))})

    assert await troubled(district) == {"reporting"}


def test_a_setting_of_a_service_that_can_not_be_used_is_named_and_its_value_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("YIMA_REPORTING_PERIOD_DAYS_MAX", "canary")

    with pytest.raises(ServiceSettingError) as refused:
        config_of(ReportingConfig, session_key=b"key")

    assert refused.value.detail == "YIMA_REPORTING_PERIOD_DAYS_MAX"
    assert "canary" not in str(refused.value)
