"""How facts are told apart where no sums tell it: by the groups asked for, not by thousands of places."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.reporting.domain.grouping import AreaTree, By
from services.reporting.domain.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """By which dimension, within which places and areas, and which area of the level asked for each of them lies in.

    `places` are none where everything counts. A place that is `known` lies where the directory says, any other where
    its case says.
    """

    dimensions: Sequence[str]
    places: Sequence[str] | None
    areas: Sequence[str]
    known: Sequence[str]
    of_places: Mapping[str, str | None]
    of_areas: Mapping[str, str | None]

    @property
    def within(self) -> tuple[Sequence[str] | None, Sequence[str], Sequence[str]]:
        """What counts, as the tables are asked."""
        return self.places, self.areas, self.known

    @property
    def groups(self) -> tuple[str, str]:
        """What lies in which area of the level, as the tables are asked."""
        return json.dumps(self.of_places), json.dumps(self.of_areas)


def apart(question: Question, tree: AreaTree) -> Apart:
    """How the groups of a question are told apart, and what counts at all."""
    area, by, level = question.area, question.by, question.level
    is_by_area = by is By.AREA
    return Apart(
        dimensions=[str(by)] if by is not None and not by.is_time else [],
        places=None if area is None else [each.id for each in tree.places.values() if area in each.path],
        areas=[] if area is None else [each.id for each in tree.areas.values() if area in each.path],
        known=[] if area is None else list(tree.places),
        of_places={each.id: tree.in_path(each.path, level) for each in tree.places.values() if is_by_area},
        of_areas={each.id: tree.in_path(each.path, level) for each in tree.areas.values() if is_by_area},
    )


def is_whole(area: str, tree: AreaTree) -> bool:
    """Whether every area and every place of the directory lies in it."""
    areas, places = tree.areas.values(), tree.places.values()
    return all(area in each.path for each in areas) and all(area in each.path for each in places)
