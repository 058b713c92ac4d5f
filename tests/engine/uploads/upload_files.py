"""Files as people and attackers send them, made from nothing."""

import io
import struct
import zipfile
import zlib


def png(width=2, height=1, tail=b""):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\x00" + b"\x10\x20\x30" * width for _ in range(min(height, 4)))
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
        + tail
    )


def jpeg(tail=b""):
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, 1, 2, 1) + b"\x01\x11\x00"
    scan = b"\xff\xda" + struct.pack(">H", 8) + b"\x01\x01\x00\x00\x3f\x00" + b"\x12\xff\x00\x34"
    return b"\xff\xd8" + b"\xff\xe0\x00\x04ab" + frame + scan + b"\xff\xd9" + tail


def pdf(extra=b"", tail=b"\n"):
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type /Catalog" + extra + b">>\nendobj\ntrailer <</Root 1 0 R>>\n%%EOF" + tail
    )


def pdf_with_packed_objects(plain):
    packed = zlib.compress(plain)
    return pdf().replace(
        b"trailer",
        b"2 0 obj\n<</Type /ObjStm /Filter /FlateDecode>>\nstream\n"
        + packed
        + b"\nendstream\nendobj\ntrailer",
    )


def docx(extra=(), tail=b"", before=b""):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("word/document.xml", "<w/>")
        for name, content in extra:
            packed.writestr(name, content)
    return before + buffer.getvalue() + tail


def locked_docx():
    content = bytearray(docx())
    content[6] |= 1
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def lying_bomb():
    """A packed file whose directory says little of an entry that unpacks to much."""
    content = bytearray(docx([("word/big.xml", b"0" * 5_000_000)]))
    real = struct.pack("<I", 5_000_000)
    return bytes(content.replace(real, struct.pack("<I", 1_000)))
