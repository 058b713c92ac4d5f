"""Delivery status notifications are read back to the message that caused them."""

from __future__ import annotations

from datetime import UTC, datetime

from fairdue.contexts.outreach.operations.bounces import read_bounces

NOW = datetime(2025, 10, 9, 2, 0, tzinfo=UTC)


def bounce(*, key: str = "fairdue-7", status: str = "5.1.1", action: str = "failed") -> bytes:
    """A notification as Postfix writes it."""
    return f"""From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: notice@lender.example
Subject: Undelivered Mail Returned to Sender
Date: Thu, 9 Oct 2025 09:30:00 +0800
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain; charset=us-ascii

Sorry.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Thu, 9 Oct 2025 09:29:58 +0800

Final-Recipient: rfc822; somebody@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 somebody@example.com: unknown

--B
Content-Type: message/rfc822

From: notice@lender.example
To: somebody@example.com
Subject: =?utf-8?b?5o+Q6YaS?=
Message-ID: <{key}@lender.example>

Text

--B--
""".encode()


def test_a_permanent_bounce_leads_back_to_its_message():
    (report,) = read_bounces(bounce(), now=NOW)
    assert (report.provider, report.kind, report.idempotency_key) == ("smtp", "bounced", "fairdue-7")
    assert (report.is_permanent, report.reason) == (True, "smtp.5.1.1")
    assert report.occurred_at == datetime(2025, 10, 9, 1, 30, tzinfo=UTC)


def test_the_address_and_the_servers_words_are_not_kept():
    assert "somebody" not in repr(read_bounces(bounce(), now=NOW))


def test_a_passing_failure_is_not_permanent():
    (report,) = read_bounces(bounce(status="4.2.2"), now=NOW)
    assert (report.kind, report.is_permanent) == ("bounced", False)


def test_a_delayed_letter_says_nothing_final():
    assert read_bounces(bounce(action="delayed", status="4.4.1"), now=NOW) == ()


def test_an_mbox_of_bounces_and_other_mail_gives_the_bounces_once_each():
    other = b"From: a@b.example\nSubject: hello\n\nnot a bounce\n"
    mbox = b"".join(
        b"From MAILER-DAEMON Thu Oct  9 01:30:00 2025\n" + raw + b"\n"
        for raw in (bounce(key="fairdue-1"), other, bounce(key="fairdue-2"))
    )
    reports = read_bounces(mbox, now=NOW)
    assert [each.idempotency_key for each in reports] == ["fairdue-1", "fairdue-2"]
    assert len({each.event_ref for each in reports}) == 2
    assert reports == read_bounces(mbox, now=NOW)


def test_an_empty_or_broken_message_gives_nothing():
    assert read_bounces(b"", now=NOW) == ()
    assert read_bounces(b"\xff\xfe\x00 nonsense", now=NOW) == ()
