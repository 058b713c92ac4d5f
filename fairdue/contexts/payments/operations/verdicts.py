"""Judge each row of a bank statement: new money, known, taken back, or not ours to book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fairdue.contexts.payments import sealing
from fairdue.contexts.payments.models import IncomingPayment, PaymentKey
from fairdue.contexts.payments.operations.receive import FURTHEST_DAYS
from fairdue.engine.intake.bank.contents import BankEntry, BankStatement
from fairdue.engine.matching.texts import normal_account


@dataclass(slots=True)
class Verdict:
    """What becomes of one row, with the names under which its money is known again."""

    position: str
    verdict: str
    reason: str = ""
    entry: BankEntry | None = None
    keys: tuple[bytes, ...] = ()
    payment_id: int | None = None
    resembles_id: int | None = None
    original: Verdict | None = None
    """Of a return: the row of this very file that it takes back."""


@dataclass(slots=True)
class Names:
    """How one row may be named: by the bank's reference, by the payer's, by its content, in that order."""

    strong: list[bytes] = field(default_factory=list)
    payer: list[bytes] = field(default_factory=list)
    content: list[bytes] = field(default_factory=list)
    shape: list[bytes] = field(default_factory=list)
    """By day and amount only: never decides, but shows that another format may have told the same money."""
    hints: list[bytes] = field(default_factory=list)
    """Shapes that others may have left and that make this row resemble them."""

    @property
    def all(self) -> tuple[bytes, ...]:
        """Every name, the strongest first."""
        return (*self.strong, *self.payer, *self.content, *self.shape)


class Judge:
    """Judges the rows of one file in their order.

    1. A row whose bank reference is known, or without one its payer's reference or its content, is repeated.
       Identical rows of one statement are told apart by their count, so real twins on one day stay two.
    2. A row with a new bank reference that otherwise equals a row of another statement, and a row of the same
       day and amount as one that either tells without a bank reference, is new money that resembles: it is
       booked and waits for a person.
    3. A debit that takes back known money is a return; every other debit is set aside.
    """

    def __init__(self, creditor_id: int, today: date) -> None:
        self.creditor_id, self.today = creditor_id, today
        self.in_file: dict[bytes, Verdict] = {}
        self.taken_back: set[int] = set()
        self.booked_here: dict[bytes, list[Verdict]] = {}

    def rows(self, statement: BankStatement) -> list[Verdict]:
        """Return the verdicts on a statement's rows: rejected ones first, money that went back last.

        Some files tell the newest row first, so that a return stands above the payment that it takes back.
        """
        names = list(self._named(statement))
        known = self._known(key for each in names for key in (*each.all, *each.hints))
        verdicts = [Verdict(row.position, "rejected", row.code) for row in statement.rejected]
        rows = zip(statement.entries, names, strict=True)
        for entry, name in sorted(rows, key=lambda row: row[0].is_return):
            verdict = self._judge(entry, name, known)
            verdicts.append(verdict)
            if verdict.verdict in ("booked", "returned"):
                for key in name.all:
                    self.in_file.setdefault(key, verdict)
            if verdict.verdict == "booked":
                for key in return_keys(entry):
                    self.booked_here.setdefault(key, []).append(verdict)
        return verdicts

    def _named(self, statement: BankStatement) -> Iterable[Names]:
        seen: Counter[tuple[object, ...]] = Counter()
        account = normal_account(statement.account)
        for entry in statement.entries:
            names = Names()
            common = (account, entry.minor, entry.currency, entry.booking_date)
            payer = (normal_account(entry.payer_account), sealing.normal_name(entry.payer_name))
            text = "".join(sign for sign in entry.remittance.casefold() if sign.isalnum())
            if entry.bank_ref:
                names.strong.append(_key(seen, "bank", *common, entry.bank_ref, entry.end_to_end_ref))
            if entry.end_to_end_ref:
                names.payer.append(_key(seen, "end_to_end", *common, payer[0], entry.end_to_end_ref))
            names.content.append(_key(seen, "content", *common, *payer, text))
            any_shape, bare_shape = (_key(seen, kind, *common) for kind in ("shape", "bare shape"))
            names.shape = [any_shape] if entry.bank_ref else [any_shape, bare_shape]
            names.hints = [bare_shape] if entry.bank_ref else [any_shape]
            yield names

    def _known(self, keys: Iterable[bytes]) -> dict[bytes, int]:
        rows = PaymentKey.objects.filter(creditor_id=self.creditor_id, key__in=list(keys))
        return {bytes(key): payment_id for key, payment_id in rows.values_list("key", "payment_id")}

    def _judge(self, entry: BankEntry, names: Names, known: dict[bytes, int]) -> Verdict:
        verdict = Verdict(entry.position, "booked", entry=entry, keys=names.all)
        decisive = names.strong or names.payer or names.content
        if not entry.is_booked:
            verdict.verdict, verdict.reason = "set_aside", "bank.row.not_booked"
        elif entry.booking_date > self.today or entry.value_date > self.today + timedelta(days=FURTHEST_DAYS):
            verdict.verdict, verdict.reason = "rejected", "bank.row.date_future"
        elif repeated := next((key for key in decisive if key in known or key in self.in_file), None):
            verdict.verdict, verdict.reason = "repeated", "bank.row.known"
            verdict.payment_id = known.get(repeated)
        elif entry.is_return:
            self._judge_return(entry, verdict)
        elif entry.minor < 0:
            verdict.verdict, verdict.reason = "set_aside", "bank.row.debit_not_ours"
        elif entry.is_reversal or entry.return_code:
            verdict.verdict, verdict.reason = "set_aside", "bank.row.outgoing_came_back"
        else:
            others = [*names.payer, *names.content, *names.hints]
            verdict.resembles_id = next((known[key] for key in others if key in known), None)
        return verdict

    def _judge_return(self, entry: BankEntry, verdict: Verdict) -> None:
        """Find the one payment that a return takes back; more than one, or none, needs a person."""
        refs = [ref for ref in (entry.original_ref, entry.end_to_end_ref, entry.bank_ref) if ref]
        keys = [return_key(ref, -entry.minor, entry.currency) for ref in refs]
        rows = PaymentKey.objects.filter(creditor_id=self.creditor_id, key__in=keys)
        ids = set(rows.values_list("payment_id", flat=True)) - self.taken_back
        open_ids = list(
            IncomingPayment.objects.filter(
                pk__in=ids, amount_minor=-entry.minor, currency=entry.currency, returned_minor=0
            ).values_list("pk", flat=True)
        )
        here = [row for key in keys for row in self.booked_here.get(key, ())]
        here = list({id(row): row for row in here}.values())
        if len(open_ids) + len(here) != 1:
            is_many = len(open_ids) + len(here) > 1
            verdict.verdict = "set_aside"
            verdict.reason = "bank.row.return_ambiguous" if is_many else "bank.row.return_without_original"
            return
        verdict.verdict, verdict.reason = "returned", entry.return_code and f"bank.return.{entry.return_code}"
        if here:
            verdict.original = here[0]
            self.booked_here = {
                key: [row for row in rows if row is not here[0]] for key, rows in self.booked_here.items()
            }
        else:
            verdict.payment_id = open_ids[0]
            self.taken_back.add(open_ids[0])


def return_key(reference: str, minor: int, currency: str) -> bytes:
    """Return the key under which a later return finds a payment: a reference and the amount."""
    return sealing.key_of("return", reference, minor, currency)


def return_keys(entry: BankEntry) -> Sequence[bytes]:
    """Return the keys under which a return finds a booked entry."""
    refs = {ref for ref in (entry.end_to_end_ref, entry.bank_ref) if ref}
    return [return_key(ref, entry.minor, entry.currency) for ref in sorted(refs)]


def _key(seen: Counter[tuple[object, ...]], *parts: object) -> bytes:
    """Return the key of a name with the count of its equals so far in the statement."""
    seen[parts] += 1
    return sealing.key_of(*parts, seen[parts])
