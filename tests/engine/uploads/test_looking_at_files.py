"""What may be kept of what people send, and what is refused in which words."""

import sys
from pathlib import Path

import pytest

from fairdue.engine.uploads.findings import Limits, UploadRefused
from fairdue.engine.uploads.looking import TYPES, look_at

sys.path.insert(0, str(Path(__file__).parent))
from upload_files import docx, jpeg, locked_docx, lying_bomb, pdf, pdf_with_packed_objects, png

EXE = b"MZ\x90\x00" + b"\x00" * 60 + b"This program cannot be run in DOS mode"


@pytest.mark.parametrize(
    ("name", "content", "claimed", "kind"),
    [
        ("流水.png", png(), "image/png", "image/png"),
        ("photo.JPG", jpeg(), "image/jpeg", "image/jpeg"),
        ("photo.jpeg", jpeg(b"\x00\x00"), "", "image/jpeg"),
        ("证明.pdf", pdf(), "application/pdf", "application/pdf"),
        (
            "packed.pdf",
            pdf_with_packed_objects(b"<</Type /Page>>"),
            "application/octet-stream",
            "application/pdf",
        ),
        ("letter.docx", docx(), TYPES["docx"], TYPES["docx"]),
        ("note.txt", "失业证明".encode(), "text/plain; charset=utf-8", "text/plain"),
    ],
)
def test_what_people_send_is_kept_under_its_own_type(name, content, claimed, kind):
    assert look_at(content, name=name, claimed_type=claimed).media_type == kind


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("empty.pdf", b"", "empty"),
        ("program.pdf", EXE, "program"),
        ("script.txt", b"#!/bin/sh\nrm -rf /", "program"),
        ("page.txt", b"<html><script>alert(1)</script>", "not_what_it_says"),
        ("picture.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "kind"),
        ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_office"),
        ("locked.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old_office"),
        ("archive.zip", docx(), "kind"),
        ("no_extension", pdf(), "kind"),
        ("picture.pdf", png(), "not_what_it_says"),
        ("packed.docx", b"PK\x03\x04 nothing", "not_what_it_says"),
        ("broken.png", png()[:-6], "damaged"),
        ("broken.jpg", jpeg()[:-2], "damaged"),
        ("headless.jpg", b"\xff\xd8\xff\xd9", "damaged"),
        ("huge.png", png(100_000, 100_000), "picture_too_large"),
        ("both.png", png(tail=b"PK\x03\x04 something else"), "two_in_one"),
        ("both.jpg", jpeg(b"<?php system($_GET['c']);"), "two_in_one"),
        ("before.pdf", b"GIF89a" + pdf(), "two_in_one"),
        ("behind.pdf", pdf(tail=b"\nPK\x03\x04"), "two_in_one"),
        ("endless.pdf", pdf().replace(b"%%EOF", b""), "damaged"),
        ("script.pdf", pdf(b" /OpenAction <</S /JavaScript /JS (app.alert)>>"), "active"),
        ("escaped.pdf", pdf(b" /OpenAction <</S /J#61vaScript>>"), "active"),
        ("attached.pdf", pdf(b" /Names <</EmbeddedFiles 3 0 R>>"), "active"),
        ("hidden.pdf", pdf_with_packed_objects(b"<</S /Launch /F (cmd.exe)>>"), "active"),
        ("locked.pdf", pdf(b" /Encrypt 5 0 R"), "locked"),
        ("bomb.pdf", pdf_with_packed_objects(b"0" * 2_000_000), "bomb"),
        ("bomb.docx", docx([("word/big.xml", b"0" * 5_000_000)]), "bomb"),
        ("lying.docx", lying_bomb(), "damaged"),
        ("many.docx", docx([(f"word/{n}.xml", b"") for n in range(50)]), "bomb"),
        ("macro.docx", docx([("word/vbaProject.bin", b"x")]), "macros"),
        ("nested.docx", docx([("word/media/more.zip", b"x")]), "active"),
        ("climbing.docx", docx([("word/../../x.xml", b"x")]), "active"),
        ("locked.docx", locked_docx(), "locked"),
        ("behind.docx", docx(tail=b"more"), "two_in_one"),
    ],
)  # fmt: skip
def test_a_file_that_could_do_harm_is_refused_by_its_reason(name, content, code):
    limits = Limits(size=200_000, unpacked=1_500_000, entries=40)
    with pytest.raises(UploadRefused) as refused:
        look_at(content, name=name, limits=limits)
    assert refused.value.code == f"care.upload.{code}"


def test_a_file_over_the_size_is_refused_before_it_is_read():
    with pytest.raises(UploadRefused) as refused:
        look_at(b"x" * 11, name="a.txt", limits=Limits(size=10))
    assert refused.value.code == "care.upload.too_large"


def test_what_the_browser_claims_must_agree_too():
    with pytest.raises(UploadRefused) as refused:
        look_at(png(), name="a.png", claimed_type="application/pdf")
    assert refused.value.code == "care.upload.not_what_it_says"
