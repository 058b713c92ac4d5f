"""E-mail goes to a real mail server, at most once, and bounces come back."""

from __future__ import annotations

import socket
import socketserver
import threading
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from django.db import IntegrityError, transaction

from fairdue.contexts.law.models import Contact
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.outreach.models import Dispatch, LocalProviderMessage, Message
from fairdue.contexts.outreach.operations.reserve import idempotency_key
from fairdue.contexts.parties import facade as parties
from fairdue.kernel import clock
from tests.contexts.outreach.test_reading_bounces import bounce

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("web", "packs")]


class Postbox:
    """Keeps what it is handed; refuses where it was told to."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], bytes]] = []
        self.rcpt_answer = ""
        self.data_answer = ""

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.rcpt_answer:
            return self.rcpt_answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.data_answer:
            return self.data_answer
        self.letters.append((list(envelope.rcpt_tos), envelope.content))
        return "250 taken"


@pytest.fixture
def postbox(settings):
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield box
    controller.stop()


def dispatch(seconds: int = 0):
    return outreach.dispatch_due(now=clock.now() + timedelta(seconds=seconds))


def test_a_letter_arrives_once_with_its_headers(borrow, plan, postbox, settings):
    borrower = borrow()
    message = plan(borrower, channel="email", locale="en")
    assert dispatch().accepted == 1
    ((recipients, raw),) = postbox.letters
    letter = message_from_bytes(raw, policy=policy.default)
    assert recipients == [borrower.email]
    assert letter["Message-ID"] == f"<{idempotency_key(message)}@lender.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["List-Unsubscribe"] == f"<{settings.PUBLIC_URL}/my/>"
    assert (letter["Subject"], letter["From"]) == ("A payment is still open", "notice@lender.example")
    assert "CNY 1,234.50 is open." in letter.get_content()
    assert Dispatch.objects.get().status == "accepted"
    assert LocalProviderMessage.objects.count() == 0


def test_a_chinese_letter_is_readable(borrow, plan, postbox):
    plan(borrow(), channel="email")
    dispatch()
    letter = message_from_bytes(postbox.letters[0][1], policy=policy.default)
    assert letter["Subject"] == "您有一笔款项待还"
    assert "待还金额为1,234.50元。" in letter.get_content()


def test_an_address_refused_for_good_is_final(borrow, plan, postbox):
    postbox.rcpt_answer = "550 no such user"
    message = plan(borrow(), channel="email")
    assert dispatch().failed == 1
    assert (message.dispatch.error, Contact.objects.get().result) == ("smtp.550", "failed")
    assert dispatch(3600).claimed == 0


@pytest.mark.parametrize("stage", ["rcpt_answer", "data_answer"])
def test_a_passing_refusal_is_tried_again_and_the_letter_arrives_once(borrow, plan, postbox, stage):
    setattr(postbox, stage, "451 greylisted")
    plan(borrow(), channel="email")
    assert dispatch().retried == 1
    setattr(postbox, stage, "")
    assert dispatch(6).accepted == 1
    assert len(postbox.letters) == 1


def test_a_server_that_is_down_is_tried_again(borrow, plan, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:9"
    message = plan(borrow(), channel="email")
    assert dispatch().retried == 1
    assert (message.dispatch.error, message.dispatch.handed_at) == ("smtp.unreachable", None)


def signed_file(ref: str) -> outreach.Attachment:
    return outreach.Attachment(
        name=f"{ref}.pdf", media_type="application/pdf", content=b"%PDF-1.7 \xff\x00\r\n.\r\n"
    )


def test_a_file_goes_with_its_mail_byte_for_byte_and_the_mail_does_not_go_without_it(borrow, plan, postbox):
    message = plan(borrow(), channel="email", attachment="agreement-17")
    assert dispatch().retried == 1
    assert (postbox.letters, message.dispatch.error) == ([], "outreach.attachment.gone")
    later = clock.now() + timedelta(seconds=6)
    assert outreach.dispatch_due(now=later, files=signed_file).accepted == 1
    letter = message_from_bytes(postbox.letters[0][1], policy=policy.default)
    (file,) = letter.iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("agreement-17.pdf", "application/pdf")
    assert file.get_content() == signed_file("").content
    assert "待还金额为1,234.50元。" in letter.get_body().get_content()


@pytest.mark.parametrize("channel", ["sms", "inapp"])
def test_no_other_channel_carries_a_file(borrow, plan, channel):
    with pytest.raises(IntegrityError, match="outreach_files_by_mail_only"), transaction.atomic():
        plan(borrow(), channel=channel, attachment="agreement-17")
    assert Message.objects.count() == 0


class DeafServer(socketserver.StreamRequestHandler):
    """Takes the whole letter and hangs up instead of answering."""

    taken = 0

    def handle(self) -> None:
        self.wfile.write(b"220 deaf\r\n")
        while line := self.rfile.readline():
            if line.upper().startswith(b"DATA"):
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() not in (b".\r\n", b""):
                    pass
                type(self).taken += 1
                return
            self.wfile.write(b"250 ok\r\n")


@pytest.fixture
def deaf(settings):
    DeafServer.taken = 0
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), DeafServer) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        settings.SMTP_URL = f"smtp://127.0.0.1:{server.server_address[1]}"
        yield DeafServer
        server.shutdown()


def test_an_answer_lost_after_the_text_leaves_it_unknown_and_never_sends_again(borrow, plan, deaf):
    message = plan(borrow(), channel="email")
    assert dispatch().unknown == 1
    sent = message.dispatch
    assert (sent.status, sent.next_try_at, deaf.taken) == ("unknown", None, 1)
    assert Contact.objects.get().result == "sent"
    for seconds in (10, 600, 86_400):
        assert dispatch(seconds).claimed == 0
    assert deaf.taken == 1
    assert outreach.unsettled_count() == 1


def test_a_worker_killed_while_handing_over_never_sends_again(borrow, plan, postbox):
    plan(borrow(), channel="email")
    dispatch()
    Dispatch.objects.update(status="reserved", provider_ref="", next_try_at=clock.now())
    report = dispatch(61)
    assert (report.claimed, report.reconciled, report.unknown) == (1, 1, 1)
    assert (len(postbox.letters), Dispatch.objects.get().status) == (1, "unknown")


def test_a_worker_killed_before_handing_over_is_made_up_for(borrow, plan, postbox):
    plan(borrow(), channel="email")
    dispatch()
    postbox.letters.clear()
    Dispatch.objects.update(status="reserved", provider_ref="", handed_at=None, next_try_at=clock.now())
    Contact.objects.update(result="reserved")
    assert dispatch(61).accepted == 1
    assert len(postbox.letters) == 1


def test_a_hard_bounce_fails_the_message_and_takes_the_address_out_of_use(borrow, plan, postbox, tmp_path):
    borrower = borrow()
    message = plan(borrower, channel="email")
    dispatch()
    returned = tmp_path / "returned.mbox"
    returned.write_bytes(
        b"From MAILER-DAEMON Wed Oct 15 02:00:00 2025\n" + bounce(key=idempotency_key(message))
    )
    (receipt,) = outreach.record_bounces(source=returned, now=clock.now())
    assert (receipt.is_new, receipt.has_effect) == (True, True)
    message.refresh_from_db()
    assert (message.status, message.dispatch.status) == ("failed", "bounced")
    marks = {point.contact_point_id: point.status for point in parties.contact_points(borrower.person_id)}
    assert marks == {borrower.email_id: "invalid", borrower.mobile_id: "valid"}
    (again,) = outreach.record_bounces(source=returned, now=clock.now())
    assert (again.is_new, again.has_effect) == (False, False)


def test_a_soft_bounce_leaves_the_address_in_use(borrow, plan, postbox):
    borrower = borrow()
    message = plan(borrower, channel="email")
    dispatch()
    outreach.record_bounces(source=bounce(key=idempotency_key(message), status="4.2.2"), now=clock.now())
    message.refresh_from_db()
    assert message.status == "failed"
    assert {point.status for point in parties.contact_points(borrower.person_id)} == {"valid"}
