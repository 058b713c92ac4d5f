"""Files of payment orders: exact amounts, schema order, and no cell that a spreadsheet would run."""

from __future__ import annotations

from datetime import UTC, datetime

from lxml import etree

from fairdue.engine.payments.orders import NAMESPACE, Order, orders_csv, pain_001
from fairdue.kernel.money import Money

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def order(number=1, minor=30_000, currency="CNY", **values):
    fields = {
        "payee_name": "李小明",
        "payee_account": "6222021001098765",
        "payee_bank": "",
        "purpose": "退还溢缴款",
    }
    return Order(order_id=number, amount=Money(minor, currency), **(fields | values))


def test_pain_001_has_one_group_a_currency_with_its_sum():
    orders = [order(1), order(2, 5), order(3, 700, "JPY", payee_account="DE89 3704 0044 0532 0130 00")]
    root = etree.fromstring(pain_001(orders, "北方银行", "FD1", AT))
    find = lambda path: [node.text for node in root.iterfind(path, {"p": NAMESPACE})]  # noqa: E731
    assert find(".//p:GrpHdr/p:NbOfTxs") == ["3"]
    assert find(".//p:PmtInf/p:CtrlSum") == ["300.05", "700"]
    assert find(".//p:EndToEndId") == ["FD1/1", "FD1/2", "FD1/3"]
    assert find(".//p:CdtrAcct/p:Id/p:IBAN") == ["DE89370400440532013000"]
    group = root.find(".//p:PmtInf", {"p": NAMESPACE})
    assert [etree.QName(node).localname for node in group][:9] == [
        "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "CdtTrfTxInf"
    ]  # fmt: skip


def test_csv_holds_no_formula():
    text = orders_csv([order(payee_name="=HYPERLINK(1)")], "北方银行", "FD1", AT).decode("utf-8-sig")
    assert text.splitlines() == [
        "order,payee_name,payee_account,payee_bank,amount,currency,purpose",
        "FD1/1,'=HYPERLINK(1),6222021001098765,,300.00,CNY,退还溢缴款",
    ]
