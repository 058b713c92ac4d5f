"""E-mail by SMTP.

A mail server cannot be asked what it has taken, so sending once rests on three things:
1. the Message-ID is derived from the idempotency key: a second copy would be recognisable as the same;
2. `handing_over` is called after RCPT was accepted and before DATA: whatever fails earlier is surely not
   taken and is tried again; whatever fails between DATA and the server's answer is unknown and is never
   sent again by itself;
3. a server that answers DATA with 4xx or 5xx has surely not taken it.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from types import TracebackType
from typing import ClassVar, Self

from fairdue.contexts.outreach.channels.base import Accepted, Outgoing, Rejected, Unknown

TIMEOUT_SECONDS = 20


class Smtp:
    """One mail server; a connection is opened for each letter, so that a broken one harms no other."""

    code: ClassVar[str] = "smtp"
    can_be_asked: ClassVar[bool] = False

    def __init__(
        self,
        *,
        host: str,
        port: int,
        user: str,
        password: str,
        is_wrapped: bool,
        is_upgraded: bool,
        sender: str,
        unsubscribe_url: str,
    ) -> None:
        self._address = (host, port)
        self._login = (user, password)
        self._is_wrapped = is_wrapped
        self._is_upgraded = is_upgraded
        self._sender = sender
        self._unsubscribe_url = unsubscribe_url

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def send(self, outgoing: Outgoing, *, handing_over: Callable[[], None]) -> Accepted | Rejected:
        """Hand one letter to the mail server."""
        try:
            letter = self.compose(outgoing)
        except ValueError:
            return Rejected("smtp.address_invalid", is_final=True)
        try:
            server = self._connect()
            _offer(server, self._sender, outgoing.recipient)
        except smtplib.SMTPResponseException as error:
            return _rejected(error.smtp_code)
        except UnicodeError:
            return Rejected("smtp.address_invalid", is_final=True)
        except (OSError, smtplib.SMTPException):
            return Rejected("smtp.unreachable", is_final=False)
        handing_over()
        return _hand_over(server, letter)

    def query(self, idempotency_key: str) -> Accepted | None:
        """Never know: mail servers cannot be asked.

        :raises Unknown: always
        """
        raise Unknown("smtp.cannot_be_asked")

    def compose(self, outgoing: Outgoing) -> EmailMessage:
        """Build the letter: plain text and at most one file, recognisable as automatic, with a way to stop it.

        :raises ValueError: if the address cannot stand in a header
        """
        letter = EmailMessage(policy=SMTP_POLICY.clone(cte_type="7bit"))
        letter["From"] = self._sender
        letter["To"] = outgoing.recipient
        letter["Subject"] = outgoing.subject
        letter["Message-ID"] = message_id(outgoing.idempotency_key, self._sender)
        letter["Auto-Submitted"] = "auto-generated"
        letter["List-Unsubscribe"] = f"<{self._unsubscribe_url}>"
        letter["Content-Language"] = outgoing.locale
        letter.set_content(outgoing.text)
        if (file := outgoing.attachment) is not None:
            kind, _, subtype = file.media_type.partition("/")
            letter.add_attachment(file.content, maintype=kind, subtype=subtype, filename=file.name)
        return letter

    def _connect(self) -> smtplib.SMTP:
        host, port = self._address
        trust = ssl.create_default_context()
        if self._is_wrapped:
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=trust)
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if self._is_upgraded:
            server.starttls(context=trust)
        if self._login[0]:
            server.login(*self._login)
        return server


def message_id(idempotency_key: str, sender: str) -> str:
    """Return the Message-ID under which a bounce leads back to its dispatch."""
    return f"<{idempotency_key}@{sender.rpartition('@')[2]}>"


def _offer(server: smtplib.SMTP, sender: str, recipient: str) -> None:
    """Go as far as one can without handing anything over.

    :raises smtplib.SMTPResponseException: if the server refuses sender or recipient
    """
    server.ehlo_or_helo_if_needed()
    for answer in (server.mail(sender), server.rcpt(recipient)):
        if answer[0] not in (250, 251):
            server.close()
            raise smtplib.SMTPResponseException(answer[0], answer[1])


def _hand_over(server: smtplib.SMTP, letter: EmailMessage) -> Accepted | Rejected:
    try:
        code, _ = server.data(letter.as_bytes())
    except smtplib.SMTPDataError as error:
        server.close()
        return _rejected(error.smtp_code)
    except (OSError, smtplib.SMTPException) as error:
        raise Unknown(f"smtp.{type(error).__name__}") from error
    _part(server)
    return Accepted(str(letter["Message-ID"])) if code == 250 else _rejected(code)


def _part(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()


def _rejected(code: int) -> Rejected:
    return Rejected(f"smtp.{code}", is_final=code >= 500)
