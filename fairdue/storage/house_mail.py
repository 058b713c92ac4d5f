"""Mail from the house to its own staff, such as figures. Letters to borrowers go through outreach and its gate only."""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from urllib.parse import unquote, urlsplit

TIMEOUT_SECONDS = 20


class HouseMailFailed(OSError):
    """The mail server did not take the letter; whether it may be tried again is `is_final`'s opposite."""

    def __init__(self, message: str, *, is_final: bool) -> None:
        super().__init__(message)
        self.is_final = is_final


@dataclass(frozen=True, slots=True, kw_only=True)
class HouseLetter:
    """A letter to one member of staff, as text and as tables."""

    recipient: str
    subject: str
    text: str
    html: str
    language: str
    message_id: str
    """Derived from what is sent to whom on which day: a second copy is recognisable as the same."""


def send_house_letter(letter: HouseLetter, *, url: str, sender: str) -> None:
    """This function will hand a letter to the mail server at `smtp://user:password@host:port` (`smtps://`, `?starttls=1`).

    :raises HouseMailFailed: if the server refuses it or cannot be reached
    """
    parts = urlsplit(url)
    host, trust = parts.hostname or "localhost", ssl.create_default_context()
    try:
        message = _composed(letter, sender)
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trust
            )
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=TIMEOUT_SECONDS)
        with server:
            if "starttls=1" in parts.query:
                server.starttls(context=trust)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message, from_addr=sender, to_addrs=[letter.recipient])
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPSenderRefused, ValueError) as error:
        raise HouseMailFailed(type(error).__name__, is_final=True) from None
    except (OSError, smtplib.SMTPException) as error:
        raise HouseMailFailed(type(error).__name__, is_final=False) from None


def _composed(letter: HouseLetter, sender: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP_POLICY.clone(cte_type="7bit"))
    message["From"], message["To"], message["Subject"] = sender, letter.recipient, letter.subject
    message["Message-ID"] = f"<{letter.message_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message["Content-Language"] = letter.language
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message
