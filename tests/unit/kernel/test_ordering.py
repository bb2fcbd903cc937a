"""In whatever order a stream's records arrive, however often, each takes effect once and in order, or is parked."""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ordering import StreamPosition, Verdict, place_event, place_state

NAMESPACE = UUID(int=1)


@dataclass(frozen=True, slots=True)
class Record:
    """A version of the stream, on its first timeline or on that of a restored publisher."""

    version: int
    timeline: int = 0

    @property
    def event_id(self) -> UUID:
        return uuid5(NAMESPACE, f"{self.version}/{self.timeline}")


@dataclass(slots=True)
class Reader:
    """A consumer of one stream in its simplest form: parks, and tries what is parked again when its turn comes."""

    position: StreamPosition = field(default_factory=StreamPosition)
    effects: list[Record] = field(default_factory=list)
    parked: dict[Record, Verdict] = field(default_factory=dict)
    starts_later: bool = False

    def arrive(self, record: Record) -> None:
        self._place(record)
        while self._next_is_parked():
            waiting = sorted(self.parked, key=lambda each: (each.version, each.timeline))
            self.parked.clear()
            self.position.blocked = False
            for each in waiting:
                self._place(each)

    def _place(self, record: Record) -> None:
        verdict = place_event(
            self.position,
            version=record.version,
            previous_version=record.version - 1,
            event_id=record.event_id,
            starts_later=self.starts_later,
        )
        if verdict is Verdict.FRESH:
            self.position.take(record.version, record.event_id)
            self.effects.append(record)
        elif verdict is not Verdict.DUPLICATE:
            self.position.blocked = True
            self.parked[record] = verdict

    def _next_is_parked(self) -> bool:
        first = min(self.parked, key=lambda each: each.version, default=None)
        return (
            first is not None
            and self.parked[first] in {Verdict.GAP, Verdict.BEHIND}
            and first.version <= self.position.version + 1
        )


@st.composite
def arrivals(draw: st.DrawFn) -> list[Record]:
    """All records of a stream in any order, some of them several times."""
    length = draw(st.integers(1, 12))
    all_once = draw(st.permutations([Record(version) for version in range(1, length + 1)]))
    again = draw(st.lists(st.sampled_from(all_once), max_size=10))
    mixed: list[Record] = draw(st.permutations([*all_once, *again]))
    return mixed


@given(arrivals())
def test_any_order_and_repetition_ends_in_each_effect_once_in_order(records: list[Record]) -> None:
    reader = Reader()

    for record in records:
        reader.arrive(record)

    length = max(record.version for record in records)
    assert reader.effects == [Record(version) for version in range(1, length + 1)]
    assert reader.parked == {}


@given(arrivals(), st.data())
def test_what_never_arrives_stops_its_stream_there_and_parks_the_rest(
    records: list[Record], data: st.DataObject
) -> None:
    missing = data.draw(st.sampled_from(sorted({record.version for record in records})))
    reader = Reader()

    for record in records:
        if record.version != missing:
            reader.arrive(record)

    assert reader.effects == [Record(version) for version in range(1, missing)]
    assert set(reader.parked) == {record for record in records if record.version > missing}


@given(arrivals(), st.integers(1, 12), st.data())
def test_fork_is_parked_whenever_it_comes_and_never_replaces_what_took_effect(
    records: list[Record], version: int, data: st.DataObject
) -> None:
    fork = Record(version, timeline=1)
    at = data.draw(st.integers(0, len(records)))
    reader = Reader()

    for record in [*records[:at], fork, *records[at:]]:
        reader.arrive(record)

    versions = [record.version for record in reader.effects]
    assert versions == list(range(1, len(versions) + 1))
    given_records = {*records, fork}
    assert {*reader.effects, *reader.parked} == given_records
    rivals = {record for record in given_records if record.version == version}
    assert len(rivals & set(reader.effects)) <= 1


@given(st.lists(st.integers(1, 20), min_size=1))
def test_of_a_state_only_what_is_newer_takes_effect(versions: list[int]) -> None:
    position = StreamPosition()
    taken = []

    for version in versions:
        event_id = Record(version).event_id
        if place_state(position, version=version, event_id=event_id) is Verdict.FRESH:
            position.take(version, event_id)
            taken.append(version)

    assert taken == sorted(set(taken))
    assert taken[-1] == max(versions)


def test_state_told_anew_under_its_version_takes_effect_and_repeated_is_a_duplicate() -> None:
    position, anew = StreamPosition(), Record(2, timeline=1)
    position.take(2, Record(2).event_id)

    first = place_state(position, version=2, event_id=anew.event_id)
    position.take(2, anew.event_id)
    again = place_state(position, version=2, event_id=anew.event_id)
    older = place_state(position, version=1, event_id=Record(1, timeline=1).event_id)

    assert (first, again, older) == (Verdict.FRESH, Verdict.DUPLICATE, Verdict.DUPLICATE)


def test_repeated_record_is_a_duplicate_and_another_of_its_version_a_fork() -> None:
    position = StreamPosition()
    position.take(1, Record(1).event_id)

    same = place_event(position, version=1, previous_version=0, event_id=Record(1).event_id)
    other = place_event(position, version=1, previous_version=0, event_id=Record(1, timeline=1).event_id)

    assert (same, other) == (Verdict.DUPLICATE, Verdict.FORK)


def test_next_record_of_a_stream_that_waits_is_behind() -> None:
    position = StreamPosition(version=3, blocked=True)

    assert place_event(position, version=4, previous_version=3, event_id=Record(4).event_id) is Verdict.BEHIND


def test_record_whose_forerunner_is_missing_is_a_gap() -> None:
    position = StreamPosition(version=3)

    assert place_event(position, version=5, previous_version=4, event_id=Record(5).event_id) is Verdict.GAP


@given(arrivals(), st.integers(1, 12))
def test_reader_that_starts_later_begins_where_it_meets_a_stream_and_misses_nothing_after(
    records: list[Record], first: int
) -> None:
    reader = Reader(starts_later=True)
    later = [Record(first), *(record for record in records if record.version != first)]

    for record in later:
        reader.arrive(record)

    newest = max(record.version for record in later)
    assert [record.version for record in reader.effects] == list(range(first, newest + 1))
    assert reader.parked == {}
