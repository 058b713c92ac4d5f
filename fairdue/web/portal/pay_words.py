"""Words of paying that a borrower reads."""

from __future__ import annotations

from django.utils.translation import gettext as _

from fairdue.contexts.payments.facade import CheckoutCard


def choice_word(choice: str) -> str:
    """Return what a choice of how much is called."""
    words = {
        "full": _("Everything: this settles the debt today"),
        "overdue": _("What is past its due date"),
        "minimum": _("What is asked for up to the next due date"),
        "instalment": _("The instalment that we agreed on"),
        "other": _("Another amount"),
        "due": _("What falls due"),
    }
    return words.get(choice, choice)


def method_word(method: str) -> str:
    """Return what a way to pay is called."""
    words = {
        "card": _("Bank card"),
        "wallet": _("Wallet"),
        "qr": _("QR code that you scan with your phone"),
        "transfer": _("Bank transfer with your repayment code"),
        "direct_debit": _("Direct debit"),
    }
    return words.get(method, method)


def status_word(status: str) -> str:
    """Return how a payment stands."""
    words = {
        "created": _("Not begun: nothing was taken"),
        "open": _("Not paid yet: nothing was taken"),
        "pending": _("We are waiting for the bank"),
        "paid": _("Paid"),
        "differs": _("Arrived, a person is looking at it"),
        "failed": _("Did not work: nothing was taken"),
        "cancelled": _("Cancelled: nothing was taken"),
        "expired": _("The time was over: nothing was taken"),
        "refunded": _("Given back to you"),
    }
    return words.get(status, status)


def failure_word(card: CheckoutCard) -> str:
    """Return why a payment did not work, as far as the bank told."""
    words = {
        "insufficient_funds": _("There was not enough money on the account."),
        "declined_by_bank": _(
            "The bank did not carry it out. It does not tell us why; your bank can tell you."
        ),
        "never_sent": _("The payment page could not be reached, so it was never begun."),
        "provider_refused": _("The payment page could not be opened."),
        "charged_back": _("Your bank took the money back."),
        "mandate_unknown": _("The bank does not know the direct debit."),
    }
    return words.get(card.failure, "")


def refusal_word(code: str) -> str:
    """Return what to do about answers that cannot be used."""
    words = {
        "pay.debts": _("Choose debts of one lender, please. Others are paid one after the other."),
        "pay.nothing": _("Nothing is open for this choice any more. Please choose another one."),
        "pay.amount": _("Write the amount in figures, above zero, such as 250 or 250.00."),
        "pay.too_much": _("This is more than you owe. Please write a smaller amount."),
        "payments.mandate.invalid": _(
            "Please look at the name, the account number (8 to 34 digits) and the most that may be taken."
        ),
        "payments.mandate.code_wrong": _("This code does not fit. Please look again, or ask for a new one."),
        "parties.code.no_way": _(
            "We have no telephone or mailbox to send a code to. Please call the number below."
        ),
    }
    return words.get(code, _("This could not be done. Nothing was taken."))


def end_word(reason: str) -> str:
    """Return why a direct debit ended."""
    words = {
        "by_borrower": _("You stopped it."),
        "bank_refused": _("The bank did not accept it."),
        "refused_debits": _("It ended by itself: the bank refused it several times."),
        "replaced": _("It was replaced."),
    }
    return words.get(reason, _("It was stopped."))


def debit_word(status: str) -> str:
    """Return how one debit stands."""
    words = {
        "planned": _("Will be taken"),
        "sent": _("The bank has it"),
        "collected": _("Taken"),
        "given_up": _("Not taken: the bank refused"),
        "stopped": _("Stopped, not taken"),
        "not_needed": _("Not needed: it was paid otherwise"),
    }
    return words.get(status, status)
