"""Texts as collectors write them: what is found and marked, what must pass, and how fast."""

from __future__ import annotations

import statistics
import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.engine.law.content.lexicon import shipped_content
from fairdue.engine.law.content.reading import Text, outcome_of, read
from fairdue.engine.law.numbers import shipped_numbers

ON = date(2026, 11, 20)
CONTENT = shipped_content()


def findings(text, *, packs=("cn", "house"), on=ON, **values):
    asked = Text(**{"text": text, "channel": "chat", "names": ("示例银行", "Example Bank")} | values)
    return read(asked, packs=packs, on=on, content=CONTENT, numbers=shipped_numbers())


def topics(text, **values):
    return {mark.topic for finding in findings(text, **values) for mark in finding.marks}


FORBIDDEN_ZH = [
    ("王先生，欠款今天必须结清，否则我们派人上门堵你家门口。", "violence"),
    ("再拖下去别怪我不客气，小心你老婆孩子出门。", "violence"),
    ("你要是再装死，我让你全家鸡犬不宁", "violence"),
    ("欠债不还你还是不是人，老赖一个", "abuse"),
    ("你这个骗子，借钱的时候说得好听", "abuse"),
    ("臭不要脸的东西，赶紧还钱", "abuse"),
    ("最后通知：今天下午五点前不还款，您将面临坐牢的风险", "arrest"),
    ("已联系您辖区派出所民警，下午上门找您核实", "arrest"),
    ("本案已移交网安，将对您进行网上追逃", "arrest"),
    ("逾期三个月以上，公安机关将对您刑拘", "arrest"),
    ("您的行为已涉嫌信用卡诈骗，请立即处理", "crime"),
    ("我行已整理材料移交公安经侦部门", "crime"),
    ("【最高人民法院】您名下案件已进入执行程序", "impersonation"),
    ("您好，这里是朝阳区人民法院诉前调解中心", "impersonation"),
    ("您已被列入央行黑名单，无法消除", "false_lists"),
    ("我公司将限制您乘坐飞机高铁等高消费行为", "own_listing"),
    ("法院已受理并即将冻结名下财产，传票将寄到户籍地", "false_case"),
    ("明天起您的微信支付宝将被冻结", "false_case"),
    ("您的逾期会影响孩子以后上学和政审", "exaggeration"),
    ("如继续失联，我们只能联系您的父母和单位领导", "disclosure"),
    ("今天不还我就给你通讯录里的人挨个发短信，爆通讯录", "disclosure"),
    ("将在您所在小区公示您的欠款信息", "disclosure"),
    ("我们会发函到您的工作单位", "disclosure"),
    ("您先找朋友周转一下，把最低还款还上", "borrowing"),
    ("可以先在别的平台贷款还上这期", "borrowing"),
    ("除本金利息外还需支付外访费500元", "extra_fees"),
    ("您直接微信转给我，我帮您入账", "private_channels"),
    ("加我个人微信详谈", "private_channels"),
    ("从今天起天天给你打电话，打到你还钱为止", "harassment"),
    ("還款之前我們會聯繫您的家人", "disclosure"),
    ("再不还款就等着坐 牢吧", "arrest"),
    ("再不还款就等着坐*牢吧", "arrest"),
    ("再不还款就等着坐\u200b牢吧", "arrest"),
    ("再不能还款就拘留", "arrest"),
    ("我们不得不通知您的家人", "disclosure"),
    ("ＷＥ　ＷＩＬＬ　ＫＩＬＬ　ＹＯＵ", "violence"),
]
FORBIDDEN_EN = [
    ("Pay by 5 pm or I will send two men to your house.", "violence"),
    ("If you keep hiding, you will be very sorry.", "violence"),
    ("Only scum like you borrows and never pays.", "abuse"),
    ("You're a thief, Mr Smith.", "abuse"),
    ("Failure to pay within 24 hours will result in your arrest.", "arrest"),
    ("The police are on their way to your address.", "arrest"),
    ("Non-payment is a felony and you may go to prison.", "arrest"),
    ("A warrant has been issued against you and there is a warrant out for you.", "arrest"),
    ("This is Officer Grant from the county sheriff's department.", "impersonation"),
    ("I am calling on behalf of the federal government regarding your loan.", "impersonation"),
    ("You have been blacklisted by every bank in the country.", "false_lists"),
    ("Your wages will be garnished starting Monday.", "false_case"),
    ("We will take your car tomorrow morning.", "false_case"),
    ("You will never be able to get a loan again.", "exaggeration"),
    ("We will be contacting your employer and your neighbors.", "disclosure"),
    ("If I don't hear from you I'll call your wife.", "disclosure"),
    ("We'll post your photo on Facebook so everyone will know.", "disclosure"),
    ("Why don't you borrow the money from your brother?", "borrowing"),
    ("Just take out a payday loan to cover this.", "borrowing"),
    ("There is also a collection fee of $45.", "extra_fees"),
    ("Send the money to my personal Venmo account: transfer it to my Venmo.", "private_channels"),
    ("We won't stop calling until you settle.", "harassment"),
    ("We will keep\ncalling you every day.", "harassment"),
    ("If you do not pay, we will tell your boss.", "disclosure"),
]


