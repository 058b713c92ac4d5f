"""Field 86 of MT940, information to the account owner: three ways in which banks write it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fairdue.engine.intake.bank.values import one_line

SUBFIELD = re.compile(r"\?(\d{2})")
SEPA = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|RREF|PURP)\+")
WORD = re.compile(r"/(EREF|MARF|CSID|REMI|RTRN|NAME|IBAN|BIC|BENM|ORDP|TRTP|PREF|ISDT|ID|USTD|STRD|CDTRREF)/")
NO_REFERENCE = {"NONREF", "NOTPROVIDED", ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """What field 86 tells about the other side and the purpose."""

    remittance: str = ""
    payer_name: str = ""
    payer_account: str = ""
    end_to_end_ref: str = ""
    structured_ref: str = ""
    return_code: str = ""


def read_information(value: str) -> Information:
    """Return what a field 86 tells; text without a known form is all remittance."""
    if re.match(r"\s*\d{3}\?\d{2}", value):
        return _subfields(value.replace("\n", ""))
    if WORD.match(value.strip()):
        return _words(value.replace("\n", ""))
    return Information(remittance=one_line(value))


def _subfields(text: str) -> Information:
    """Read `166?00GUTSCHRIFT?20EREF+…?32NAME`: the form of German and Austrian banks."""
    parts: dict[int, str] = {}
    pieces = SUBFIELD.split(text)[1:]
    for code, piece in zip(pieces[::2], pieces[1::2], strict=False):
        parts[int(code)] = parts.get(int(code), "") + piece
    purpose = "".join(parts.get(code, "") for code in (*range(20, 30), *range(60, 64)))
    words = _pairs(SEPA, purpose)
    return Information(
        remittance=one_line(words.get("SVWZ", "") if words else purpose),
        payer_name=one_line(parts.get(32, "") + parts.get(33, "")),
        payer_account=one_line(parts.get(31, "") or words.get("IBAN", "")),
        end_to_end_ref=_known(words.get("EREF", "")),
        return_code=parts.get(34, "").strip()
        if re.fullmatch(r"9(?!9[2-9])\d\d", parts.get(34, "").strip())
        else "",
    )


def _words(text: str) -> Information:
    """Read `/EREF/…/ORDP//NAME/…/REMI/…`: the form of Dutch banks and of SWIFT's usage guideline."""
    words = _pairs(WORD, text)
    return Information(
        remittance=one_line(words.get("REMI", "").removeprefix("USTD//") or words.get("USTD", "")),
        payer_name=one_line(words.get("NAME", "")),
        payer_account=one_line(words.get("IBAN", "")),
        end_to_end_ref=_known(words.get("EREF", "")),
        structured_ref=one_line(words.get("CDTRREF", "") or words.get("STRD", "")),
        return_code=one_line(words.get("RTRN", "")),
    )


def _pairs(pattern: re.Pattern[str], text: str) -> dict[str, str]:
    pieces = pattern.split(text)[1:]
    return {
        word: piece.strip("/") if pattern is WORD else piece
        for word, piece in zip(pieces[::2], pieces[1::2], strict=False)
        if piece.strip("/ ")
    }


def _known(reference: str) -> str:
    bare = one_line(reference)
    return "" if bare.upper() in NO_REFERENCE else bare
