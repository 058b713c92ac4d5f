"""Word and Excel files of today: a ZIP whose entries are counted, measured and named before anything is unpacked."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib

from fairdue.engine.uploads.findings import Limits, UploadRefused

_MACROS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/activex/", "/embeddings/", "/ctrlprops/")
_NESTED = (".zip", ".jar", ".exe", ".dll", ".js", ".vbs", ".bat", ".scr", ".rar", ".7z", ".gz")
_ENCRYPTED_FLAG = 0x1
SMALL = 1024 * 1024
"""An entry up to this size is no bomb, however well it was packed."""
_CENTRAL_END = struct.Struct("<4s4H2LH")


def check_office(content: bytes, main_part: str, limits: Limits) -> None:
    """Pass silently, or refuse a packed office file that is damaged, a bomb, locked, active or something else as well.

    1. The first byte begins the first entry, and the end record ends the file.
    2. Sizes are those of the central directory, and no entry unpacks to more than it says there.
    3. No macros, controls, embedded objects, packed files inside, or passwords.

    :raises UploadRefused: so
    """
    if not content.startswith(b"PK\x03\x04"):
        raise UploadRefused("care.upload.two_in_one", "something stands before the first entry")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_entries(packed, main_part, limits)
            _require_honest(packed, limits)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise UploadRefused("care.upload.damaged", "the packed file cannot be read") from error
    _require_end(content)


def _check_entries(packed: zipfile.ZipFile, main_part: str, limits: Limits) -> None:
    entries = packed.infolist()
    if len(entries) > limits.entries or sum(each.file_size for each in entries) > limits.unpacked:
        raise UploadRefused("care.upload.bomb", "the file unpacks to far more than its size")
    for each in entries:
        name = "/" + each.filename.lower().replace("\\", "/")
        if each.flag_bits & _ENCRYPTED_FLAG:
            raise UploadRefused("care.upload.locked", "the file is locked by a password")
        if each.file_size > max(each.compress_size * limits.ratio, SMALL):
            raise UploadRefused("care.upload.bomb", "a part unpacks to far more than its size")
        if any(mark in name for mark in _MACROS):
            raise UploadRefused("care.upload.macros", "the file holds macros or embedded objects")
        if name.endswith(_NESTED) or "/../" in name:
            raise UploadRefused("care.upload.active", "the file holds another packed or running file")
    names = {each.filename for each in entries}
    if "[Content_Types].xml" not in names or main_part not in names:
        raise UploadRefused("care.upload.kind", "a packed file that is neither a document nor a sheet")


def _require_honest(packed: zipfile.ZipFile, limits: Limits) -> None:
    """Unpack in small pieces: an entry that says less than it holds is a bomb, whatever the directory says."""
    left = limits.unpacked
    for each in packed.infolist():
        with packed.open(each) as entry:
            while piece := entry.read(64 * 1024):
                left -= len(piece)
                if left < 0:
                    raise UploadRefused("care.upload.bomb", "the file unpacks to far more than its size")


def _require_end(content: bytes) -> None:
    place = content.rfind(b"PK\x05\x06")
    if place < 0 or place + _CENTRAL_END.size > len(content):
        raise UploadRefused("care.upload.damaged", "the packed file has no end")
    comment = _CENTRAL_END.unpack_from(content, place)[-1]
    if place + _CENTRAL_END.size + comment != len(content) or comment:
        raise UploadRefused("care.upload.two_in_one", "something stands behind the end of the packed file")
