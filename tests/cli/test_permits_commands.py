"""`fairdue permits` and `fairdue keys permits` as a compliance officer uses them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction
from typer.testing import CliRunner

from fairdue.cli.main import build
from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import system
from fairdue.storage.keys import add_permit_key, load_keys

sys.path.insert(0, str(Path(__file__).parents[1] / "contexts" / "law"))
from law_people import NOW, make_person


def run(*words: str):
    return CliRunner().invoke(build(), [str(word) for word in words])


@pytest.fixture
def permitted(db):
    """One permit, issued at ten in the morning of 12 May 2026 in Shanghai."""
    person = make_person()
    with transaction.atomic():
        law.reserve(
            person_id=person.id, channel="sms", contact_point_id=person.mobile, purpose="collect",
            content_sha256="a" * 64, now=NOW, actor=system("test"),
        )  # fmt: skip


def test_a_day_is_exported_with_both_ends_and_verifies_under_the_keys_shown(permitted, tmp_path):
    bundle = tmp_path / "may.zip"
    answer = run("permits", "export", "--from", "2026-05-12", "--to", "2026-05-12", "--out", bundle, "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout) | {"path": ""} == {"path": "", "permits": 1, "chains": 1, "packs": 2}
    keys = json.loads(run("keys", "permits", "--json").stdout)["keys"]
    given = [word for key in keys for word in ("--key", f"{key['key_id']}={key['public_key']}")]
    script = Path(settings.ROOT_DIR) / "tools" / "verify_permits.py"
    command = [sys.executable, "-I", "-S", script, bundle, *given]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, "whole: 1 permits" in done.stdout) == (0, True), done.stdout


def test_a_span_without_permits_is_status_one_and_a_wrong_day_status_two(permitted, tmp_path):
    bundle = tmp_path / "none.zip"
    assert (
        run("permits", "export", "--from", "2026-05-13", "--to", "2026-05-14", "--out", bundle).exit_code == 1
    )
    assert run("permits", "export", "--from", "13 May", "--to", "2026-05-14", "--out", bundle).exit_code == 2
    unplaced = (NOW + timedelta(days=1)).replace(tzinfo=None).isoformat()
    assert run("permits", "export", "--from", unplaced, "--to", "2026-05-14", "--out", bundle).exit_code == 2
    assert not bundle.exists()


def test_verify_counts_the_permits(permitted):
    answer = run("permits", "verify", "--json")
    assert (answer.exit_code, json.loads(answer.stdout)["permits"]) == (0, 1)


def test_a_new_permit_key_leaves_only_the_public_part_of_the_old_one(tmp_path):
    first = load_keys(tmp_path, allow_generated=True).permit_keys
    assert add_permit_key(tmp_path) == 2
    second = load_keys(tmp_path, allow_generated=False).permit_keys
    assert (first.newest, second.newest) == (1, 2)
    assert second.public[1] == first.public[1]
    assert (set(second.private), set(second.retired)) == ({2}, {1})
    assert second.is_signed(b"x", first.sign(b"x", 1), 1)
    assert not second.is_signed(b"y", first.sign(b"x", 1), 1)


def test_keys_made_before_permits_were_signed_sign_with_a_key_that_follows_from_the_chain_key(tmp_path):
    load_keys(tmp_path, allow_generated=True)
    document = json.loads((tmp_path / "keys.json").read_text())
    del document["permit_keys"]
    (tmp_path / "keys.json").write_text(json.dumps(document))
    once, again = (load_keys(tmp_path, allow_generated=False).permit_keys for _ in range(2))
    assert once.public == again.public
    assert list(once.public) == [1]
