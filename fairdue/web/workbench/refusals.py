"""Refusals in words: what was not done and what to do, by the refusal's code."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as word

from fairdue.contexts.arrangements import facade as arrangements
from fairdue.contexts.book import facade as book
from fairdue.contexts.care import facade as care
from fairdue.contexts.cases import facade as cases
from fairdue.contexts.decisions import facade as decisions
from fairdue.contexts.identity import facade as identity
from fairdue.contexts.law import facade as law
from fairdue.contexts.ledger import facade as ledger
from fairdue.contexts.outreach import facade as outreach
from fairdue.contexts.parties import facade as parties
from fairdue.contexts.payments import facade as payments
from fairdue.journeys.stop_contacts import ChannelUnknown
from fairdue.kernel.actor import PermissionRefused
from fairdue.kernel.money import CurrencyMismatch, UnknownCurrency
from fairdue.web.ui.templatetags.ui import in_language
from fairdue.web.workbench import care_refusals
from fairdue.web.workbench.case_refusals import CASE_REFUSALS
from fairdue.web.workbench.money_refusals import MONEY_REFUSALS

REFUSED: tuple[type[Exception], ...] = (
    arrangements.ArrangementRefused,
    decisions.StrategyChangedMeanwhile, decisions.StrategyNotWritable, decisions.StrategyVersionTaken,
    decisions.StrategyDocumentUnusable, decisions.StrategyStepRefused, decisions.ApproverIsAuthor,
    decisions.ApproverIsNobody, decisions.StrategyInExperiment, decisions.StrategyUnknown,
    decisions.ExperimentInvalid, decisions.ExperimentCodeTaken, decisions.ExperimentHasNoRoom,
    decisions.ExperimentUnknown,
    cases.CaseRefused, care.CareRefused, outreach.ErrandRefused, outreach.CallRefused,
    law.ConfirmationRefused, law.PackUnknown, law.HoldRefused, law.StandingRefused,
    law.DeadlineRefused, law.ContactUnknown,
    law.ResultUnknown, law.ContactPointUnknown, law.ChannelUnknown,
    law.PermitUnknown, ledger.LedgerError, parties.ConsentRefused, parties.RevealRefused, parties.PortalLinkRefused,
    parties.PersonUnknown, parties.ContactPointUnknown, book.CreditorUnknown, book.ImportBatchUnknown,
    book.AccountUnknown, payments.PaymentsError, identity.StaffRefused, identity.UndoRefused,
    identity.ViewRefused, ChannelUnknown,
    CurrencyMismatch, UnknownCurrency, PermissionRefused,
)  # fmt: skip
"""Every typed refusal that an action at the desk can meet: nothing was done, and the code says why."""

REFUSALS = (
    {
        **care_refusals.REFUSALS,
        "cases.capacity.kind": word("Choose what is limited."),
        "cases.capacity.name_missing": word("Name the channel of the messages, or the agency."),
        "cases.capacity.name_unknown": word("Letters and visits are counted together: leave the name empty."),
        "cases.capacity.name_long": word("A name has at most 40 characters."),
        "cases.capacity.channel": word("Messages go by sms, email or inapp: write one of these."),
        "cases.capacity.hour": word("Only calls are counted by the hour, from 0 to 23."),
        "cases.capacity.weekdays": word("Choose at least one day of the week."),
        "cases.capacity.amount": word("An amount lies between 0 and 100,000,000."),
        "cases.capacity.days": word("The last day lies before the first."),
        "cases.capacity.past": word(
            "What there was in the past is not changed any more: choose today or later."
        ),
        "cases.capacity.scope": word("Choose a creditor of your own data scope."),
        "cases.cool_down.wrong": word("Choose why, and up to an hour."),
        "cases.cool_down.not_yours": word(
            "Everybody asks for the own rest and ends the own; a supervisor may give one to the own team."
        ),
        "cases.cool_down.resting": word(
            "You rest after a hard call: no new call is handed out until then. Your open case stays open."
        ),
        "cases.collector.unknown": word("This is no active collector of your team."),
        "cases.collector.role": word("This role does not work cases."),
        "cases.collector.words": word("Queues and languages have short names, separated by commas."),
        "cases.collector.limit": word("A limit lies between 0 and 100,000."),
        "cases.collector.hours": word("Working hours end after they begin, on at least one day."),
        "cases.collector.absence": word("An absence has 1 to 400 days."),
        "cases.collector.absence_unknown": word("There is no such absence any more."),
        "decisions.strategy.changed_meanwhile": word(
            "Somebody else saved the draft meanwhile: look at it again first."
        ),
        "decisions.strategy.not_a_draft": word("This version can be changed no more: copy it to a draft."),
        "decisions.strategy.version_taken": word("Another version has this number: choose another one."),
        "decisions.strategy.document_unusable": word(
            "The document is not one of this strategy: check its code."
        ),
        "decisions.strategy.wrong_status": word(
            "The version is at another step of its life: look at it again."
        ),
        "decisions.strategy.own_work": word("You wrote it: another person approves it."),
        "decisions.strategy.needs_person": word("A version is approved by a person."),
        "decisions.strategy.in_experiment": word(
            "A running experiment decides by it: stop the experiment first."
        ),
        "decisions.experiment.code_taken": word(
            "An experiment of this code was run before: choose another code."
        ),
        "decisions.experiment.invalid": word(
            "These parts make no experiment: compare approved versions of one strategy."
        ),
        "decisions.experiment.no_room": word(
            "Running experiments leave no such share free: take a smaller one, or stop one."
        ),
        "decisions.experiment.unknown": word("There is no such experiment."),
        "decisions.decision.none": word("No night has decided anything for this person."),
        "decisions.strategy.unknown": word("There is no such version."),
        "retention.run.under_way": word("Records are being erased at this moment: look again in a minute."),
        "retention.subject.unknown": word("There is no such record, and no run erased one."),
        "law.deadline.unknown": word("There is no such deadline in your data scope."),
        "law.deadline.in_the_future": word("It cannot have been received in the future."),
        "law.deadline.is_period": word("A period passes by itself: there is nothing to record."),
        "law.deadline.note_missing": word("Say how it was done: the letter, the number, the day."),
        "law.deadline.moment": word("The moment lies before the start, or in the future."),
        "law.deadline.reason_missing": word("Say why."),
        "law.deadline.own": word("Who started a deadline does not cancel it: ask somebody else."),
        "law.deadline.closed": word("This deadline has ended."),
        "law.deadline.cursor": word("This page of the list is gone: start from the first page."),
        "law.deadline.extension.nobody": word("Only a member of staff asks for an extension."),
        "law.deadline.extension.none": word("The rule allows no further extension."),
        "law.deadline.extension.too_late": word("The last day is over: nothing can be extended any more."),
        "law.deadline.extension.reason_missing": word("Say why more time is needed."),
        "law.deadline.extension.reference_missing": word(
            "Name the approval that the rule wants: minute, number, day."
        ),
        "law.deadline.extension.notice_missing": word("Say when and how the person was told."),
        "law.deadline.extension.beyond": word(
            "Choose a day after the present last day and not beyond what the rule allows."
        ),
        "law.deadline.extension.open": word("An extension waits for a decision already."),
        "law.deadline.extension.decided": word("This extension was decided already: open the page again."),
        "law.deadline.extension.own": word("Who asked for an extension does not decide it."),
        "law.deadline.extension.not_own": word("Only who asked for an extension withdraws it."),
        "law.deadline.extension.role": word("The rule names another role for this decision."),
        "law.request.kind": word("This kind of request starts no clock for these debts: choose another one."),
        "law.request.channel": word("Choose by which channel it came."),
        "law.request.facts": word("This fact is not known of this kind of request."),
        "law.request.summary_missing": word("Say in a sentence what is asked for."),
        "law.request.account": word("This debt is not one of the case."),
        "law.confirmation.refused": word("This decision cannot be taken."),
        "law.confirmation.reviewer": word(
            "Only a named member of staff of compliance or legal can confirm a rule."
        ),
        "law.confirmation.rule_unknown": word("The pack has no such rule."),
        "law.confirmation.not_needed": word(
            "This rule needs no confirmation: its text was read, or it is the house's own."
        ),
        "law.confirmation.source_missing": word(
            "Say what was read: the text, its edition, where, which article."
        ),
        "law.confirmation.repeated": word("This was decided already: open the page again."),
        "law.contact_point.unfit": word(
            "This channel does not reach this contact point: choose a fitting one."
        ),
        "law.standing.in_the_future": word(
            "What is recorded here has happened: choose a day that is not in the future."
        ),
        "law.standing.agency_missing": word("Name the agency by its code."),
        "law.standing.reference_missing": word("Say where the list was published."),
        "law.standing.listed_already": word("The agency stands on the list already; take it off first."),
        "law.standing.not_listed": word("The agency is not on the list."),
        "law.standing.ends_before_start": word("The last day lies before the first."),
        "law.standing.reason_missing": word("Say why the agency comes off the list."),
        "law.standing.evaluated_already": word(
            "The evaluation of that day is on record with another result."
        ),
        "law.standing.staff_missing": word("Name the collector."),
        "law.standing.staff_unknown": word("There is no member of staff of this user name."),
        "law.standing.certificate_missing": word("Give the number of the certificate."),
        "law.standing.file_kind": word("Choose what the file holds."),
        "law.notice.kind_unknown": word("Choose which notice was given."),
        "law.notice.channel_unknown": word("Choose how the notice was given."),
        "law.fact.not_gathered": word(
            "A rule in force asks a fact that nobody gathers, so nothing is decided: tell whoever keeps the packs."
        ),
        "cases.statement.hours": word("Say from when to when."),
        "cases.statement.point_missing": word("Say which number or address is meant."),
        "law.reservation.person_twice": word(
            "Two contacts with one person were asked for at once: ask for one after the other."
        ),
        "law.agency.request_reused": word("This request number was used before for another question."),
        "law.agency.text_missing": word("Give the text, or its digest: a permit is for one text."),
        "law.agency.in_the_future": word("A contact that is reported cannot lie in the future."),
        "law.agency.too_fast": word("Too many questions at once: ask again in a minute."),
        "law.agency.reference_reused": word("This reference was used before for another contact."),
        "law.agency.refused": word("The agency's door refused this."),
        "law.agency.debt_unknown": word("There is no such debt among those the agency works."),
        "law.agency.point_unknown": word("The person has no such contact point."),
        "law.agency.unknown": word("There is no such agency."),
        "law.calendar.span": word("A calendar shows between one day and six weeks."),
        "law.replay.period": word("The period ends before it begins, or is too long."),
        "law.permit.unusable": word("The permit cannot be used for this."),
        "law.permit.used": word("The permit was used before: a permit is for one send."),
        "law.permit.not_now": word("The permit does not hold at this time."),
        "law.permit.overtaken": word("A hold or a word of the person has overtaken the permit: ask again."),
        "law.permit.another_text": word("The permit is for another text."),
        "law.permit.another_recipient": word("The permit is for another recipient."),
        "law.permit.another_channel": word("The permit is for another channel."),
        "law.pack.unpublished": word("This version of the pack was never published here."),
        "law.pack.altered": word(
            "The stored pack differs from its digest: it was changed after publication."
        ),
        "law.permits.span_empty": word("There is no permit in this span of time: choose another one."),
        "law.pack.unknown": word("There is no such pack or version."),
        "cases.case.not_found": word("This case does not exist or lies outside your data scope."),
        "cases.outcome.channel": word("This outcome does not fit the kind of contact: choose another one."),
        "cases.outcome.no_contact": word(
            "This outcome belongs to a contact: start the call first, or choose that the debtor called."
        ),
        "cases.outcome.contact_has_one": word("This contact has an outcome already: add a note instead."),
        "cases.outcome.note_too_long": word("The note is too long: shorten it."),
        "cases.note.empty": word("The note is empty."),
        "cases.promise.date_past": word("The promised date lies in the past: choose today or later."),
        "cases.promise.date_too_far": word("The promised date is too far away: choose an earlier one."),
        "cases.promise.amount_not_positive": word("The promised amount must be more than nothing."),
        "cases.promise.above_owed": word("The promised amount is more than what is owed."),
        "parties.reveal.reason_missing": word("Say why you need to see it."),
        "parties.reason.missing": word("Say why you need to see it."),
        "parties.reveal.nothing_there": word("There is no such value for this person."),
        "parties.reveal.field_unknown": word("There is no such value for this person."),
        "cases.call.closed": word("The case is closed: no call was started."),
        "cases.call.contact_point": word(
            "This is not a telephone number of the debtor: no call was started."
        ),
        "cases.contact.not_found": word("This contact does not belong to the case."),
        "cases.contact.settled": word("This contact has an outcome already: add a note instead."),
        "cases.contact.promise_missing": word("A promise names an amount and a date."),
        "cases.contact.promise_by_whom": word("Only the debtor can promise."),
        "cases.contact.point_missing": word("Say which number is not to be used any more."),
        "cases.promise.account": word("This debt does not belong to the case."),
        "cases.promise.reason_missing": word("Say why the promise is cancelled."),
        "cases.promise.not_open": word("This promise is not open any more."),
        "cases.assignee.not_active": word("Nothing was assigned: this member of staff is not active."),
        "cases.assignee.role": word("Nothing was assigned: this role does not work cases."),
        "cases.assignee.team": word("Nothing was assigned: an agency assigns within its own team."),
        "cases.assignee.scope": word("Nothing was assigned: a case lies outside the collector's data scope."),
        "cases.assign.too_many": word("Nothing was assigned: choose fewer cases at once."),
        "cases.promise.case_closed": word("The case is closed: no promise was recorded."),
        "cases.close.closed": word("The case is closed already."),
        "cases.close.still_due": word(
            "Something is overdue or promised. Wait for the money, or ask a supervisor to close the case with a reason."
        ),
        "cases.close.reason_missing": word(
            "Something is overdue or promised: say why the case is closed all the same."
        ),
        "cases.close.other_creditor": word(
            "A debt to a creditor outside your data scope is overdue: whoever works for that creditor closes the case."
        ),
        "cases.hold.reason_missing": word("Say why: the reason is kept in the log."),
        "cases.hold.account": word("This debt does not belong to the case."),
        "cases.hold.not_open": word("This hold is not open any more: open the case again."),
        "cases.payment.account": word(
            "This debt does not belong to the case, or lies outside your data scope."
        ),
        "cases.payment.transaction": word("This payment does not belong to the debt: open the case again."),
        "cases.payment.reason_missing": word(
            "Say why the payment is reversed: the reason is kept in the log."
        ),
        "cases.origin.route": word("Choose how it was obtained."),
        "cases.origin.in_the_future": word("The day lies ahead."),
        "cases.origin.opt_out": word("Of a notice say how many days there were to opt out, and until when."),
        "cases.statement.kind": word("Choose what the debtor said."),
        "cases.statement.source": word("Choose how the statement reached you."),
        "cases.statement.channel": word("This channel is unknown: choose another one."),
        "cases.statement.both": word("Name a channel or a contact point, not both."),
        "cases.queue.bucket": word("There is no such age: open the queue again."),
        "cases.queue.cursor": word("This page of the queue is not known: open the queue again."),
        "arrangements.plan.cursor": word("This page of the list is not known: open the list again."),
        "cases.timeline.cursor": word("This page of the timeline is not known: open the case again."),
        "cases.outcome.unknown_code": word("This outcome is unknown: choose another one."),
        "cases.landing.columns": word("The night's list is incomplete: no work was landed."),
        "cases.refused": word("This was refused."),
        "law.hold.kind_unknown": word("This kind of hold is unknown: choose another one."),
        "law.hold.reason_missing": word("Say why: the reason is kept in the log."),
        "law.hold.unknown": word("This hold is not known: open the case again."),
        "law.contact.unknown": word("This contact is not known: open the case again."),
        "law.contact.result_unknown": word("This result of a contact is unknown: choose another outcome."),
        "law.contact_point.unknown": word(
            "This contact point does not belong to the person: open the case again."
        ),
        "law.channel.unknown": word("This channel is unknown: choose another one."),
        "law.jurisdiction.unknown": word("No rules are listed for this jurisdiction: choose another one."),
        "law.permit.unknown": word("There is no such permit."),
        "limits.judgment.invalid": word("What is recorded of the judgment cannot be meant: check its days."),
        "payments.webhook.creditor": word("The message names no creditor of this installation."),
        "book.account.unknown": word("There is no such debt in your data scope."),
        "payments.refused": word("This was refused: no money was moved."),
        "payments.payment.unknown": word("There is no such payment in your data scope."),
        "payments.incoming.invalid": word("This cannot be booked as a payment."),
        "payments.reference.reused": word(
            "The reference stands for another amount already: check the receipt."
        ),
        "payments.match.taken": word("Somebody else matched this payment in the meantime: look again."),
        "payments.match.nothing_waiting": word("Nothing of this payment waits any more."),
        "payments.match.invalid": word(
            "The accounts or shares do not fit the payment: together they must not be more than what waits."
        ),
        "payments.match.none": word("The payment has no match that could be undone."),
        "payments.reason.missing": word("Say why: the reason is kept in the log."),
        "payments.code.unknown": word("This debt has no repayment code, or lies outside your data scope."),
        "payments.statement.unknown": word("There is no such bank file in your data scope."),
        "payments.request.invalid": word("What was asked for does not fit: check amount, day and details."),
        "payments.request.unknown": word("There is no such request in your data scope."),
        "payments.request.closed": word("This was decided or withdrawn before: look again."),
        "payments.request.own": word("You asked for this yourself: somebody else decides."),
        "payments.checkout.unknown": word("There is no such payment in your data scope."),
        "payments.checkout.invalid": word("These debts and amounts make no payment: choose again."),
        "payments.checkout.under_way": word(
            "The same payment was begun and is not finished: look at it first."
        ),
        "payments.checkout.just_paid": word(
            "The same amount was paid minutes ago: look at that payment first."
        ),
        "payments.checkout.foreign": word(
            "The provider's number belongs to another payment: nothing was booked."
        ),
        "payments.checkout.not_paid": word("A refund came before the payment: the provider tells it again."),
        "payments.provider.silent": word(
            "The payment provider does not answer: nothing has changed, try again later."
        ),
        "payments.provider.refused": word("The payment provider refused: nothing was taken."),
        "payments.mandate.unknown": word("There is no such direct debit in your data scope."),
        "payments.mandate.invalid": word("This makes no direct debit, or the debt has one already."),
        "payments.mandate.code_wrong": word("The one-time code is wrong or too old: send a new one."),
        "payments.mandate.ended": word("This direct debit has ended."),
        "payments.order.unknown": word("There is no such payment order in your data scope."),
        "payments.order.state": word("The order is not in the state that this step needs: look again."),
        "parties.code.no_way": word("The person has no telephone or mailbox in use: no code was sent."),
        "parties.code.foreign": word("The number is not one of the person's own in use: no code was sent."),
        "portal.document.refused": word("There is no such document for this debt."),
        "portal.document.not_settled": word("The debt is not settled yet: there is no certificate."),
        "parties.consent.kind_unknown": word("Choose what the debtor said."),
        "parties.consent.in_the_future": word("A statement cannot lie in the future."),
        "parties.consent.channel": word("This channel is unknown: choose another one."),
        "parties.person.unknown": word("There is no such person."),
        "parties.contact_point.unknown": word(
            "This contact point does not belong to the person: open the case again."
        ),
        "parties.contact_point.status_unknown": word("This state of a contact point is unknown."),
        "parties.contact_point.removed": word("The person took it off: only they bring it back."),
        "parties.contact_point.unreadable": word("This is no mobile number and no e-mail address."),
        "parties.contact_point.in_use": word("This contact point is in use already."),
        "parties.contact_point.of_another": word("This contact point is kept as somebody else's."),
        "parties.contact_point.too_many": word("The person has enough contact points: take one off first."),
        "parties.contact_point.only_one": word("It is the only contact point in use."),
        "parties.contact_point.not_waiting": word("This contact point does not wait for a code any more."),
        "parties.portal_link.refused": word("The link lets nobody in."),
        "parties.portal_link.unknown": word("There is no such link."),
        "parties.portal_link.used": word("The link was used before: issue a new one."),
        "parties.portal_link.expired": word("The link's time is over: issue a new one."),
        "cases.write.target": word("Nothing can be written there: choose another channel or debt."),
        "outreach.text.refused": word(
            "The law refuses this text: what is marked may not be said. Nothing was sent."
        ),
        "outreach.text.empty": word("Write something; a mail also needs a subject."),
        "outreach.text.too_long": word("The text is longer than its channel takes: shorten it."),
        "identity.permission.refused": word("Your role does not include this."),
    }
    | CASE_REFUSALS
    | MONEY_REFUSALS
)


def refusal_text(refusal: Exception) -> str:
    """Return what a person should read for a refusal; without words of its own the refusal's message stands."""
    code, where = getattr(refusal, "code", ""), getattr(refusal, "where", "")
    if code in payments.BANK_REASONS:
        text, where = in_language(payments.bank_reason(code), ""), in_language(payments.place(where), "")
    else:
        text = _(REFUSALS[code]) if code in REFUSALS else ""
    return text + (f" ({where})" if where else "") if text else str(refusal)
