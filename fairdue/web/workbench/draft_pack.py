"""A draft of a rule pack as somebody uploads it: a zip of its folder, read and proven, kept nowhere."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

import yaml
from django.utils.translation import gettext as _

from fairdue.engine.law.packs import Pack, load_pack

UPLOAD_LIMIT_MB = 2
FILES_LIMIT = 200
SIZE_LIMIT_MB = 16
"""Unpacked: what is larger is no pack."""


class DraftUnreadable(ValueError):
    """The file is no zip of one pack's folder; nothing was read."""

    code = "law.draft.unreadable"


def pack_of_zip(path: Path) -> Pack:
    """This function will read the draft in a zip and prove it as every pack is proven; nothing of it is kept.

    1. The zip holds one `pack.yaml`, at its top or in one folder, with everything below it. 2. What would be written
    elsewhere, is no YAML or JSON, or is larger than a pack is refused.

    :raises DraftUnreadable: if it is not so
    :raises PackInvalid: with every fault of the pack
    """
    with TemporaryDirectory() as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                return load_pack(_unpacked(archive, Path(folder)))
        except (zipfile.BadZipFile, UnicodeDecodeError, yaml.YAMLError, NotImplementedError) as error:
            raise DraftUnreadable(_("This is no zip of a pack's folder.")) from error


def _unpacked(archive: zipfile.ZipFile, folder: Path) -> Path:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > FILES_LIMIT or sum(entry.file_size for entry in entries) > SIZE_LIMIT_MB * 2**20:
        raise DraftUnreadable(
            f"more than {FILES_LIMIT} files, or more than {SIZE_LIMIT_MB} MB: this is no pack"
        )
    heads = [
        PurePosixPath(entry.filename)
        for entry in entries
        if PurePosixPath(entry.filename).name == "pack.yaml"
    ]
    if len(heads) != 1:
        raise DraftUnreadable(_("The zip must hold exactly one pack.yaml."))
    top = heads[0].parent
    head = yaml.safe_load(archive.read(str(heads[0])))
    code = str(head.get("code", "")) if isinstance(head, dict) else ""
    if not code.replace("-", "").isalnum():
        raise DraftUnreadable(_("pack.yaml names no code."))
    target = folder / code
    for entry in entries:
        name = PurePosixPath(entry.filename)
        if name.is_absolute() or ".." in name.parts or not name.is_relative_to(top):
            continue
        if name.suffix in (".yaml", ".yml", ".json", ".md"):
            place = target / name.relative_to(top)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(archive.read(entry))
    return target
