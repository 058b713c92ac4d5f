"""What of a personal value may stand on a screen before it is revealed."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Keep the first character: 李小明 → 李**, Wang Min → W*** M**."""
    return " ".join(part[:1] + "*" * min(max(len(part) - 1, 1), 3) for part in name.split()) or "*"


def mask_phone(number: str) -> str:
    """Keep three leading and four last characters: 138****5521."""
    bare = number.removeprefix("+86")
    return f"{bare[:3]}****{bare[-4:]}" if len(bare) >= 8 else "*" * len(bare)


def mask_email(address: str) -> str:
    """Keep the first character and the domain: l***@example.com."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if local else "***"


def mask_id_number(number: str) -> str:
    """Keep three leading and two last characters: 110*************45."""
    return number[:3] + "*" * max(len(number) - 5, 1) + number[-2:]


def mask_address(address: str) -> str:
    """Keep the first six characters, which name province and city."""
    return address[:6] + "******"


_MASKS = {"mobile": mask_phone, "landline": mask_phone, "email": mask_email, "address": mask_address}


def mask_contact(medium: str, value: str) -> str:
    """Mask the value of a contact point by its medium."""
    return _MASKS.get(medium, lambda text: text[:2] + "***")(value)
