"""The page "Replay", and when a person may next be contacted beside the channels of a case."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact
from fairdue.kernel import clock
from fairdue.kernel.actor import system

pytestmark = pytest.mark.django_db


@pytest.fixture
def compliance(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    law.load_rule_packs(actor=system("test"), now=clock.now())
    return signed_in("the-compliance")


def texted(world, moment):
    return law.record_contact(
        person_id=world.person.pk, channel="sms", result="delivered", occurred_at=moment, made_by="lender",
        actor=system("t"), now=clock.now(), contact_point_id=world.point.pk,
    )  # fmt: skip


def night(days_ago):
    local = clock.now().astimezone(clock.HOUSE_ZONE) - timedelta(days=days_ago)
    return local.replace(hour=23, minute=0, second=0, microsecond=0)


def asked(**values):
    today = clock.business_date(clock.now())
    return {"since": today - timedelta(days=5), "until": today} | values


def test_breaches_of_a_period_are_shown_with_the_money_behind_and_nothing_changes(compliance, world):
    texted(world, night(2))
    texted(world, night(2).replace(hour=10))
    before = list(Contact.objects.values())
    page = compliance.get("/desk/replay/", asked()).content.decode()
    assert "2 contacts = 2 judged + 0 made by the debtor or never sent." in page
    assert "CN-TIME-01" in page and "李**" in page and f"/desk/case/{world.case.pk}/" in page
    assert "9,700.50" in page
    assert list(Contact.objects.values()) == before


def test_a_published_version_can_stand_in_and_the_list_can_be_taken_as_a_file(compliance, world):
    texted(world, night(2))
    version = f"cn@{law.shipped_pack('cn').version}"
    page = compliance.get("/desk/replay/", asked(pack=version)).content.decode()
    assert "Not allowed by the draft" in page and "Only the draft stops" in page
    file = compliance.get("/desk/replay/", asked(export="csv"))
    assert "CN-TIME-01" in b"".join(file).decode("utf-8-sig")


@pytest.mark.parametrize("values", [{"until": "2020-01-01"}, {"since": "0001-01-01"}, {"pack": "cn@0"}])
def test_an_odd_period_or_version_is_refused_in_place(compliance, values):
    answer = compliance.get("/desk/replay/", asked(**values))
    assert answer.status_code == 200
    assert "report" not in answer.context


def test_a_parameter_is_tried_and_never_becomes_live(compliance, world):
    texted(world, night(2).replace(hour=10))
    texted(world, night(2).replace(hour=15))
    standing, packs = law.pack_versions(), len(law.published_packs())
    page = compliance.get(
        "/desk/replay/", asked(parameter="house:messages.per_day", value=1)
    ).content.decode()
    assert "Only the draft stops" in page and "HOUSE-MSG-01" in page
    assert (law.pack_versions(), len(law.published_packs())) == (standing, packs)
    assert "Choose a parameter" in compliance.get("/desk/replay/", asked(value=1)).content.decode()


def test_a_collector_may_not_replay(world, staff, signed_in):
    staff("collector")
    assert signed_in("collector").get("/desk/replay/").status_code == 403


def test_the_case_says_that_the_debtor_may_be_contacted_now_and_by_what(
    world, staff, signed_in, at_half_past_ten
):
    staff("collector")
    page = signed_in("collector").get(f"/desk/case/{world.case.pk}/").content.decode()
    assert "Next contact: now" in page


def test_the_case_says_from_when_the_debtor_may_be_contacted(world, staff, signed_in, at_three_at_night):
    staff("collector")
    page = signed_in("collector").get(f"/desk/case/{world.case.pk}/").content.decode()
    assert "Next contact: from" in page and "08:00" in page


def test_under_a_cease_waiting_opens_no_way(world, staff, signed_in, at_half_past_ten):
    law.place_hold(
        person_id=world.person.pk, kind="cease", reason="asked", actor=system("t"), now=clock.now()
    )
    staff("collector")
    page = signed_in("collector").get(f"/desk/case/{world.case.pk}/").content.decode()
    assert "Next contact: waiting opens no way" in page


def zipped(change=lambda name, text: text, *, top="cn/", more=()):
    """Return the shipped pack of China as an uploaded zip, with its texts changed."""
    folder, written = Path(settings.PACKS_DIR) / "rules" / "cn", io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for path in sorted(folder.rglob("*.yaml")):
            name = path.relative_to(folder).as_posix()
            archive.writestr(f"{top}{name}", change(name, path.read_text(encoding="utf-8")))
        for name, text in more:
            archive.writestr(name, text)
    return SimpleUploadedFile("draft.zip", written.getvalue(), content_type="application/zip")


def test_an_uploaded_draft_is_judged_beside_what_is_in_force_and_kept_nowhere(compliance, world):
    texted(world, night(2))
    as_draft = zipped(
        lambda name, text: text.replace('version: "20', 'version: "21', 1) if name == "pack.yaml" else text
    )
    page = compliance.post("/desk/replay/", asked(draft=as_draft)).content.decode()
    assert "Not allowed by the draft" in page and '→ <span class="mono">cn 21' in page
    assert "CN-TIME-01" in page
    assert all(not pack.version.startswith("21") for pack in law.published_packs())


def test_a_form_without_a_file_becomes_a_page_with_an_address(compliance):
    answer = compliance.post("/desk/replay/", asked(value=""))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/desk/replay/?since=")


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (lambda: SimpleUploadedFile("draft.zip", b"no zip"), "This is no zip of a pack"),
        (lambda: zipped(more=[("cn/other/pack.yaml", "code: x")]), "exactly one pack.yaml"),
        (lambda: zipped(lambda name, text: text.replace("code: cn", "code: ../cn")), "names no code"),
        (lambda: zipped(lambda name, text: "" if name == "sources.yaml" else text), "not fit for use"),
    ],
)
def test_what_is_no_pack_is_refused_with_the_reason(compliance, draft, said):
    answer = compliance.post("/desk/replay/", asked(draft=draft()))
    assert answer.status_code == 422
    assert said in answer.content.decode()
