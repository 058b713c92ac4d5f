"""Files of payment orders: ISO 20022 pain.001.001.09 and a plain CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree
from stdnum import iban

from fairdue.kernel.clock import HOUSE_ZONE
from fairdue.kernel.money import Money

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Money to be sent to one payee."""

    order_id: int
    amount: Money
    payee_name: str
    payee_account: str
    payee_bank: str
    purpose: str


def orders_csv(orders: Sequence[Order], payer_name: str, export_ref: str, made_at: datetime) -> bytes:
    """Return orders as CSV in UTF-8 with a mark, so that spreadsheets show Chinese; no cell is a formula."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerow(["order", "payee_name", "payee_account", "payee_bank", "amount", "currency", "purpose"])
    for order in orders:
        amount = f"{order.amount.amount:f}"
        cells = [order.payee_name, order.payee_account, order.payee_bank]
        writer.writerow(
            [
                f"{export_ref}/{order.order_id}",
                *map(_harmless, cells),
                amount,
                order.amount.currency,
                order.purpose,
            ]
        )
    return b"\xef\xbb\xbf" + target.getvalue().encode()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def pain_001(orders: Sequence[Order], payer_name: str, export_ref: str, made_at: datetime) -> bytes:
    """Return orders as a customer credit transfer initiation, one payment group a currency.

    1. Elements come in the order of the schema; amounts have the currency's decimals and no exponent.
    2. `EndToEndId` is `<export>/<order>`, so that a returned order is found again.
    3. The lender's own account is not known here: `DbtrAcct` is identified as `NOTPROVIDED`, the bank's own
       agreement with the lender says which it is.
    """
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})  # type: ignore[dict-item]
    body = _node(root, "CstmrCdtTrfInitn")
    header = _node(body, "GrpHdr")
    _node(header, "MsgId", export_ref[:35])
    _node(header, "CreDtTm", made_at.astimezone(HOUSE_ZONE).isoformat(timespec="seconds"))
    _node(header, "NbOfTxs", str(len(orders)))
    _node(_node(header, "InitgPty"), "Nm", payer_name[:140])
    for currency in sorted({order.amount.currency for order in orders}):
        group = [order for order in orders if order.amount.currency == currency]
        _group(body, group, payer_name, f"{export_ref}-{currency}", made_at)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _group(
    body: etree._Element, orders: Sequence[Order], payer_name: str, reference: str, made_at: datetime
) -> None:
    group = _node(body, "PmtInf")
    _node(group, "PmtInfId", reference[:35])
    _node(group, "PmtMtd", "TRF")
    _node(group, "NbOfTxs", str(len(orders)))
    total = Money(sum(order.amount.minor for order in orders), orders[0].amount.currency)
    _node(group, "CtrlSum", f"{total.amount:f}")
    _node(_node(group, "ReqdExctnDt"), "Dt", made_at.astimezone(HOUSE_ZONE).date().isoformat())
    _node(_node(group, "Dbtr"), "Nm", payer_name[:140])
    _node(_node(_node(_node(group, "DbtrAcct"), "Id"), "Othr"), "Id", "NOTPROVIDED")
    _node(_node(_node(_node(group, "DbtrAgt"), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")
    for order in orders:
        _transfer(group, order, reference.rpartition("-")[0])


def _transfer(group: etree._Element, order: Order, export_ref: str) -> None:
    transfer = _node(group, "CdtTrfTxInf")
    _node(_node(transfer, "PmtId"), "EndToEndId", f"{export_ref}/{order.order_id}"[:35])
    amount = _node(_node(transfer, "Amt"), "InstdAmt", f"{order.amount.amount:f}")
    amount.set("Ccy", order.amount.currency)
    if order.payee_bank:
        _node(_node(_node(transfer, "CdtrAgt"), "FinInstnId"), "Nm", order.payee_bank[:140])
    _node(_node(transfer, "Cdtr"), "Nm", order.payee_name[:140])
    account = _node(_node(transfer, "CdtrAcct"), "Id")
    if iban.is_valid(order.payee_account):
        _node(account, "IBAN", iban.compact(order.payee_account))
    else:
        _node(_node(account, "Othr"), "Id", order.payee_account.replace(" ", "")[:34])
    _node(_node(transfer, "RmtInf"), "Ustrd", order.purpose[:140])


def _node(parent: etree._Element, name: str, text: str | None = None) -> etree._Element:
    node = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}")
    if text is not None:
        node.text = "".join(sign for sign in text if sign.isprintable())
    return node
