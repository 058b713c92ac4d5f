"""Why a row is rejected or noted, as data: a stable code, what is wrong, what to do, in both languages."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason with its remedy."""

    code: str
    en: str
    zh: str
    remedy_en: str
    remedy_zh: str


def _reason(code: str, en: str, zh: str, remedy_en: str, remedy_zh: str) -> tuple[str, Reason]:
    return code, Reason(code, en, zh, remedy_en, remedy_zh)


REASONS: dict[str, Reason] = dict(
    [
        _reason("intake.row.malformed", "The row has more or fewer cells than the header.", "该行单元格数与表头不一致。",
                "Quote cells that contain the separator.", "含分隔符的单元格请加引号。"),
        _reason("intake.row.duplicate", "An earlier row of this file has the same key.", "文件内已有相同主键的行。",
                "Keep one of the two rows; the first one was taken.", "请只保留一行；已采用先出现的一行。"),
        _reason("intake.value.missing", "The cell is empty but required.", "必填项为空。",
                "Fill the cell.", "请填写。"),
        _reason("intake.value.too_long", "The text is longer than the column allows.", "文本超过允许长度。",
                "Shorten it; the data dictionary gives the length.", "请缩短；长度见数据字典。"),
        _reason("intake.text.control_character", "The text contains a control or replacement character.",
                "文本含控制字符或替换字符。", "Export the cell again as clean text.", "请重新导出为纯文本。"),
        _reason("intake.moment.no_time", "The moment has no time of day.", "缺少时分。",
                "Write it like 2026-11-20T10:30:00+08:00.", "请写成 2026-11-20T10:30:00+08:00。"),
        _reason("intake.moment.future", "The moment lies in the future.", "时间在未来。",
                "Send the contact after it happened.", "请在触达发生之后再报送。"),
        _reason("law.agency.debt_unknown", "No such debt is placed with the agency.", "该机构名下没有这笔债务。",
                "Check the creditor's code and the number of the debt.", "请核对委托方代码与借据编号。"),
        _reason("intake.choice.unknown", "The word is not one of the column's choices.", "取值不在允许范围内。",
                "Use a word from the data dictionary.", "请使用数据字典中的取值。"),
        _reason("intake.flag.unreadable", "Neither yes nor no.", "不是是/否值。",
                "Write true or false.", "请填写 true 或 false。"),
        _reason("intake.rank.unreadable", "Not a whole number from 1 to 99.", "不是 1 至 99 的整数。",
                "Write 1 for the first to try.", "首选填 1。"),
        _reason("intake.date.unreadable", "Not a date.", "不是日期。", "Write YYYY-MM-DD.", "请写成 YYYY-MM-DD。"),
        _reason("intake.date.ambiguous", "Day and month cannot be told apart.", "无法区分日和月。",
                "Write YYYY-MM-DD.", "请写成 YYYY-MM-DD。"),
        _reason("intake.date.impossible", "The calendar has no such day.", "日历上没有这一天。",
                "Correct the date.", "请更正日期。"),
        _reason("intake.date.out_of_range", "The year is before 1900 or after 2199.", "年份不在 1900–2199 之间。",
                "Correct the year.", "请更正年份。"),
        _reason("intake.date.in_the_future", "The day lies in the future.", "日期在未来。",
                "Send it when it has happened, or correct the date.", "请在发生后再报送，或更正日期。"),
        _reason("intake.amount.unreadable", "Not an amount.", "不是金额。", "Write 1234.56.", "请写成 1234.56。"),
        _reason("intake.amount.ambiguous", "Thousands and decimals cannot be told apart.", "无法区分千分位与小数点。",
                "Write 1234.56 or 1,234.56.", "请写成 1234.56 或 1,234.56。"),
        _reason("intake.component.named_twice", "Penalty interest is given twice, in penalty and in penalty_interest.",
                "罚息重复填写：penalty 与 penalty_interest 只能填其一。",
                "Leave penalty empty; put a late fee into late_fee.", "请清空 penalty；违约金请填 late_fee。"),
        _reason("intake.amount.negative", "The amount is negative.", "金额为负。",
                "Amounts are positive; send a credit or a reversal instead.", "金额应为正；请改用贷记或冲正。"),
        _reason("intake.amount.zero", "The amount is zero.", "金额为零。",
                "Leave the row out.", "请删除该行。"),
        _reason("intake.amount.too_large", "The amount exceeds 2^53 minor units.", "金额超过 2^53 最小货币单位。",
                "Correct the amount or its currency.", "请更正金额或币种。"),
        _reason("intake.amount.too_many_decimals", "More decimals than the currency has.", "小数位数超过该币种。",
                "Round to the currency's decimals at the source.", "请在源头按币种舍入。"),
        _reason("intake.jurisdiction.unknown", "No rule packs are listed for this jurisdiction.",
                "没有为该法域列出规则包。", "Use a code of packs/rules/in_force.yaml, or leave the cell empty.",
                "请使用 packs/rules/in_force.yaml 中的代码，或留空。"),
        _reason("intake.currency.unknown", "Books are not kept in this currency.", "未启用该币种。",
                "Use an ISO 4217 code that is in use here.", "请使用已启用的 ISO 4217 代码。"),
        _reason("intake.currency.differs_from_account", "The account is kept in another currency.",
                "与账户币种不一致。", "Use the account's currency.", "请使用账户币种。"),
        _reason("intake.zone.unknown", "Not an IANA time zone.", "不是 IANA 时区。",
                "Write for example Asia/Shanghai.", "例如 Asia/Shanghai。"),
        _reason("intake.name.no_letter", "The name contains no letter.", "姓名中没有文字。",
                "Send the person's name.", "请填写姓名。"),
        _reason("intake.id_number.length", "A resident ID has 18 characters.", "居民身份证应为 18 位。",
                "Send the 18-character number; spreadsheets must keep it as text.", "请提供 18 位号码；表格中须为文本格式。"),
        _reason("intake.id_number.character", "A resident ID has 17 digits and a digit or X.",
                "居民身份证应为 17 位数字加一位数字或 X。", "Correct the number.", "请更正号码。"),
        _reason("intake.id_number.checksum", "The check digit does not fit.", "校验码不符。",
                "Compare with the document.", "请核对证件。"),
        _reason("intake.id_number.birth_date", "The number contains no possible birth date.", "号码中的出生日期不存在。",
                "Compare with the document.", "请核对证件。"),
        _reason("intake.id_number.region", "The number begins with no province.", "号码的省级代码不存在。",
                "Compare with the document.", "请核对证件。"),
        _reason("intake.id_number.type_missing", "The kind of document is not said.", "未说明证件类型。",
                "Fill id_type.", "请填写 id_type。"),
        _reason("intake.id_number.number_missing", "A kind of document without a number.", "有证件类型而无号码。",
                "Fill id_number or leave id_type empty.", "请填写 id_number，或清空 id_type。"),
        _reason("intake.id_number.other_person", "Another known person has this ID number.", "该证件号码属于另一已知客户。",
                "Find out which person it is; two persons are joined by hand.", "请核实；合并客户须人工处理。"),
        _reason("intake.birth_date.differs_from_id", "Birth date and ID number contradict each other.",
                "出生日期与身份证号不符。", "Correct the wrong one, or leave birth_date empty.", "请更正，或清空 birth_date。"),
        _reason("intake.phone.unreadable", "Not a phone number.", "不是电话号码。",
                "Write the digits, with +country outside China.", "请填写号码；境外号码以 + 开头。"),
        _reason("intake.phone.invalid", "No such number is in use.", "号码段不存在。",
                "Compare with the application form.", "请核对申请资料。"),
        _reason("intake.phone.not_mobile", "The number is not a mobile number.", "不是手机号码。",
                "Send it with medium landline.", "请将 medium 改为 landline。"),
        _reason("intake.phone.not_landline", "The number is a mobile number.", "是手机号码。",
                "Send it with medium mobile.", "请将 medium 改为 mobile。"),
        _reason("intake.email.invalid", "Not an e-mail address that mail can reach.", "不是可投递的邮箱地址。",
                "Correct the address.", "请更正地址。"),
        _reason("intake.address.too_short", "The address is too short to be one.", "地址过短。",
                "Send the full postal address.", "请填写完整地址。"),
        _reason("intake.party.unknown", "No such person has been imported from this creditor.", "该委托方没有此客户。",
                "Import the parties file first, or correct party_ref.", "请先导入客户文件，或更正 party_ref。"),
        _reason("intake.account.unknown", "No such account has been imported from this creditor.", "该委托方没有此账户。",
                "Import the accounts file first, or correct account_ref.", "请先导入账户文件，或更正 account_ref。"),
        _reason("intake.product.unknown", "The creditor has no such product.", "该委托方没有此产品。",
                "Create the product first, or correct product_code.", "请先建立产品，或更正 product_code。"),
        _reason("intake.account.person_fixed", "The account already belongs to another person.", "账户已属于另一客户。",
                "An account keeps its person; send it under a new account_ref.", "账户不可更换客户；请使用新的 account_ref。"),
        _reason("intake.account.currency_fixed", "The account is already kept in another currency.",
                "账户已使用另一币种。", "An account keeps its currency.", "账户不可更换币种。"),
        _reason("intake.account.balance_before_opening", "The balance date lies before the opening of the account.",
                "余额日期早于开户日期。", "Correct one of the two dates.", "请更正日期。"),
        _reason("intake.due.nothing_due", "No component has an amount.", "各组成部分均为空。",
                "Fill at least one amount, 0 if nothing is due.", "至少填写一个金额；无应还时填 0。"),
        _reason("intake.due.account_kept", "The account's contract is kept here: its due items follow from the contract.",
                "该账户的合同由本系统计收，应还由合同推算。",
                "Leave the row out; correct the contract, or record what was agreed as an event.",
                "请删除该行；更正合同，或将约定登记为账户事件。"),
        _reason("intake.transaction.component_missing", "A charge or credit names its component.",
                "计费或贷记须注明组成部分。", "Fill component.", "请填写 component。"),
        _reason("intake.transaction.component_unwanted", "A payment or reversal names no component.",
                "还款或冲正不应注明组成部分。", "Leave component empty.", "请清空 component。"),
        _reason("intake.transaction.reverses_missing", "A reversal names what it takes back.", "冲正须注明被冲正交易。",
                "Fill reverses_ref.", "请填写 reverses_ref。"),
        _reason("intake.transaction.reverses_unwanted", "Only a reversal names another transaction.",
                "只有冲正可引用其他交易。", "Leave reverses_ref empty.", "请清空 reverses_ref。"),
        _reason("intake.transaction.reverses_itself", "A transaction cannot take itself back.", "交易不能冲正自身。",
                "Correct reverses_ref.", "请更正 reverses_ref。"),
        _reason("intake.transaction.reverses_unknown", "The transaction to take back is not known.",
                "被冲正的交易不存在。", "Import it first, or correct reverses_ref.", "请先导入，或更正 reverses_ref。"),
        _reason("intake.transaction.already_reversed", "The transaction was already taken back.",
                "该交易已被冲正。", "Leave the row out.", "请删除该行。"),
        _reason("intake.transaction.amount_differs", "A reversal takes back the whole amount.",
                "冲正金额须与原交易一致。", "Use the original's amount.", "请使用原交易金额。"),
        _reason("intake.transaction.reverses_reversal", "A reversal cannot be taken back.", "冲正不能再被冲正。",
                "Send the payment or charge again under a new number.", "请以新编号重新报送原交易。"),
        _reason("intake.transaction.before_opening", "The day lies before the account's balance date.",
                "日期早于账户余额日期。", "It is part of the opening balance; leave the row out.", "已含于期初余额，请删除该行。"),
        _reason("intake.transaction.account_assigned", "The debt passed to another creditor: nothing happens to it here.",
                "该债权已转让，此处不再发生交易。", "Send the money to the new creditor, or take the assignment back first.",
                "请将款项转交新债权人，或先冲正转让。"),
        _reason("intake.transaction.account_written_off", "The debt was written off: it is charged and credited no more.",
                "该债权已核销，不再计费或贷记。", "Take the write-off back first; money that still comes is a payment.",
                "请先冲正核销；核销后收回的款项请以还款报送。"),
        _reason("intake.transaction.account_charged_off", "The debt was charged off: it is charged nothing more.",
                "该账户已呆账处理，不再计费。", "Take the charge-off back first, or leave the row out.",
                "请先冲正呆账处理，或删除该行。"),
        _reason("intake.transaction.fixed", "The transaction is known with other content.", "同编号交易内容不同。",
                "A transaction never changes: reverse it and send a new one.", "交易不可更改：请冲正后重新报送。"),
    ]
)  # fmt: skip

NOTE_NAMES_DIFFER = "intake.person.names_differ"
"""The same ID number came with another name: still one person, worth a look."""

HEALED_BY_OTHER_FILES = frozenset(
    {
        "intake.party.unknown",
        "intake.account.unknown",
        "intake.product.unknown",
        "intake.transaction.reverses_unknown",
        "intake.id_number.other_person",
        "intake.currency.differs_from_account",
        "intake.date.in_the_future",
    }
)
"""Reasons that may be gone when the same file comes again; such a file is read again."""
