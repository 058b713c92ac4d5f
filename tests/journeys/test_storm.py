"""A small storm through real dispatch, calls, agencies and kills: nothing that the naive checker calls a violation."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.db import connection

from benchmarks.storm import added, run
from benchmarks.storm_book import stop_log
from benchmarks.storm_events import EVENTS

EVENTS_IN_ALL = 500


@pytest.fixture
def database_url(transactional_db):
    base = settings.DATABASES["default"]
    yield f"postgresql://{base['USER']}@/{connection.settings_dict['NAME']}?host={base['HOST']}"
    stop_log(connection)


@pytest.mark.slow
def test_a_storm_breaks_no_rule_sends_nothing_without_a_permit_and_uses_none_twice(database_url):
    report = added([run(database_url, events=EVENTS_IN_ALL, workers=2, seed=11)])
    assert report["faults"] == []
    found = [report[name] for name in ("violations", "sends_without_permit", "permits_used_twice")]
    assert (found, report["events"], report["chains_intact"]) == ([0, 0, 0], EVENTS_IN_ALL, True)
    assert report["kills"] >= 1
    assert report["sends"] > 25
    assert set(report["by_kind"]) == set(EVENTS)
    assert len(report["refused_by"]) >= 6
