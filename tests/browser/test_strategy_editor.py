"""The editor of strategies in a real browser: keys, clipboard, undo, rows, errors in place, saving, two at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.decisions.models import StrategyVersion
from fairdue.kernel import clock
from fairdue.kernel.actor import system
from tests.web.desk_world import make_staff

pytestmark = pytest.mark.browser
CODE = "reminders-cn"


@pytest.fixture
def draft(world):
    """A strategist, and a draft of the shipped strategy that somebody else began."""
    make_staff("strategist")
    make_staff("strategist", username="second")
    live = decisions.published_strategy(CODE)
    actor = system("test")
    return decisions.save_draft(
        code=CODE, document=live.content, base_version_id=live.strategy_id, actor=actor, now=clock.now()
    )


@pytest.fixture
def editor(desk, draft):
    """The draft in the editor, at the table that the night carries out."""
    desk.sign_in("strategist")
    desk.open(f"/desk/strategies/{draft.strategy_id}/edit")
    expect(desk.page.locator("table.sheet tbody tr").first).to_be_visible()
    return Editor(desk, draft.strategy_id)


class Editor:
    """The grid as a person meets it."""

    def __init__(self, desk, strategy_id: int) -> None:
        self.desk, self.page, self.strategy_id = desk, desk.page, strategy_id

    def cell(self, row: int, name: str):
        """A cell by its row, from 1, and the column's key."""
        at = self.page.evaluate(
            "key => document.querySelector('[data-strategy-editor]').editor.grid.columns.findIndex(c => c.key === key)",
            name,
        )
        assert at >= 0, name
        return self.page.locator("table.sheet tbody tr").nth(row - 1).locator("td").nth(at)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def rows(self) -> list[str]:
        return self.page.eval_on_selector_all(
            "table.sheet tbody tr", "rows => rows.map(row => row.rowData.row_id)"
        )

    def saved(self):
        expect(self.page.locator("[data-part=state]")).to_have_text("Saved", timeout=10_000)
        return StrategyVersion.objects.get(pk=self.strategy_id).content

    def save(self):
        self.press("Control+s")
        return self.saved()

    def row(self, content, row_id: str):
        return next(row for table in content["decisions"] for row in table["rows"] if row["id"] == row_id)


def test_typing_moving_undoing_and_saving_go_like_in_a_spreadsheet(editor):
    page = editor.page
    editor.cell(2, "when:balance_minor").click()
    editor.press("F2", "Control+a")
    page.keyboard.type("＜＝５")
    editor.press("Enter")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("<=5")
    expect(editor.cell(3, "when:balance_minor")).to_be_focused()
    editor.press("ArrowUp", "F2", "End")
    page.keyboard.type("0")
    editor.press("Tab")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("<=50")
    assert page.locator("table.sheet td:focus").count() == 1
    editor.press("ArrowLeft", "F2")
    page.keyboard.type("junk")
    editor.press("Escape")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("<=50")
    editor.press("Control+z")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("<=5")
    editor.press("Control+z", "Control+y")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("<=5")
    editor.press("Delete")
    expect(editor.cell(2, "when:balance_minor")).to_have_text("–")
    editor.press("Control+z")
    before = editor.rows()
    assert editor.row(editor.save(), before[1])["when"]["balance_minor"] == "<=5"
    assert editor.desk.faults == []


def test_ranges_are_copied_and_pasted_as_from_and_to_excel(editor):
    page, rows = editor.page, editor.rows()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    editor.cell(1, "when:standing").click()
    editor.press("Shift+ArrowDown", "Shift+ArrowDown", "Control+c")
    expect(page.locator("[data-part=said]")).to_have_text("Copied 3 rows and 1 columns")
    copied = page.evaluate("navigator.clipboard.readText()").replace("\r", "").split("\n")
    assert copied == ['"""deceased"""', "", 'not("open")'] or copied[0] == '"""deceased"""'
    last = len(rows)
    page.evaluate(
        "text => navigator.clipboard.writeText(text)",
        '"Line one\n""two"""\tm1\t"""open"""\r\nplain\tm2\t"a","b"\r\n',
    )
    editor.cell(last, "#en").click()
    editor.press("Control+v")
    expect(page.locator("table.sheet tbody tr")).to_have_count(last + 1)
    assert editor.rows() == [*rows, "next-step-1"]
    content = editor.save()
    first, second = editor.row(content, rows[-1]), editor.row(content, "next-step-1")
    assert (first["title"]["en"], first["stage"], first["when"]["standing"]) == (
        'Line one\n"two"',
        "m1",
        '"open"',
    )
    assert (second["title"]["en"], second["stage"], second["when"]["standing"]) == ("plain", "m2", '"a","b"')


