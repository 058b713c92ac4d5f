"""The file in which an agency hands over its past contacts, as data."""

from __future__ import annotations

from .schema import ACCOUNT_REF, Column, FileKind

CHANNELS = ("call", "sms", "email", "inapp", "letter", "visit")
RESULTS = (
    "conversation", "announcement_connected", "no_answer", "busy", "dropped", "voicemail", "voicemail_full",
    "not_in_service", "third_party", "third_party_refused", "third_party_offered", "wrong_number", "sent", "delivered",
    "read", "undelivered", "bounced", "failed", "received",
)  # fmt: skip

AGENCY_CONTACTS = FileKind(
    name="agency_contacts", key=("contact_ref",),
    en="Contacts that an agency made, or that debtors made with it. Each counts for the lender and all its agencies.",
    zh="委外机构已发生的触达。每条计入委托方及其全部机构的共同额度。",
    columns=(
        Column(name="contact_ref", type="reference", required=True, max_length=80, example="C-2026-000123",
               en="The agency's own number of the contact. Unique for ever.", zh="机构自己的触达编号，永久唯一。"),
        Column(name="creditor", type="reference", required=True, max_length=40, example="north",
               en="Code of the creditor.", zh="委托方代码。"),
        ACCOUNT_REF,
        Column(name="channel", type="choice", required=True, choices=CHANNELS, max_length=10, example="call",
               en="How the person was reached.", zh="渠道。"),
        Column(name="contact_value", type="text", personal=True, max_length=200, example="13800138000",
               en="The number or address that was used; empty where the channel has none.",
               zh="所用号码或地址；渠道无需号码时留空。"),
        Column(name="occurred_at", type="moment", required=True, example="2026-11-20T10:30:00+08:00",
               en="When, with the time of day; without an offset: in China.", zh="发生时间，须含时分；无时区时按中国时间。"),
        Column(name="result", type="choice", required=True, choices=RESULTS, max_length=24, example="conversation",
               en="What came of it.", zh="结果。"),
        Column(name="mode", type="choice", choices=("interactive", "announcement"), max_length=12,
               example="interactive", en="Of a call; empty means interactive.", zh="呼叫方式；空为交互式。"),
        Column(name="direction", type="choice", choices=("outbound", "inbound"), max_length=8, default="outbound",
               example="outbound", en="inbound: the debtor got in touch.", zh="方向；inbound 为债务人主动联系。"),
        Column(name="purpose", type="choice",
               choices=("collect", "service", "pass_message", "locate", "plan_reminder", "dispute_reply", "complaint_reply"),
               max_length=20, default="collect", example="collect", en="What it was for.", zh="目的。"),
    ),
)  # fmt: skip
