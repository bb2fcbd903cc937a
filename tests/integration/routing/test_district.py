"""Publishing the district: what changed is appended, what left is retired, nobody's phone is anywhere in the clear."""

from services.routing.domain.district import District
from services.routing.handlers.accounts import ensure_accounts
from services.routing.handlers.district import Change, compare_district, publish_district
from services.routing.queries import editions
from shared.kernel.event_store import SQL
from shared.testing.waiting import eventually
from tests.integration.routing.conftest import Desk

DIGEST = "0" * 64
EVERYWHERE = ("events", "directory", "keys", "outbox_states", "district_editions")


def without_place(district: District, code: str) -> District:
    return district.model_copy(update={"places": tuple(each for each in district.places if each.code != code)})


def with_phone(district: District, person: str, phone: str) -> District:
    people = [each.model_copy(update={"phone": phone}) if each.id == person else each for each in district.people]
    return district.model_copy(update={"people": tuple(people)})


async def test_a_file_that_says_nothing_new_publishes_nothing(desk: Desk, district: District) -> None:
    before = await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM events")

    published = await publish_district(desk.routing, district, file_sha256=DIGEST)

    assert (published.edition, published.changes) == (1, ())
    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM events") == before
    assert [each.edition for each in await editions(desk.routing.runtime.pool)] == [1]


async def test_a_place_that_left_the_file_is_retired_and_comes_back_with_it(desk: Desk, district: District) -> None:
    gone = await publish_district(desk.routing, without_place(district, "XMHYAPX7"), file_sha256=DIGEST)
    retired = (await desk.routing.directory.current()).places["XMHYAPX7"].retired
    back = await publish_district(desk.routing, district, file_sha256=DIGEST)

    assert gone.changes == (Change(kind="place", id="XMHYAPX7", what="retired"),)
    assert retired
    assert (back.edition, back.changes) == (3, (Change(kind="place", id="XMHYAPX7", what="added"),))
    assert not (await desk.routing.directory.current()).places["XMHYAPX7"].retired


async def test_another_wording_of_a_template_changes_it_alone_and_its_rule_is_what_it_was(
    desk: Desk, district: District
) -> None:
    [written] = district.templates
    said = written.model_copy(update={"zh": "{place}有危险，先断电：{link}"})
    reworded = district.model_copy(update={"templates": (said,)})

    compared = await compare_district(desk.routing, reworded)
    published = await publish_district(desk.routing, reworded, file_sha256=DIGEST)

    assert compared.changes == published.changes == (Change(kind="template", id="danger-assigned", what="changed"),)
    known = (await desk.routing.directory.current()).templates["danger-assigned"]
    assert (known.edition, known.zh) == (2, "{place}有危险，先断电：{link}")


async def test_a_new_phone_changes_its_person_alone(desk: Desk, district: District) -> None:
    changed = with_phone(district, "police-duty-1", "10000000499")

    compared = await compare_district(desk.routing, changed)
    published = await publish_district(desk.routing, changed, file_sha256=DIGEST)

    assert compared.changes == (Change(kind="person", id="police-duty-1", what="changed"),)
    assert published.changes == compared.changes


async def test_of_rules_it_is_told_which_one_is_new_gone_changed_or_stands_elsewhere(
    desk: Desk, district: District
) -> None:
    first, second, third, *rest = district.rules
    shorter = rest[0].model_copy(update={"examples": (), "name": rest[1].name})
    rules = (second.model_copy(update={"id": "new"}), third, first, shorter, *rest[1:])

    [change] = (await compare_district(desk.routing, district.model_copy(update={"rules": rules}))).changes

    assert (change.kind, change.what) == ("rules", "changed")
    assert {(each.id, each.what) for each in change.rules} == {
        ("new", "added"),
        (second.id, "retired"),
        (third.id, "moved"),
        (first.id, "moved"),
        (rest[0].id, "changed"),
    }


async def test_comparing_writes_nothing(desk: Desk, district: District) -> None:
    pool = desk.routing.runtime.pool
    counts = [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in ("events", "keys", "outbox_states")]  # noqa: S608

    await compare_district(desk.routing, without_place(district, "XMHYAPX7"))

    after = [await pool.fetchval(f"SELECT count(*) FROM {table}") for table in ("events", "keys", "outbox_states")]  # noqa: S608
    assert after[:2] == counts[:2]


async def test_no_table_holds_a_phone_or_a_name_of_the_staff_in_the_clear(desk: Desk) -> None:
    for table in EVERYWHERE:
        text = await desk.routing.runtime.pool.fetchval(f"SELECT string_agg(t::text, '') FROM {table} AS t")  # noqa: S608

        assert "1000000010" not in (text or "")
        assert "居委会负责人甲" not in (text or "")


async def test_keys_of_the_staff_are_published_with_the_directory(desk: Desk) -> None:
    async def all_sent() -> bool:
        pool = desk.routing.runtime.pool
        return not await pool.fetchval("SELECT (SELECT count(*) FROM outbox) + (SELECT count(*) FROM outbox_states)")

    await eventually(all_sent)

    assert await desk.routing.runtime.pool.fetchval("SELECT count(*) FROM keys") == 21
    assert await desk.routing.runtime.pool.fetchval(SQL["last_acknowledged_at"]) is not None


async def test_accounts_are_made_once(desk: Desk) -> None:
    first = await ensure_accounts(desk.routing)
    second = await ensure_accounts(desk.routing)

    assert len(first) == 21
    assert second == []
    assert len({each.password for each in first}) == 21