def test_rows_are_added_copied_moved_and_deleted_by_keyboard_and_dragged(editor):
    page, rows = editor.page, editor.rows()
    editor.cell(1, "#en").click()
    editor.press("Alt+ArrowDown", "Alt+ArrowDown")
    assert editor.rows()[:3] == [rows[1], rows[2], rows[0]]
    expect(page.locator("[data-part=said]")).to_have_text("1 rows moved to place 3")
    expect(editor.cell(3, "#en")).to_be_focused()
    editor.press("Insert")
    assert editor.rows()[3] == "next-step-1"
    page.keyboard.type("A new row")
    editor.press("Enter", "ArrowUp", "Control+Shift+d")
    assert editor.rows()[3:5] == ["next-step-1", "next-step-2"]
    expect(editor.cell(5, "#en")).to_have_text("A new row")
    editor.press("Control+Delete")
    assert "next-step-2" not in editor.rows()
    editor.press("Control+z")
    assert editor.rows()[4] == "next-step-2"
    heads = page.locator("table.sheet .row-no")
    heads.nth(0).drag_to(heads.nth(2), target_position={"x": 8, "y": 44})
    assert editor.rows()[:3] == [rows[2], rows[0], rows[1]]
    page.keyboard.press("Control+z")
    content = editor.save()
    kept = [row["id"] for row in next(t for t in content["decisions"] if t["id"] == "next_step")["rows"]]
    assert kept == editor.rows()
    assert editor.desk.faults == []


def wrong_cell_says_so_in_place(editor):
    page = editor.page
    editor.cell(1, "when:standing").click()
    page.keyboard.type("deceased")
    told = page.locator("[data-part=told]")
    expect(page.locator("[data-part=problem-count]")).to_have_text("1 to mend")
    editor.press("Enter")
    wrong = editor.cell(1, "when:standing")
    expect(wrong).to_have_attribute("aria-invalid", "true")
    editor.press("ArrowUp")
    expect(told).to_contain_text('Texts stand in double quotes: write "deceased".')
    editor.press("F2")
    page.keyboard.type("x")
    editor.press("Escape")
    assert editor.desk.axe() == []
    page.keyboard.type('"deceased"')
    editor.press("Enter")
    expect(page.locator("[data-part=problem-count]")).to_have_text("Every cell can be read")
    expect(wrong).not_to_have_attribute("aria-invalid", "true")


def tab_leaves_the_table_after_escape(editor):
    editor.cell(2, "#en").click()
    editor.press("Tab")
    expect(editor.cell(2, "#stage")).to_be_focused()
    editor.press("Escape", "Tab")
    assert not editor.page.evaluate("document.activeElement.closest('table.sheet')")


def test_errors_stand_in_place_tab_can_leave_and_columns_come_from_the_catalogue(editor):
    wrong_cell_says_so_in_place(editor)
    tab_leaves_the_table_after_escape(editor)
    columns_come_and_go_with_their_cells(editor)
    assert editor.desk.faults == []


def columns_come_and_go_with_their_cells(editor):
    page = editor.page
    page.get_by_text("Columns and allowed values").click()
    add = page.locator(".editor-add")
    add.locator("select").select_option("days_since_payment")
    add.get_by_role("button", name="Add: New condition").click()
    editor.cell(1, "when:days_since_payment").click()
    page.keyboard.type("> 3")
    editor.press("Enter")
    page.get_by_role("button", name="Remove: Round").click()
    assert (
        page.evaluate(
            "document.querySelector('[data-strategy-editor]').editor.grid.columns.some(c => c.name === 'round')"
        )
        is False
    )
    editor.press("Control+z")
    content = editor.save()
    table = next(t for t in content["decisions"] if t["id"] == "next_step")
    assert "days_since_payment" in [each["name"] for each in table["inputs"]]
    assert "round" in [each["name"] for each in table["outputs"]]
    assert table["rows"][0]["when"]["days_since_payment"] == "> 3"


def test_a_draft_saves_itself_and_warns_of_what_is_not_saved(editor):
    page = editor.page
    editor.cell(1, "#en").click()
    page.keyboard.type("By itself")
    editor.press("Enter")
    expect(page.locator("[data-part=state]")).to_have_text("Not saved yet")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => location.reload(), 0)")
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    rows = editor.rows()
    assert editor.row(editor.saved(), rows[0])["title"]["en"] == "By itself"


def test_of_two_who_save_at_once_both_are_shown_and_nothing_is_lost(editor, chromium, live_server):
    page, rows = editor.page, editor.rows()
    card = decisions.strategy_by_id(editor.strategy_id)
    other = {**card.content, "title": {"zh": "别人改的", "en": "Changed by another"}}
    decisions.save_draft(
        code=CODE, document=other, draft_id=card.strategy_id, expected_sha256=card.sha256,
        actor=system("test"), now=clock.now(),
    )  # fmt: skip
    editor.cell(1, "#en").click()
    page.keyboard.type("Mine")
    editor.press("Enter", "Control+s")
    dialog = page.locator("dialog[data-part=conflict]")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("test saved this draft")
    expect(dialog.locator("li").first).to_be_visible()
    editor.desk.shot("editor-conflict")
    assert editor.desk.axe() == []
    with page.expect_navigation():
        dialog.get_by_role("button", name="Keep mine as a draft of its own").click()
    mine = StrategyVersion.objects.filter(code=CODE, status="draft").latest("pk").content
    theirs = StrategyVersion.objects.get(pk=editor.strategy_id).content
    assert editor.row(mine, rows[0])["title"]["en"] == "Mine"
    assert theirs["title"]["en"] == "Changed by another"
    assert editor.row(theirs, rows[0])["title"]["en"] != "Mine"
    assert [fault for fault in editor.desk.faults if "409" not in fault] == []


