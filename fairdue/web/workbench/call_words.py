"""What the desk says of calls, errands and changes around a case."""

from __future__ import annotations

from django.utils.translation import gettext_noop as word

CALL_STATES = {
    "by_hand": word("Dial by hand"), "dialling": word("Dialling"), "ringing": word("Ringing"),
    "answered": word("Answered"), "busy": word("Busy"), "no_answer": word("No answer"),
    "failed": word("Not dialled"), "ended": word("Hung up"), "unknown": word("Perhaps dialled"),
}  # fmt: skip
CALL_TONES = {
    "dialling": "info", "ringing": "info", "answered": "ok", "busy": "wait", "no_answer": "wait", "failed": "stop",
    "unknown": "wait", "by_hand": "info",
}  # fmt: skip
CALL_ICONS = {"busy": "stop", "no_answer": "stop", "failed": "warning", "unknown": "warning"}

CHANGE_WORDS = {
    "handed_over": word("Handed over"), "escalated": word("Escalated"), "callback": word("Call back agreed"),
}  # fmt: skip
CHANGE_ICONS = {"handed_over": "people", "escalated": "up", "callback": "clock"}

ERRAND_STATES = {"asked": word("Waits to be made"), "made": word("Made"), "withdrawn": word("Withdrawn")}
ERRAND_TONES = {"asked": "wait", "made": "ok", "withdrawn": ""}

RECORD_PURPOSES = {
    "complaint": word("A complaint"), "court": word("A court or arbitration"), "regulator": word("A regulator"),
    "debtor": word("The debtor asked for it"),
}  # fmt: skip