@pytest.mark.parametrize(("text", "topic"), FORBIDDEN_ZH + FORBIDDEN_EN)
def test_what_may_not_be_said_is_found_under_its_topic_and_refused(text, topic):
    assert topic in topics(text)
    assert outcome_of(findings(text)) == "refuse"


HARMLESS = [
    "【示例银行】王先生您好，您尾号1234的信用卡本期账单12,345.67元已逾期5天，请登录手机银行还款。如已还款请忽略。",
    "您好，我是示例银行贷后客服小李，工号8812，本次通话将会录音，请问是王建国先生本人吗？",
    "如您暂时有困难，可以申请个性化分期还款，最长五年六十期。",
    "如协商不成，我行将依法通过诉讼等方式维护合法权益，请您知悉。",
    "根据《征信业管理条例》，逾期信息将报送金融信用信息基础数据库，可能影响您今后的贷款申请。",
    "我们不会联系您的家人、同事或单位，也不会向任何第三方透露您的信息。",
    "请您放心，欠款属于民事纠纷，不会因此坐牢或被拘留。",
    "谨防诈骗：凡是自称公安局、法院要求您转账的，均为诈骗，请立即报警或拨打96110。",
    "我行工作人员不会要求您向个人账户转账，也不收取任何催收费、解冻费。",
    "请勿以贷养贷，切勿向非法网贷平台借款。",
    "如发现工作人员辱骂、威胁您或骚扰您的家人，请拨打投诉热线955xx转8举报。",
    "您已失业的，可提供失业证明；家人患病的，可提供诊断证明，我们会酌情减免。",
    "还款账户：示例银行股份有限公司，账号6222 0000 1234 5678，请在附言注明还款码。",
    "您的异议已受理，核实期间我们将暂停催收，预计15日内书面答复。",
    "您可携带身份证到法院路支行柜台办理。",
    "抓好疫情后的资金安排，抓住减免窗口期，抓紧联系我们。",
    "请将我行官方号码95500加入白名单，避免被手机拦截到黑名单中。",
    "您的信用卡因挂失已冻结，补卡后可恢复使用。",
    "示例银行提醒您：本期最低还款额800元，请于11月25日前存入。",
    "关于您提到的上门走访，我们会在三日前与您确认时间，由两名持证人员前往。",
    "工作单位变更的，请及时更新您的单位地址。",
    "您好，麻烦转告王先生回个电话，谢谢。",
    "客服热线每天8:30至20:30，周末照常，欢迎随时来电。",
    "您申请的停止联系已生效，今后我们只寄送法律要求的通知。",
    "由于系统升级，刑侦题材短剧活动积分暂停兑换。",
    "您的子女教育支出可计入家庭必要开支。",
    "老来福存款、老年卡客户可到柜台办理还款。",
    "张贴于网点的利率表仅供参考，以合同为准。",
    "Dear Ms Lopez, your payment of $120.00 was due on 3 November. If you have already paid, please ignore this.",
    "This is Robin Smith of Example Bank. Is now a good time to talk?",
    "If paying is difficult, we can arrange smaller instalments. There is no fee for this.",
    "We will never contact your employer, your family or your friends about this account.",
    "You cannot be arrested or sent to prison for an unpaid credit card.",
    "We may refer the account to our solicitors, who may start court proceedings.",
    "The missed payment has been reported to the credit bureaus and may affect your credit score.",
    "Beware of scams: if anyone claiming to be the police asks you to pay, hang up and call us.",
    "We are sorry to hear about your loss and have stopped all contact.",
    "Please ask your employer for a letter that confirms your income.",
    "You can pay into your account at any branch, online, or by phone.",
    "Our office is next to the court house car park on Court Street.",
    "Your complaint about harassment by an agency has been received; we answer within 15 days.",
    "The collection of documents is free of charge.",
    "Your wages were received on Friday and credited to your current account.",
    "Please call us on 0800 555 010; lines are open every day from 8 to 8.",
    "She works at the Jailhouse Lane branch; he plays in the Prisoners of Azkaban quiz team."[:44],
    "The loan was taken out in May 2024 to pay for a car.",
    "We have a warranty certificate for your washing machine on file.",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_a_decent_text_passes(text):
    assert findings(text) == ()


def test_a_place_is_marked_in_the_text_as_it_was_written():
    text = "【示例银行】您好！\n再不还款就等着坐 \u200b牢，我们会联系您的家人。"
    found = findings(text, channel="email")
    marks = {mark.topic: text[mark.start : mark.end] for finding in found for mark in finding.marks}
    assert marks == {"arrest": "坐 \u200b牢", "disclosure": "联系您的家人"}
    assert all(mark.quote == text[mark.start : mark.end] for finding in found for mark in finding.marks)


def test_a_finding_says_the_rule_its_source_and_what_was_found_in_both_languages():
    [law, house] = findings("不还就让你坐牢")
    assert (law.rule.id, law.rule.citation) == (
        "CN-PROH-01",
        "信用卡业务监督管理办法 (CN-M1) art. 68; CN-M2; CN-M3",
    )
    assert law.message("zh") == "不得以暴力、胁迫、恐吓、侮辱方式催收：涉及以拘留、坐牢或刑事追究相威胁"
    assert (
        law.message("en")
        == "No violence, coercion, threats or abuse: found: threat of arrest, prison or prosecution"
    )
    assert house.rule.id == "HOUSE-TEXT-01"


def test_facts_lift_what_they_make_true_and_nothing_else():
    text = "您已被人民法院列为失信被执行人，我们会通知您的家人。"
    assert topics(text) == {"false_lists", "disclosure"}
    assert topics(text, facts=frozenset({"listed_by_court"})) == {"disclosure"}


def test_only_an_agency_can_pose_as_the_banks_staff():
    text = "您好，我是示例银行的客服小王"
    assert topics(text) == set()
    assert topics(text, actor_kind="agency") == {"posing_employee"}
    assert topics("我是示例服务公司的小王，受示例银行委托联系您", actor_kind="agency") == set()


@pytest.mark.parametrize("text", ["请转告王先生，他的贷款逾期了", "Please tell him that he owes 300 dollars"])
def test_another_person_hears_nothing_of_a_debt(text):
    assert topics(text, recipient="third_party") == {"debt_words"}
    assert topics(text) == set()


def test_a_message_to_another_person_without_a_word_of_debt_passes():
    assert findings("您好，请王建国先生方便时回电955xx。", recipient="third_party") == ()


def test_a_text_needs_the_institution_first_how_to_verify_and_how_to_opt_out():
    whole = "【示例银行】您的账单待还。核实请拨955xx。回复T退订。"
    assert findings(whole, channel="sms") == ()
    [finding] = findings("您的账单待还，示例银行。", channel="sms")
    assert finding.missing == ("institution_first", "how_to_verify", "opt_out")
    assert finding.message("zh").endswith("缺少开头的机构名称、核实方式、退订方式")
    assert findings("[{creditor}] open. To verify, call 1. Reply T to opt out.", channel="sms") == ()


def test_a_card_letter_names_all_ten_items_or_what_it_lacks():
    letter = (
        "尊敬的王建国先生：根据您与我行签订的信用卡领用合约，您的欠款余额为12,000元。您有权核实，权利与义务见合约。"
        "可登录手机银行查询账单明细。还款方式：网点或手机银行。如有异议，可提交凭证材料。客服热线：955001。"
        "示例银行（业务章）"
    )
    asked = {"channel": "letter", "products": frozenset({"credit_card"})}
    assert findings(letter, **asked) == ()
    [finding] = findings(letter.replace("（业务章）", ""), **asked)
    assert (finding.rule.id, finding.missing) == ("CN-LET-01", ("business_seal",))
    assert findings(letter.replace("（业务章）", ""), channel="letter", products=frozenset({"loan"})) == ()


def test_a_rule_binds_only_within_its_days_and_its_pack():
    text = "您的信用卡诈骗行为已构成犯罪"
    ids = {finding.rule.id for finding in findings(text, packs=("cn",))}
    assert ids == {"CN-PROH-03"}
    assert findings(text, packs=("cn",), on=date(2026, 1, 29)) == ()
    assert findings("You will be arrested.", packs=("uk",)) == ()
    assert outcome_of(findings("You will be arrested.", packs=("eu",))) == "refuse"


def test_a_rule_known_from_memory_asks_for_review_only():
    text = "This is from a debt collector. You will be arrested. Reply STOP to opt out."
    found = findings(text, packs=("us",), actor_kind="agency", channel="sms")
    assert ({finding.rule.id for finding in found}, outcome_of(found)) == ({"US-PROH-02"}, "review")
    assert outcome_of(findings(text, packs=("us", "house"), actor_kind="agency", channel="chat")) == "refuse"


def test_an_american_collector_discloses_and_says_how_to_opt_out():
    found = findings("Your balance is $50.", packs=("us",), actor_kind="agency", channel="sms", is_first=True)
    assert [finding.missing for finding in found] == [("initial_disclosure",), ("opt_out",)]
    assert findings("Your balance is $50.", packs=("us",), actor_kind="creditor", channel="sms") == ()


@given(st.text(alphabet="坐牢你您的家人联系不会公安报警abc our.，。！ *\u200b\n{}", max_size=60))
def test_every_mark_quotes_its_own_place(text):
    for finding in findings(text):
        for mark in finding.marks:
            assert 0 <= mark.start < mark.end <= len(text)
            assert text[mark.start : mark.end] == mark.quote


@pytest.mark.parametrize("texts", [HARMLESS, [text for text, _ in FORBIDDEN_ZH + FORBIDDEN_EN]])
def test_a_text_is_read_in_less_than_a_millisecond(texts):
    """The median of every text's best of five, so that a busy machine does not decide."""
    best = []
    for text in texts:
        runs = []
        for _ in range(5):
            begun = time.perf_counter()
            findings(text)
            runs.append(time.perf_counter() - begun)
        best.append(min(runs))
    assert statistics.median(best) < 0.001