def test_a_draft_is_checked_shadowed_approved_by_a_second_person_and_published(editor, draft):
    desk, page = editor.desk, editor.page
    make_staff("supervisor", username="approver")
    editor.cell(1, "#en").click()
    page.keyboard.type("No contact with the estate: a person looks")
    editor.press("Enter")
    editor.save()
    page.get_by_role("link", name="To the check").click()
    page.locator(".life-steps").get_by_role("button", name="Check").click()
    if page.get_by_role("button", name="The warnings may stand").count():
        page.get_by_role("button", name="The warnings may stand").click()
    address = f"/desk/strategies/{draft.strategy_id}/"
    desk.open(address)
    page.get_by_role("button", name="Start the shadow").click()
    expect(page.locator("h1 ~ .badge")).to_have_text("In the shadow")
    expect(page.get_by_role("button", name="Approve")).to_have_attribute("aria-disabled", "true")
    page.context.clear_cookies()
    desk.sign_in("approver")
    desk.open(address)
    page.get_by_role("button", name="Approve").click()
    expect(page.locator("h1 ~ .badge")).to_have_text("Approved")
    page.context.clear_cookies()
    desk.sign_in("strategist")
    desk.open(address)
    page.get_by_role("button", name="Publish").click()
    expect(page.locator("h1 ~ .badge")).to_have_text("Published")
    assert decisions.published_strategy(CODE).strategy_id == draft.strategy_id
    assert desk.faults == []


@pytest.mark.parametrize(("locale", "scheme"), [("en", "dark"), ("zh-hans", "light")])
def test_pages_of_strategies_are_accessible_fit_the_screen_and_raise_no_error(desk, draft, locale, scheme):
    make_staff("strategist", username="reader", locale=locale)
    desk.page.emulate_media(color_scheme=scheme)
    desk.sign_in("reader")
    live = decisions.published_strategy(CODE)
    base, at = "/desk/strategies/", draft.strategy_id
    paths = ("", f"{at}/", f"{at}/edit", f"{at}/findings", f"{at}/try", "upload", f"compare?a={live.strategy_id}&b={at}", f"{live.strategy_id}/", f"{live.strategy_id}/stages")  # fmt: skip
    for path in paths:
        desk.open(base + path)
        desk.shot(f"strategies-{path.partition('?')[0].replace('/', '-')}-{locale}")
        assert desk.overflow() == 0, path
        assert desk.axe() == [], path
    desk.open(f"{base}{at}/try")
    desk.page.fill("#f-days_past_due", "12")
    desk.page.select_option("#f-is_deceased", "false")
    desk.page.locator("main form[aria-labelledby=facts] .btn-primary").click()
    expect(desk.page.locator("#result")).to_be_visible()
    desk.shot(f"strategies-tried-{locale}")
    assert desk.axe() == []
    assert desk.faults == []


def test_five_hundred_rows_are_smooth(desk, draft):
    table = {
        "id": "next_step", "title": {"zh": "大表", "en": "Large"}, "hit_policy": "FIRST",
        "inputs": [{"name": f"x{at}", "type": "integer", "expression": "days_past_due"} for at in range(14)],
        "outputs": [{"name": "step", "type": "text", "allowed": ["none", "call"]}],
        "rows": [
            {"id": f"r-{row}", "title": {"zh": f"第 {row} 行", "en": f"Row {row}"}, "when": {f"x{at}": f"[{row}..{row + at}]" for at in range(14)}, "then": {"step": "none"}}
            for row in range(500)
        ],
    }  # fmt: skip
    document = {"code": "large", "version": "1", "title": {"zh": "大", "en": "Large"}, "inputs": [{"name": "days_past_due", "type": "integer"}], "decisions": [table], "result": "next_step"}  # fmt: skip
    card = decisions.save_draft(code="large", document=document, actor=system("test"), now=clock.now())
    desk.sign_in("strategist")
    desk.open(f"/desk/strategies/{card.strategy_id}/edit")
    editor = Editor(desk, card.strategy_id)
    editor.cell(1, "when:x0").click()
    spent = desk.page.evaluate(MEASURE)
    assert spent["move"] < 50 and spent["type"] < 100 and spent["row"] < 200, spent


MEASURE = """() => {
  const { editor } = document.querySelector('[data-strategy-editor]');
  const { grid } = editor;
  const timed = (count, act) => {
    const times = [];
    for (let at = 0; at < count; at += 1) {
      const start = performance.now();
      act(at);
      document.body.offsetHeight;
      times.push(performance.now() - start);
    }
    return Math.round(times.sort((a, b) => a - b)[Math.floor(count / 2)] * 10) / 10;
  };
  return {
    move: timed(21, at => grid.goTo(at * 20, 2)),
    type: timed(11, at => grid.change([[at, grid.columns[3], `[${at}..9]`]], '')),
    row: timed(7, () => grid.moveRows(-1)),
  };
}"""
