"""Files of what makes agencies and collectors fit to act: listings, evaluations, certificates, notices to borrowers."""

from __future__ import annotations

from .schema import Column, FileKind

AGENCY = Column(
    name="agency", type="reference", required=True, max_length=40, example="swift", en="Code of the agency.", zh="机构代码。"
)  # fmt: skip


def _day(name: str, en: str, zh: str, *, required: bool = True) -> Column:
    return Column(name=name, type="date", required=required, example="2026-03-01", en=en, zh=zh)


LISTINGS = FileKind(
    name="listings", key=("agency", "listed_from"),
    en="Agencies on the lender's published list.", zh="公示名单内的催收机构。",
    columns=(
        AGENCY,
        _day("listed_from", "First day on the list.", "列入日期。"),
        _day("listed_until", "Last day on the list; empty: still listed.", "移出前最后一日；为空表示仍在名单内。", required=False),
        Column(name="list_reference", type="text", required=True, max_length=200, example="https://bank.example/agencies",
               en="Where the list was published.", zh="名单公示处。"),
        Column(name="reveals_collection", type="flag", default="false", example="false",
               en="Whether the name alone tells of debt collection.", zh="名称是否本身表明催收业务。"),
    ),
)  # fmt: skip
EVALUATIONS = FileKind(
    name="evaluations", key=("agency", "evaluated_date"),
    en="Evaluations of agencies.", zh="机构评估。",
    columns=(
        AGENCY,
        _day("evaluated_date", "Day of the evaluation.", "评估日期。"),
        Column(name="is_passed", type="flag", required=True, example="true", en="Whether it was passed.", zh="是否通过。"),
        Column(name="findings", type="text", max_length=2000, example="", en="What was found.", zh="评估意见。"),
    ),
)  # fmt: skip
CERTIFICATES = FileKind(
    name="certificates", key=("agency", "staff_ref", "trained_date"),
    en="Exams that collectors passed.", zh="催收人员培训考试。",
    columns=(
        Column(name="agency", type="reference", max_length=40, example="swift",
               en="Code of the agency; empty: the lender's own staff.", zh="机构代码；为空表示本机构人员。"),
        Column(name="staff_ref", type="reference", required=True, max_length=80, example="S-017",
               en="The agency's own number of the collector; of own staff the user name.", zh="机构自己的人员编号；本机构人员为用户名。"),
        _day("trained_date", "Day on which the exam was passed.", "考试合格日期。"),
        _day("expires_date", "Last day on which it holds, if it names one.", "有效期截止日。", required=False),
        Column(name="certificate_ref", type="reference", required=True, max_length=120, example="C-2026-17",
               en="Number of the certificate.", zh="证书编号。"),
    ),
)  # fmt: skip
NOTICES = FileKind(
    name="notices", key=("creditor", "account_ref", "kind", "agency", "sent_date"),
    en="Notices that borrowers were given, by account.", zh="已向债务人发出的通知（按账户）。",
    columns=(
        Column(name="creditor", type="reference", required=True, max_length=40, example="north",
               en="Code of the creditor.", zh="委托方代码。"),
        Column(name="account_ref", type="reference", required=True, example="A000123-01",
               en="The creditor's number of the account.", zh="账户编号。"),
        Column(name="kind", type="choice", required=True, max_length=12, example="agency",
               choices=("agency", "assignment", "transfer", "visit", "validation"),
               en="agency: who it is and how to reach it; assignment; transfer (eight items, EU); visit; validation.",
               zh="agency 机构告知；assignment 债权转让；transfer 转让通知（欧盟）；visit 上门；validation 债务核实。"),
        Column(name="agency", type="reference", max_length=40, example="swift",
               en="Of an announcement: the agency.", zh="告知的机构代码。"),
        Column(name="channel", type="choice", choices=("letter", "email", "sms", "inapp", "call", "visit"), max_length=10,
               example="letter", en="How it was given.", zh="发送方式。"),
        _day("sent_date", "Day on which it was sent.", "发出日期。"),
        Column(name="reference", type="text", max_length=120, example="L-2026-000123", en="Number of the letter.", zh="函件编号。"),
    ),
)  # fmt: skip
STANDING_KINDS: dict[str, FileKind] = {
    kind.name: kind for kind in (LISTINGS, EVALUATIONS, CERTIFICATES, NOTICES)
}
