"""`fairdue keys …`: change the key under which personal fields are sealed, and the one that signs permits."""

from __future__ import annotations

from typing import Annotated

import typer

from .session import console, emit, fail, prepare


def register(root: typer.Typer) -> None:
    """Add the command group `keys`."""
    keys = typer.Typer(
        help="Keys of personal fields and of permits; see docs/how-to/keys.md.", no_args_is_help=True
    )
    keys.command("new")(new)
    keys.command("rotate")(rotate)
    keys.command("add")(add)
    keys.command("permits")(permits)
    keys.command("rotate-permits")(rotate_permits)
    keys.command("documents")(documents)
    root.add_typer(keys, name="keys")


def new() -> None:
    """Print a fresh set of keys as one JSON object, for FAIRDUE_KEYS or var/keys.json; nothing is stored."""
    from fairdue.storage.keys import new_keys

    emit(new_keys())


def add(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Add a key without sealing anything again: restart web and workers, then run `keys rotate`."""
    from fairdue.storage.embedded import VAR_DIR
    from fairdue.storage.keys import KeysElsewhere, add_field_key

    try:
        key_id = add_field_key(VAR_DIR)
    except KeysElsewhere as error:
        fail(str(error))
    if as_json:
        emit({"key_id": key_id})
    console.print(f"key {key_id} added; restart web and workers, then run: fairdue keys rotate")


def rotate(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Seal every personal value again under the newest key; adds a key first unless one waits to be used.

    May be stopped at any moment; run it again and it goes on.
    """
    prepare()
    from fairdue.journeys.rotate_keys import pending_reseals

    pending = pending_reseals()
    if pending == 0:
        _add_and_use()
        pending = pending_reseals()
    resealed = _reseal(pending)
    if as_json:
        emit({"key_id": resealed.key_id, "counts": resealed.counts})
    console.print(f"{sum(resealed.counts.values()):,} values sealed under key {resealed.key_id}")


def permits(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False) -> None:
    """Show the public keys that verify permits; give them to whoever is to check an exported bundle."""
    from fairdue.storage.embedded import VAR_DIR
    from fairdue.storage.keys import load_keys

    keys = load_keys(VAR_DIR, allow_generated=False).permit_keys
    listed = [
        {"key_id": key_id, "algorithm": "Ed25519", "public_key": key.hex(), "signs": key_id == keys.newest}
        for key_id, key in keys.public.items()
    ]
    if as_json:
        emit({"keys": listed})
    for key in [] if as_json else listed:
        console.print(f"{key['key_id']:>3} {key['public_key']} {'signs' if key['signs'] else 'retired'}")


def documents(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the certificate under which agreements and letters are signed; readers of PDF files can trust it."""
    import ssl

    from fairdue.storage.embedded import VAR_DIR
    from fairdue.storage.keys import load_keys

    key = load_keys(VAR_DIR, allow_generated=False).document_key
    certificate = ssl.DER_cert_to_PEM_cert(key.certificate)
    if as_json:
        emit({"sha256": key.fingerprint, "certificate": certificate})
    console.print(f"SHA-256 {key.fingerprint}\n{certificate}")


def rotate_permits(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Let a fresh key sign permits; older keys keep only their public part. Restart web and workers afterwards."""
    from fairdue.storage.embedded import VAR_DIR
    from fairdue.storage.keys import KeysElsewhere, add_permit_key

    try:
        key_id = add_permit_key(VAR_DIR)
    except KeysElsewhere as error:
        fail(str(error))
    if as_json:
        emit({"key_id": key_id})
    console.print(f"permit key {key_id} added; it signs as soon as web and workers are restarted")


def _add_and_use() -> None:
    """Add a key and let this process seal with it."""
    from django.conf import settings

    from fairdue.storage.embedded import VAR_DIR
    from fairdue.storage.keys import KeysElsewhere, add_field_key, load_keys

    try:
        add_field_key(VAR_DIR)
    except KeysElsewhere as error:
        fail(str(error))
    settings.FIELD_KEYS = load_keys(VAR_DIR, allow_generated=False).field_ring


def _reseal(pending: int):  # type: ignore[no-untyped-def]
    from rich.progress import Progress

    from fairdue.journeys.rotate_keys import reseal
    from fairdue.kernel import clock
    from fairdue.kernel.actor import system

    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("sealing", total=pending)
        return reseal(
            actor=system("fairdue keys rotate"),
            now=clock.now(),
            progress=lambda rows: bar.update(task, advance=rows),
        )
