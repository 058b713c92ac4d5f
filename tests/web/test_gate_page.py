"""The page that tries a case: every fact that rules ask, an address that holds it, examples, what would change it."""

from __future__ import annotations

from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.law.models import Contact, Permit
from fairdue.engine.law.candidates import CANDIDATE_SCHEMA
from fairdue.web.workbench.fact_words import FACTS, GROUPS
from fairdue.web.workbench.gate_form import CHOICES, SituationForm, address_of

pytestmark = pytest.mark.django_db
NIGHT = {"channel": "call", "at": "2026-11-18T23:00", "home_zone": "Asia/Shanghai", "owner": "debtor"}


@pytest.fixture
def ask(world, staff, signed_in):
    identity.ensure_team(code="head", name="Head office", creditor_ids=[], sees_all_creditors=True)
    staff("compliance", username="the-compliance", team="head")
    client = signed_in("the-compliance")

    def get(follow=False, **values):
        answer = client.get("/desk/gate/", values, follow=follow)
        return answer if follow else unescape(answer.content.decode())

    return get


def test_every_fact_that_rules_ask_has_a_field_and_a_word():
    for code in law.jurisdictions():
        asked = law.facts_asked(code)
        form = SituationForm(asked=asked, jurisdictions=law.jurisdictions())
        known = {name for name in asked if name in CANDIDATE_SCHEMA} - {"person_id", "contact_point_id"}
        assert known <= set(form.fields), code
        for name in CHOICES.keys() & asked.keys():
            assert asked[name] <= CHOICES[name].keys(), f"{code}: a value of {name} has no word"
    assert {name for _code, _title, names in GROUPS for name in names} <= set(FACTS)


def test_a_night_call_is_later_with_reasons_and_a_change_that_helps(ask):
    text = ask(**NIGHT)
    assert "CN-TIME-01" in text and "A single change that helps" in text
    assert "at 2026-11-19 10:00 there" in text and "Channel: Letter" in text
    assert (Contact.objects.count(), Permit.objects.count()) == (0, 0)


def test_an_allowed_call_says_what_would_stand_against_it(ask):
    text = ask(**NIGHT | {"at": "2026-11-18T10:00"})
    assert "No rule stands against it." in text and "A single change that stands against it" in text
    assert "The debtor has died: Yes" in text and "at 2026-11-18 23:00 there" in text


@pytest.mark.parametrize(
    "said", ["3", "-1h, -2h, -3h", "2026-11-18T09:00+08:00 2026-11-18T09:10 2026-11-18T09:20"]
)
def test_earlier_contacts_are_told_as_a_number_or_as_moments(ask, said):
    assert "CN-FREQ-02" in ask(**NIGHT | {"at": "2026-11-18T12:00", "conversations": said})


def test_the_address_holds_the_whole_case_and_nobodys_data(ask):
    said = NIGHT | {"at": "2026-11-18T12:00", "conversations": "3", "holds": "dispute", "is_deceased": "on"}
    text = ask(**said)
    link = text[text.index('<p class="small"><a href="') + 26 :]
    query = {key: values[0] for key, values in parse_qs(urlsplit(link[: link.index('"')]).query).items()}
    assert query["holds"] == "dispute:" and query["is_deceased"] == "1" and "person_id" not in query
    again = ask(**query)
    assert "CN-FREQ-02" in again and "HOUSE-DEAD-01" in again


def test_every_example_of_every_pack_loads_and_is_answered_as_its_pack_says(ask):
    for code in ("cn", "us", "uk"):
        for pack in law.example_packs(code):
            contacts = [at for at, test in enumerate(pack.tests) if "is_broken" in test]
            for place in contacts[:: max(len(contacts) // 3, 1)]:
                answer = ask(follow=True, example=f"{code}~{pack.code}~{place}")
                assert answer.context.get("verdict") is not None, (
                    pack.code,
                    place,
                    answer.context["form"].errors,
                )
    assert ask(follow=True, example="cn~cn~99999").status_code == 200


def test_an_example_breaks_its_rule(ask):
    place, test = next(
        (at, one) for at, one in enumerate(law.shipped_pack("cn").tests) if one.get("is_broken")
    )
    verdict = ask(follow=True, example=f"cn~cn~{place}").context["verdict"]
    assert test["rule"].split("/")[0] in verdict.rule_ids


@pytest.mark.parametrize(
    "odd", [{"at": "soon"}, {"zones": "Mars/Base"}, {"conversations": "yesterday"}, {"agreed_hours": "always"}, {"age": "x"}, {"channel": ""}]
)  # fmt: skip
def test_what_cannot_be_read_is_said_in_place(ask, odd):
    text = ask(**NIGHT | odd)
    assert "No rule stands against it." not in text and ("error" in text or "alert" in text)


def test_addresses_of_before_are_still_read(ask):
    assert "HOUSE-MSG-01" in ask(
        **NIGHT | {"channel": "sms", "at": "2026-11-18T12:00", "texts": "2", "hold": ""}
    )


def test_silence_is_left_out_of_an_address():
    assert address_of({"channel": "call", "is_deceased": False, "is_online": True, "age": None}) == {
        "channel": "call"
    }
