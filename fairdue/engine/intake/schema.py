"""The canonical files as data: every column with its type, meaning and example.

The data dictionary in `docs/reference/import.md` is generated from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ColumnType = Literal[
    "reference",
    "text",
    "choice",
    "flag",
    "date",
    "moment",
    "amount",
    "currency",
    "zone",
    "rank",
    "jurisdiction",
]

COMPONENTS = ("principal", "interest", "penalty_interest", "late_fee", "fee")
"""本金, 利息, 罚息, 违约金, 费用: what a debt is made of."""
OLDER_NAME = "penalty"
"""What accounts and dues called penalty interest, and transactions the late fee, before each had its own name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a canonical file."""

    name: str
    type: ColumnType
    required: bool = False
    """The column must be there and no cell may be empty."""
    personal: bool = False
    """Sealed at rest, masked in lists and reject files."""
    max_length: int = 64
    choices: tuple[str, ...] = ()
    default: str = ""
    """What an empty cell means."""
    example: str = ""
    en: str
    zh: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileKind:
    """One kind of canonical file; `key` names the columns that identify a row."""

    name: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    en: str
    zh: str

    def column(self, name: str) -> Column:
        """Return a column by its name."""
        return next(column for column in self.columns if column.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """All column names, in order."""
        return tuple(column.name for column in self.columns)

    @property
    def required_names(self) -> tuple[str, ...]:
        """The names of the columns that every file must have."""
        return tuple(column.name for column in self.columns if column.required)


PARTY_REF = Column(
    name="party_ref", type="reference", required=True, example="P000123",
    en="Your own number of the person. Unique in the file.", zh="贵方的客户编号，文件内唯一。",
)  # fmt: skip
ACCOUNT_REF = Column(
    name="account_ref", type="reference", required=True, example="A000123-01",
    en="Your own number of the account or loan.", zh="贵方的账户或借据编号。",
)  # fmt: skip
CURRENCY = Column(
    name="currency", type="currency", required=True, max_length=3, example="CNY",
    en="ISO 4217 code; it fixes how many decimals an amount may have.", zh="ISO 4217 币种代码，决定金额的小数位数。",
)  # fmt: skip


def _component(name: str, en: str, zh: str, example: str = "") -> Column:
    return Column(name=name, type="amount", example=example, en=en, zh=zh)


PARTIES = FileKind(
    name="parties", key=("party_ref",),
    en="Persons. The same ID number under two references is one person over all debts.",
    zh="客户。两个编号对应同一证件号码时，视为同一人。",
    columns=(
        PARTY_REF,
        Column(name="name", type="text", required=True, personal=True, max_length=80, example="李小明",
               en="Full name.", zh="姓名。"),
        Column(name="id_type", type="choice", choices=(
               "cn_resident", "passport", "hk_macau_permit", "taiwan_permit", "foreign_permanent", "other"),
               max_length=20, example="cn_resident", en="Kind of identity document; empty with a number of 18 "
               "characters means cn_resident.", zh="证件类型；号码为18位且本列为空时视为居民身份证。"),
        Column(name="id_number", type="text", personal=True, max_length=40, example="11010519491231002X",
               en="Number of the identity document; a resident ID is checked (check digit, birth date, "
               "province). An empty cell never erases a known number.",
               zh="证件号码；居民身份证校验校验码、出生日期和省级代码。空值不会清除已有号码。"),
        Column(name="birth_date", type="date", example="1949-12-31",
               en="Date of birth; taken from a resident ID when empty.", zh="出生日期；为空时取自身份证号。"),
        Column(name="sex", type="choice", choices=("f", "m", "x"), max_length=1, example="f",
               en="f, m or x; taken from a resident ID when empty.", zh="性别 f/m/x；为空时取自身份证号。"),
        Column(name="home_zone", type="zone", max_length=40, default="Asia/Shanghai", example="Asia/Urumqi",
               en="IANA time zone in which the person lives; contact hours are counted there.",
               zh="居住地时区（IANA 名称），联系时段按此计算。"),
        Column(name="locale", type="choice", choices=("zh-hans", "en"), max_length=10, default="zh-hans",
               example="zh-hans", en="Language of letters and messages.", zh="信函与消息的语言。"),
        Column(name="preferred_channel", type="choice", choices=("sms", "email", "inapp", "call"), max_length=10,
               example="sms", en="Channel the person prefers.", zh="客户偏好的联系渠道。"),
        Column(name="residence", type="jurisdiction", max_length=40, example="us-ma",
               en="Jurisdiction in which the person lives, of packs/rules/in_force.yaml; its packs bind beside "
               "those of the debts. Empty where the debt's own say everything.",
               zh="客户居住地的法域代码（见 packs/rules/in_force.yaml），其规则与债务所属法域的规则叠加适用；无需叠加时留空。"),
    ),
)  # fmt: skip

CONTACT_POINTS = FileKind(
    name="contact_points", key=("party_ref", "medium", "value"),
    en="Ways to reach a person. A value that changed is a new row; send the old one with status invalid.",
    zh="联系方式。号码变更须新增一行，并将旧值的 status 设为 invalid。",
    columns=(
        Column(name="party_ref", type="reference", required=True, example="P000123",
               en="The person, as in the parties file.", zh="客户编号，与客户文件一致。"),
        Column(name="medium", type="choice", required=True, choices=("mobile", "landline", "email", "address", "app"),
               max_length=10, example="mobile", en="Kind of contact point.", zh="联系方式类型。"),
        Column(name="value", type="text", required=True, personal=True, max_length=200, example="13800138000",
               en="Phone number (Chinese unless it starts with +), e-mail address, postal address or app user.",
               zh="电话（无 + 号时按中国大陆号码）、邮箱、地址或应用账号。"),
        Column(name="owner", type="choice", choices=("debtor", "third_party", "employer"), max_length=12,
               default="debtor", example="debtor", en="Whose it is. A third party never learns of the debt.",
               zh="归属人。不得向第三方透露债务。"),
        Column(name="relation", type="text", max_length=20, example="spouse",
               en="Relation of a third party to the debtor.", zh="第三方与债务人的关系。"),
        Column(name="zone", type="zone", max_length=40, example="Asia/Shanghai",
               en="Time zone of this contact point, if not the person's.", zh="该联系方式所在时区（与客户不同时填写）。"),
        Column(name="place", type="choice", choices=("home", "work"), max_length=10, example="work",
               en="Where it is, if known: at home or at the person's workplace.", zh="所在地点：住所或工作单位；不明时留空。"),
        Column(name="jurisdiction", type="jurisdiction", max_length=40, example="us-ny-nyc",
               en="Jurisdiction of the address or of the number's area, if its packs bind beside those of the debts.",
               zh="该地址或号码所属地区的法域代码，其规则叠加适用。"),
        Column(name="rank", type="rank", default="1", example="1", en="1 is tried first; 1 to 99.",
               zh="优先级 1–99，1 最先使用。"),
        Column(name="opted_out", type="flag", default="false", example="false",
               en="The person has refused contact here. Lands as a consent record. A later file lifts it only "
               "with a newer consent_at.", zh="客户已拒绝通过此方式联系；仅当 consent_at 更新时方可解除。"),
        Column(name="consent_at", type="moment", example="2025-03-01",
               en="When the person agreed (or refused) to be contacted here.", zh="客户同意（或拒绝）的时间。"),
        Column(name="verified", type="flag", default="false", example="true",
               en="The lender has verified that the point is the person's.", zh="是否已核实归属。"),
        Column(name="status", type="choice", choices=("valid", "invalid"), max_length=10, example="valid",
               en="invalid takes a wrong value out of use. Empty leaves what is known.",
               zh="invalid 表示停用；空值不改变现状。"),
    ),
)  # fmt: skip

ACCOUNTS = FileKind(
    name="accounts", key=("account_ref",),
    en="Accounts with their opening balances. The product must exist; the person must be in a parties file.",
    zh="账户及期初余额。产品须已建立，客户须已导入。",
    columns=(
        ACCOUNT_REF,
        Column(name="party_ref", type="reference", required=True, example="P000123",
               en="The debtor, as in the parties file.", zh="债务人编号，与客户文件一致。"),
        Column(name="product_code", type="reference", required=True, max_length=40, example="CARD",
               en="Code of a product of this creditor.", zh="本委托方的产品代码。"),
        CURRENCY,
        Column(name="opened_date", type="date", required=True, example="2021-06-30",
               en="Day on which the account was opened or the loan paid out.", zh="开户或放款日期。"),
        Column(name="balance_date", type="date", required=True, example="2026-01-31",
               en="Day for whose end the balances stand.", zh="余额所属日期（日终）。"),
        Column(name="credit_limit", type="amount", example="50,000.00", en="Credit limit of a card.", zh="信用额度。"),
        _component("principal", "Opening balance of principal.", "本金期初余额。", "12,345.67"),
        _component("interest", "Opening balance of interest.", "利息期初余额。", "120.50"),
        _component("penalty", "Older name of penalty_interest; a row gives one of the two.",
                   "penalty_interest 的旧名；每行只填其一。"),
        _component("fee", "Opening balance of fees.", "费用期初余额。"),
        Column(name="status", type="choice", choices=("active", "closed", "charged_off"), max_length=12,
               default="active", example="active", en="State of the account.", zh="账户状态。"),
        Column(name="jurisdiction", type="jurisdiction", max_length=40, example="cn",
               en="Jurisdiction whose contact packs bind the debt; empty: the product's, else the creditor's.",
               zh="债务所属法域，决定适用的催收规则；为空时取产品的，再取委托方的。"),
        _component("penalty_interest", "Opening balance of penalty interest on overdue principal.", "罚息期初余额。"),
        _component("late_fee", "Opening balance of late fees (liquidated damages).", "违约金期初余额。"),
    ),
)  # fmt: skip

DUES = FileKind(
    name="dues", key=("account_ref", "due_ref"),
    en="Instalments or statements: what falls due on which day. An empty amount says nothing; 0 takes back what an earlier "
    "file said.",
    zh="分期或账单：每个到期日应还的各组成部分。金额为空表示不涉及该项；填 0 可撤销先前金额。",
    columns=(
        ACCOUNT_REF,
        Column(name="due_ref", type="reference", required=True, max_length=40, example="2026-01",
               en="Your name of the instalment or statement, unique in the account.", zh="期次或账单编号，账户内唯一。"),
        Column(name="due_date", type="date", required=True, example="2026-01-25",
               en="Last day on which payment is in time.", zh="最后还款日。"),
        CURRENCY,
        _component("principal", "Principal that falls due.", "应还本金。", "1,000.00"),
        _component("interest", "Interest that falls due.", "应还利息。", "35.20"),
        _component("penalty", "Older name of penalty_interest; a row gives one of the two.",
                   "penalty_interest 的旧名；每行只填其一。"),
        _component("fee", "Fees that fall due.", "应还费用。"),
        _component("penalty_interest", "Penalty interest on overdue principal that falls due.", "应还罚息。"),
        _component("late_fee", "Late fee (liquidated damages) that falls due.", "应还违约金。"),
    ),
)  # fmt: skip

TRANSACTIONS = FileKind(
    name="transactions", key=("account_ref", "transaction_ref"),
    en="Payments, charges, credits and reversals. A transaction never changes; a reversal takes it back.",
    zh="还款、计费、贷记与冲正。交易不可更改，只能冲正。",
    columns=(
        Column(name="transaction_ref", type="reference", required=True, max_length=80, example="T20260126-77",
               en="Your own number of the transaction, unique in the account.", zh="交易编号，账户内唯一。"),
        ACCOUNT_REF,
        Column(name="kind", type="choice", required=True, choices=("payment", "charge", "credit", "reversal"),
               max_length=12, example="payment", en="What happened.", zh="交易类型。"),
        Column(name="component", type="choice", choices=(*COMPONENTS, OLDER_NAME), max_length=20, example="",
               en="Component of a charge or credit; empty for a payment, which the allocation policy splits. "
               "penalty is an older name of late_fee here.",
               zh="计费或贷记的组成部分；还款为空，由冲抵顺序决定。penalty 在此为 late_fee 的旧名。"),
        Column(name="amount", type="amount", required=True, example="500.00",
               en="Positive amount; the kind gives the direction.", zh="正数金额，方向由类型决定。"),
        CURRENCY,
        Column(name="effective_date", type="date", required=True, example="2026-01-26",
               en="Day for which it counts.", zh="生效日期。"),
        Column(name="reverses_ref", type="reference", max_length=80, example="",
               en="Of a reversal: the transaction that it takes back, in full.", zh="冲正时：被冲正的交易编号（全额）。"),
    ),
)  # fmt: skip

KINDS: dict[str, FileKind] = {
    kind.name: kind for kind in (PARTIES, CONTACT_POINTS, ACCOUNTS, DUES, TRANSACTIONS)
}  # fmt: skip
