"""A bundle of permits, verified by the script that comes with it in an interpreter that knows nothing of ours."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from law_people import NOW, make_person

from fairdue.contexts.law import facade as law
from fairdue.kernel.actor import system
from fairdue.kernel.secrets import SigningKeys

ACTOR = system("test")
SCRIPT = Path(settings.ROOT_DIR) / "tools" / "verify_permits.py"


def reserve(person, now):
    with transaction.atomic():
        reservation = law.reserve(
            person_id=person.id, channel="sms", contact_point_id=person.mobile, purpose="collect",
            content_sha256="a" * 64, now=now, actor=ACTOR,
        )  # fmt: skip
    law.use_permit(
        permit_id=reservation.permit_id, channel="sms", contact_point_id=person.mobile, content_sha256="a" * 64,
        now=now + timedelta(seconds=3),
    )  # fmt: skip
    return reservation.permit_id


@pytest.fixture
def exported(db, tmp_path):
    """Six used permits of two persons over three days, unpacked."""
    people = [make_person("p1"), make_person("p2")]
    for day in range(3):
        for person in people:
            reserve(person, NOW + timedelta(days=day))
    return unpacked(tmp_path, NOW, NOW + timedelta(days=9))


def unpacked(folder, since, until):
    path = folder / "bundle.zip"
    law.export_permits(since=since, until=until, path=path, actor=ACTOR, now=NOW)
    with zipfile.ZipFile(path) as bundle:
        bundle.extractall(folder / "bundle")
    return folder / "bundle"


def verified(*words):
    """Run the script in an interpreter without any package; return its status and what it said."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), "--json", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    return done.returncode, json.loads(done.stdout) if done.stdout else done.stderr


def kinds(folder, *words):
    status, found = verified(folder, *words)
    assert status == 1
    return {fault["kind"] for fault in found["faults"]}


def lines(folder):
    return [json.loads(line) for line in (folder / "permits.jsonl").read_text().splitlines()]


def write(folder, records, *, is_manifest_renewed=True):
    """Write other permits, with a manifest that lists them: only what is signed still tells."""
    text = "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    (folder / "permits.jsonl").write_text(text)
    if is_manifest_renewed:
        renew(folder, permits=len(records))


def renew(folder, *, key=None, **changes):
    """Forge the manifest for the files as they are, signed by some key or by the house's own."""
    manifest = json.loads((folder / "manifest.json").read_text()) | changes
    names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
    manifest["files"] = {
        name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
        for name in names
        if name not in ("manifest.json", "manifest.sig")
    }
    data = json.dumps(manifest).encode()
    (folder / "manifest.json").write_bytes(data)
    message = b"fairdue.law.bundle\0" + hashlib.sha256(data).digest()
    signature = key.sign(message) if key else settings.PERMIT_KEYS.sign(message, settings.PERMIT_KEYS.newest)
    (folder / "manifest.sig").write_text(signature.hex())


def test_a_bundle_verifies_packed_and_unpacked_with_nothing_but_python(exported):
    for place in (exported, exported.parent / "bundle.zip"):
        status, found = verified(place)
        assert (status, found["faults"]) == (0, [])
        assert (found["permits"], found["uses"], found["chains"], found["packs"]) == (6, 6, 2, 2)
    own = subprocess.run(
        [sys.executable, "-I", "-S", exported / "verify_permits.py"], check=False, capture_output=True
    )
    assert own.returncode == 0
    assert b"whole: 6 permits, 6 uses, 2 chains, 2 packs" in own.stdout


def test_a_bundle_holds_no_name_number_or_address(exported):
    text = (exported / "permits.jsonl").read_text()
    assert "李" not in text
    assert set(lines(exported)[0]["content"]["verdict"]) >= {"facts", "packs", "asked"}


def test_a_span_takes_its_neighbours_so_that_chains_have_no_gap(exported, tmp_path):
    (tmp_path / "later").mkdir()
    later = unpacked(tmp_path / "later", NOW + timedelta(days=1), NOW + timedelta(days=2))
    status, found = verified(later)
    assert (status, found["permits"]) == (0, 2)
    assert {record["content"]["position"] for record in lines(later)} == {2}


def test_an_empty_span_writes_nothing(exported, tmp_path):
    with pytest.raises(law.SpanEmpty):
        law.export_permits(
            since=NOW - timedelta(days=9), until=NOW, path=tmp_path / "no.zip", actor=ACTOR, now=NOW
        )
    assert not (tmp_path / "no.zip").exists()


def test_a_changed_permit_is_found_even_if_the_manifest_is_renewed(exported):
    records = lines(exported)
    records[0]["content"]["channel"] = "call"
    write(exported, records)
    assert kinds(exported) == {"altered", "misused"}


