"""Why a bank file was refused, why a row of it was not booked, why money waits: in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

Text = Mapping[str, str]
RETURNED = "bank.return."
"""Before the reason code that a bank gave for taking money back, such as `bank.return.AC04`."""
NOT_TRIED: Text = {"zh": "尚未尝试匹配。", "en": "Not tried yet."}

BANK_REASONS: Mapping[str, Text] = {
    "bank.file.column_missing": {
        "zh": "缺少映射所列的列：请选择该银行的映射。",
        "en": "A column that the mapping names is missing: choose the mapping of this bank.",
    },
    "bank.file.doctype": {
        "zh": "XML 文件带有文档类型声明，银行文件不应如此：未读取。",
        "en": "The XML file carries a document type, which bank files do not: it is not read.",
    },
    "bank.file.empty": {"zh": "文件为空。", "en": "The file is empty."},
    "bank.file.encoding": {
        "zh": "无法识别文件编码：请重新导出，如可选择请用 UTF-8。",
        "en": "The characters of the file cannot be read: export it again, in UTF-8 if you can choose.",
    },
    "bank.file.format": {
        "zh": "不是已知格式：camt.053、camt.054、MT940 或带映射的 CSV。",
        "en": "This is none of the known forms: camt.053, camt.054, MT940, or a CSV with a mapping.",
    },
    "bank.file.mapping_missing": {
        "zh": "CSV 文件请选择所属银行。",
        "en": "For a CSV choose which bank it is from.",
    },
    "bank.file.not_camt": {
        "zh": "该 XML 文件不是 camt.053 或 camt.054。",
        "en": "This XML file is no camt.053 or camt.054.",
    },
    "bank.file.not_csv": {
        "zh": "与映射所描述的 CSV 不符。",
        "en": "This is no CSV as the mapping describes it.",
    },
    "bank.file.not_xml": {
        "zh": "XML 文件已损坏：请重新从银行下载。",
        "en": "The XML file is damaged: fetch it from the bank again.",
    },
    "bank.file.too_large": {
        "zh": "文件过大：请拆分，或使用命令行。",
        "en": "The file is too large: split it, or use the command line.",
    },
    "bank.file.too_many_rows": {
        "zh": "文件行数过多：请拆分，或使用命令行。",
        "en": "The file has too many rows: split it, or use the command line.",
    },
    "bank.mapping.invalid": {
        "zh": "该银行的映射有误：请告知管理员。",
        "en": "The mapping of this bank is faulty: tell the administrator.",
    },
    "bank.mapping.unknown": {
        "zh": "没有该映射：请选择其他映射。",
        "en": "There is no such mapping: choose another one.",
    },
    "bank.row.amount": {"zh": "无法识别金额。", "en": "The amount cannot be read."},
    "bank.row.amount_too_large": {
        "zh": "金额过大，无法精确记录。",
        "en": "The amount is too large to be kept exactly.",
    },
    "bank.row.cells_missing": {
        "zh": "该行的单元格少于表头。",
        "en": "The row has fewer cells than the head.",
    },
    "bank.row.credit_or_debit": {
        "zh": "未标明是收入还是支出。",
        "en": "It does not say whether money came in or went out.",
    },
    "bank.row.currency": {
        "zh": "币种未知，或与对账单币种不同。",
        "en": "The currency is unknown, or another one than the statement's.",
    },
    "bank.row.date": {"zh": "无法识别日期。", "en": "The date cannot be read."},
    "bank.row.date_future": {"zh": "日期在将来。", "en": "The date lies in the future."},
    "bank.row.debit_not_ours": {
        "zh": "款项支出，但不是本系统的付款指令。",
        "en": "Money went out, on no order of ours.",
    },
    "bank.row.form": {"zh": "该行格式不符。", "en": "The row is not formed as it must be."},
    "bank.row.known": {
        "zh": "该笔此前已由本文件或其他文件入账。",
        "en": "This entry was booked before, from this or another file.",
    },
    "bank.row.not_booked": {
        "zh": "银行仅作预告：待银行入账后再入账。",
        "en": "The bank has only announced it: it is booked when the bank has.",
    },
    "bank.row.outgoing_came_back": {
        "zh": "付出的款项被退回：请查看付款指令。",
        "en": "Money that we sent out came back: look at the payment orders.",
    },
    "bank.row.return_ambiguous": {
        "zh": "款项被收回，可能对应多笔来款。",
        "en": "Money was taken back, and more than one payment may be meant.",
    },
    "bank.row.return_without_original": {
        "zh": "被收回的款项从未在此入账。",
        "en": "Money was taken back of a payment that was never booked here.",
    },
    "bank.statement.currency": {
        "zh": "对账单币种不在记账币种之内。",
        "en": "The statement is in a currency in which no books are kept here.",
    },
    "bank.statement.header": {"zh": "对账单抬头不完整。", "en": "The statement's head is incomplete."},
    "bank.statement.unbalanced": {
        "zh": "期初余额加明细不等于期末余额。",
        "en": "Opening balance and entries do not come to the closing balance.",
    },
    "payments.statement.creditor": {
        "zh": "该委托方不在您的数据范围内。",
        "en": "This creditor is outside your data scope.",
    },
}
"""By the code of a refused file or of a row's reason."""

WHY_WAITING: Mapping[str, Text] = {
    "not_certain": {"zh": "没有可确定匹配的账户。", "en": "No account fits it for certain."},
    "amount_differs": {
        "zh": "账户确定，但金额超过其欠款。",
        "en": "The account is certain, but the amount is more than it owes.",
    },
    "several_certain": {"zh": "有多个账户可确定匹配。", "en": "More than one account fits for certain."},
    "currency_differs": {"zh": "账户币种不同。", "en": "The account is kept in another currency."},
    "maybe_repeated": {"zh": "同一笔款项可能重复到账。", "en": "The same money may have come in twice."},
    "ledger_refused": {
        "zh": "账务拒绝入账：请查看账户。",
        "en": "The ledger refused it: look at the account.",
    },
    "match_undone": {"zh": "认领已撤销。", "en": "A match was undone."},
}
"""By the code of why a payment has found no account."""

_PLACES = (
    (re.compile(r"statement (\d+) entry (\d+)"), "第{0}份对账单第{1}笔"),
    (re.compile(r"statement (\d+)"), "第{0}份对账单"),
    (re.compile(r"line (\d+)"), "第{0}行"),
)


def bank_reason(code: str) -> Text:
    """Return the reason of a row or of a refused file in both languages; a code without words as it is."""
    if code.startswith(RETURNED):
        given = code.removeprefix(RETURNED)
        return {"zh": f"银行退回原因：{given}。", "en": f"The bank's reason for the return: {given}."}
    return BANK_REASONS.get(code, {"zh": code, "en": code})


def why_waiting(code: str) -> Text:
    """Return why a payment has found no account, in both languages."""
    return WHY_WAITING.get(code, NOT_TRIED if not code else {"zh": code, "en": code})


def place(position: str) -> Text:
    """Return where a row stands in its file, in both languages; files are read in English words."""
    for pattern, zh in _PLACES:
        if found := pattern.fullmatch(position):
            return {"zh": zh.format(*found.groups()), "en": position}
    return {"zh": position, "en": position}
