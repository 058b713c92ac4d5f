"""The desk's lists: views, columns, sorting and filters of their readers, and how often each list asks the database."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.identity.models import SavedView, Staff
from fairdue.kernel import clock
from fairdue.kernel.money import Money
from fairdue.web.ui.bulk import Bulk
from fairdue.web.ui.tables import Column, MoneyColumn, Table
from tests.web.desk_world import make_staff

QUERIES = {
    "supervisor": {
        "/desk/queue/": 12, "/desk/board/": 13, "/desk/inbox/": 13, "/desk/targets/": 12,
        "/desk/matters/": 8, "/desk/complaints/": 8, "/desk/hardship/": 8,
        "/desk/letters-and-visits/": 6, "/desk/products/": 4, "/desk/imports/": 6, "/desk/cycles/":
        6, "/desk/capacity/": 24, "/desk/strategies/": 5, "/desk/experiments/": 8,
        "/desk/approvals/": 6, "/desk/plans/": 7, "/desk/incoming/": 10, "/desk/bank-files/": 6,
        "/desk/online/": 11, "/desk/orders/": 7, "/desk/day-end/": 20, "/desk/deadlines/": 8,
        "/desk/templates/": 6, "/desk/rulebook/": 5, "/desk/permits/": 7, "/desk/agencies/": 11,
        "/desk/outbox/": 8, "/desk/closed-days/": 5,
    },
    "compliance": {
        "/desk/audit/": 5, "/desk/offers/treatment": 5, "/desk/access/": 13, "/desk/retention/": 9,
    },
    "administrator": {
        "/desk/staff/": 9, "/desk/teams/": 6, "/desk/creditors/": 4, "/desk/health/": 9,
        "/desk/jobs/": 5,
    },
}  # fmt: skip


def sign_in(client, settings, username: str, role: str | None = None) -> None:
    settings.MFA_REQUIRED_ROLES = frozenset()
    if not Staff.objects.filter(username=username).exists():
        make_staff(role or username, username=username)
    client.force_login(Staff.objects.get(username=username))


def test_every_list_page_asks_the_database_as_often_as_is_written_here(world, client, settings):
    asked = {}
    for role, pages in QUERIES.items():
        sign_in(client, settings, role)
        asked[role] = {path: queries_of(client, path) for path in pages}
    assert asked == QUERIES


def queries_of(client, path: str) -> int:
    client.get(path)  # packs and columns are read once for a process
    with CaptureQueriesContext(connection) as seen:
        assert client.get(path).status_code == 200, path
    return len(seen)


def test_a_view_is_saved_shared_with_the_team_and_removed_by_its_owner_alone(world, client, settings):
    sign_in(client, settings, "supervisor")
    sent = {
        "name": "M1 calls", "query": "queue=calls&bucket=M1", "columns": ["name_masked", "overdue"], "is_shared": "1",
        "next": "/desk/queue/",
    }  # fmt: skip
    answer = client.post("/desk/lists/queue/view", sent)
    view = SavedView.objects.get()
    assert answer["Location"] == f"/desk/queue/?queue=calls&bucket=M1&view={view.pk}"
    sign_in(client, settings, "collector")
    page = client.get(answer["Location"]).content.decode()
    assert "M1 calls" in page and "1 row" in page
    heads = re.findall(r'<th scope="col" class="[^"]*">(?:<a [^>]*>)?([^<]+)<', page)
    assert heads == ["Debtor", "Overdue"]
    client.post(f"/desk/views/{view.pk}/remove", {"next": "/desk/queue/"})
    assert SavedView.objects.count() == 1
    make_staff("agency", username="elsewhere", team="agency")
    sign_in(client, settings, "elsewhere")
    assert "M1 calls" not in client.get("/desk/queue/").content.decode()
    sign_in(client, settings, "supervisor")
    client.post(f"/desk/views/{view.pk}/remove", {"next": "/desk/queue/"})
    assert SavedView.objects.count() == 0


def test_a_view_without_a_name_is_not_saved_and_says_so(world, client, settings):
    sign_in(client, settings, "supervisor")
    answer = client.post("/desk/lists/queue/view", {"name": "  ", "next": "/desk/queue/"}, follow=True)
    assert "The view was not saved. Give the view a name." in answer.content.decode()
    assert SavedView.objects.count() == 0


def test_columns_are_chosen_kept_written_to_files_and_brought_back(world, client, settings):
    sign_in(client, settings, "supervisor")
    address = "/desk/lists/queue/columns"
    client.post(address, {"columns": ["overdue", "nothing"], "next": "/desk/queue/"})
    text = client.get("/desk/queue/?export=csv").content.decode("utf-8-sig")
    assert text.splitlines()[0] == "Debtor,Overdue"
    client.post(address, {"columns": ["overdue"], "reset": "1", "next": "/desk/queue/"})
    head = client.get("/desk/queue/?export=csv").content.decode("utf-8-sig").splitlines()[0]
    assert head.startswith("Debtor,Past due,Overdue,")
    assert client.post(address, {"columns": [str(at) for at in range(41)], "next": "//evil"}).url == "/desk/"
    assert (
        "columns" not in Staff.objects.get(username="supervisor").preferences
        or not (Staff.objects.get(username="supervisor").preferences["columns"])
    )


def test_filters_take_only_what_they_offer(world, client, settings):
    sign_in(client, settings, "supervisor")
    page = client.get("/desk/queue/?queue=../../etc&bucket=M9&mine=2&sort=%3Cb%3E").content.decode()
    assert "2 rows" in page and "<b>" not in page
    sign_in(client, settings, "administrator")
    assert "2 rows" in client.get("/desk/staff/?role=").content.decode()
    assert "1 row" in client.get("/desk/staff/?role=supervisor").content.decode()


def test_all_rows_of_a_filter_are_chosen_by_their_names(world, client, settings):
    sign_in(client, settings, "supervisor")
    chosen = client.get("/desk/queue/?queue=calls&export=choice").json()
    assert chosen == {"name": "case_ids", "values": [str(world.case.pk), str(world.second_case.pk)]}
    sign_in(client, settings, "collector")
    page = client.get("/desk/queue/?export=choice")
    assert page["Content-Type"].startswith("text/html") and b"data-choose-whole" not in page.content


def test_a_bar_offers_the_whole_filter_only_where_a_page_does_not_show_it():
    translation.activate("en")
    table = table_of(1, 2)
    table.bulk, table.count = Bulk(action="/", button="Do"), 412
    assert table.whole_count_text == ""
    table.next_cursor = "2"
    assert table.whole_count_text == "Choose all 412 rows of this filter"
    table.count_is_capped = True
    assert table.whole_count_text == "Choose the first 500 rows of this filter"


def table_of(*amounts: int | None) -> Table:
    rows = [{"name": str(at), "owed": None if one is None else Money(one)} for at, one in enumerate(amounts)]
    columns = [
        Column("name", "Name", is_row_head=True),
        MoneyColumn("owed", "Owed"),
        Column("id", "Id", "name", is_extra=True),
    ]
    return Table(rows, columns=columns, sorts_here=True)  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "order"),
    [("owed", "1203"), ("-owed", "0213"), ("-name", "3210"), ("id", "0123"), ("evil", "0123"), ("", "0123")],
)
def test_a_whole_list_is_sorted_by_value_with_what_is_missing_last(asked, order):
    table = table_of(900, 5, 100, None)
    table.sort_by(asked)
    assert "".join(row["name"] for row in table.data) == order


def test_extra_columns_wait_to_be_chosen_and_fixed_ones_stay():
    table = table_of(1)
    assert [column.name for column in table.shown] == ["name", "owed"]
    table.choose_columns(["id"])
    assert [column.name for column in table.shown] == ["name", "id"]


def test_nobody_keeps_more_than_thirty_views_of_a_list(world):
    staff_id, now = make_staff("collector").staff_id, clock.now()
    said = {
        "staff_id": staff_id, "list_name": "queue", "query": "", "columns": (), "is_shared": False, "now": now,
    }  # fmt: skip
    for number in range(30):
        identity.save_view(name=f"view {number}", **said)
    identity.save_view(name="view 3", **said)
    with pytest.raises(identity.ViewRefused, match=r"view\.many"):
        identity.save_view(name="one more", **said)
    assert SavedView.objects.count() == 30