def test_a_changed_permit_with_its_hash_made_anew_is_not_signed(exported):
    records = lines(exported)
    content = records[2]["content"] | {"issued_to": "somebody else"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    previous = bytes.fromhex(records[2]["previous_hash"])
    link = hashlib.sha256(b"fairdue.law.permit\0" + previous + text.encode()).hexdigest()
    records[2] |= {"content": content, "hash": link}
    write(exported, records)
    assert "unsigned" in kinds(exported)


def test_changed_facts_are_found(exported):
    records = lines(exported)
    records[0]["content"]["verdict"]["facts"]["is_opted_out"] = True
    write(exported, records)
    assert kinds(exported) == {"altered", "facts"}


def test_a_removed_permit_is_found_in_the_middle_and_at_the_end(exported):
    records = lines(exported)
    write(exported, records[:1] + records[2:])
    assert "removed" in kinds(exported)
    write(exported, records[:-1])
    assert "removed" in kinds(exported)


def test_a_permit_put_in_twice_is_found(exported):
    records = lines(exported)
    write(exported, [*records[:2], records[1], *records[2:]])
    assert kinds(exported) == {"inserted"}


def test_another_signature_is_found(exported):
    records = lines(exported)
    records[1]["signature"] = records[0]["signature"]
    write(exported, records)
    assert kinds(exported) == {"unsigned"}


def test_a_use_for_another_text_or_at_another_time_is_found(exported):
    records = lines(exported)
    records[0]["use"]["content_sha256"] = "b" * 64
    write(exported, records)
    assert kinds(exported) == {"misused"}
    records[0]["use"] |= {"content_sha256": "a" * 64, "used_at": records[0]["content"]["expires_at"]}
    write(exported, records)
    assert kinds(exported) == {"misused"}


def test_another_text_of_a_pack_is_found(exported):
    path = next((exported / "packs").glob("cn-*.json"))
    path.write_text(path.read_text().replace("21:00", "23:00").replace("22:00", "23:00"))
    renew(exported)
    assert kinds(exported) == {"pack"}


def test_a_missing_an_added_and_a_changed_file_are_found(exported):
    (exported / "README.txt").write_text("other words")
    (exported / "more.txt").write_text("more")
    next((exported / "packs").glob("house-*.json")).unlink()
    status, found = verified(exported)
    places = {fault["place"].partition("-")[0] for fault in found["faults"] if fault["kind"] == "file"}
    assert (status, places) == (1, {"README.txt", "more.txt", "packs/house"})


def test_a_manifest_that_somebody_else_signed_is_found(exported):
    renew(exported, key=Ed25519PrivateKey.generate(), permits=6)
    assert kinds(exported) == {"manifest"}


def test_a_bundle_of_another_hand_is_found_when_the_key_is_given(exported):
    stranger = Ed25519PrivateKey.generate()
    keys = json.loads((exported / "keys.json").read_text())
    (exported / "keys.json").write_text(
        json.dumps({key_id: stranger.public_key().public_bytes_raw().hex() for key_id in keys})
    )
    renew(exported, key=stranger)
    given = [word for key_id, key in keys.items() for word in ("--key", f"{key_id}={key}")]
    assert {"key", "manifest"} <= kinds(exported, *given)
    assert verified(exported.parent / "bundle.zip", *given)[0] == 0


def test_what_is_no_bundle_is_said_to_be_none(tmp_path):
    (tmp_path / "x.zip").write_text("no")
    status, said = verified(tmp_path / "x.zip")
    assert status == 2
    assert "cannot be read" in said


def test_permits_of_a_retired_key_still_verify(db, tmp_path, settings):
    person, first = make_person(), settings.PERMIT_KEYS
    reserve(person, NOW)
    second = max(first.public) + 1
    settings.PERMIT_KEYS = SigningKeys(private={second: b"2" * 32}, retired=first.public)
    permit_id = reserve(person, NOW + timedelta(days=1))
    assert law.permit(permit_id).key_id == second
    assert law.verify_permits().is_intact
    folder = unpacked(tmp_path, NOW, NOW + timedelta(days=9))
    status, found = verified(folder)
    assert (status, set(found["keys"])) == (0, {str(key_id) for key_id in settings.PERMIT_KEYS.public})


def test_permits_under_a_key_that_nobody_knows_are_unsigned(db, settings):
    reserve(make_person(), NOW)
    settings.PERMIT_KEYS = SigningKeys(private={99: b"9" * 32}, retired={})
    assert [fault.kind for fault in law.verify_permits().faults] == ["unsigned"]


def test_a_permit_that_the_database_itself_forged_is_unsigned(db):
    permit_id = reserve(make_person(), NOW)
    with connection.cursor() as cursor:
        cursor.execute("alter table law_permit disable trigger law_permit_append_only")
        cursor.execute("update law_permit set signature = hash || hash where id = %s", [permit_id])
    assert [fault.kind for fault in law.verify_permits().faults] == ["unsigned"]
