"""The local provider's pages: where a payer pays, and its books. Plain HTML, both languages, no script."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from fairdue.kernel.money import Money

if TYPE_CHECKING:
    from fairdue.contexts.payments.local.house import House
    from fairdue.contexts.payments.local.store import Payment

STYLE = """
:root { color-scheme: light dark; --ink: #1c2430; --paper: #ffffff; --line: #8a94a3; --soft: #f1f4f8;
  --act: #14532d; --on: #ffffff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf2; --paper: #14181f; --line: #7d8899; --soft: #1e252f; --act: #86d9a6; --on: #10261a; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 18px/1.6 system-ui, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif; }
main, header { max-width: 40rem; margin: 0 auto; padding: 1rem; }
header { display: flex; justify-content: space-between; align-items: center; gap: 1rem; border-bottom: 1px solid var(--line); }
header a { display: inline-block; white-space: nowrap; min-height: 44px; padding: .5rem; }
h1 { font-size: 1.5rem; }
h2 { font-size: 1.15rem; margin-top: 2rem; }
a { color: inherit; }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
.note { background: var(--soft); padding: .75rem 1rem; border-radius: .5rem; }
.sum { font-size: 1.8rem; font-weight: 600; font-variant-numeric: tabular-nums; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .25rem 1rem; align-items: baseline; }
dt { font-weight: 600; }
dd { margin: 0; overflow-wrap: anywhere; }
form { margin: 0 0 .75rem; }
button, a.go { display: block; width: 100%; min-height: 48px; padding: .6rem 1rem; font: inherit; text-align: left;
  border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); color: inherit; text-decoration: none;
  cursor: pointer; }
button.main, a.main { background: var(--act); color: var(--on); font-weight: 600; }
.wide { overflow-x: auto; }
td, th { padding: .3rem .6rem .3rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td button { width: auto; min-height: 44px; padding: .3rem .6rem; }
"""
WORDS = {
    "house": ("本地支付（演示）", "Local payments (demonstration)"),
    "title": ("付款", "Payment"),
    "demo": (
        "这是演示用的支付页面：不会扣划真实的钱。请选择要演示的结果。",
        "This is a demonstration page: no real money moves. Choose what should happen.",
    ),
    "amount": ("付款金额", "Amount"),
    "for": ("用途", "For"),
    "ref": ("付款编号", "Reference"),
    "method": ("方式", "Way"),
    "card": ("银行卡", "Card"),
    "wallet": ("电子钱包", "Wallet"),
    "qr": ("扫码支付", "QR code"),
    "pay": ("付款", "Pay"),
    "try": ("演示其他情形", "Try something else"),
    "pay_later": ("付款，但银行稍后才答复（约 20 秒）", "Pay, but the bank answers later (about 20 seconds)"),
    "pay_twice_told": ("付款，通知重复发送", "Pay, and the notice is sent more than once"),
    "pay_untold": (
        "付款，通知丢失（须由对方查询）",
        "Pay, and the notice is lost (the other side has to ask)",
    ),
    "pay_less": ("付款，但实收金额被改小", "Pay, but another, smaller amount is taken"),
    "pay_other_currency": ("付款，但以另一币种收取", "Pay, but in another currency"),
    "fail": ("银行拒绝付款", "The bank refuses"),
    "cancel": ("取消并返回", "Cancel and go back"),
    "back": ("返回", "Go back"),
    "open": ("等待付款", "Waiting for you"),
    "pending": ("银行处理中：尚无结果。", "The bank has it: there is no answer yet."),
    "paid": ("已付款。", "Paid."),
    "failed": ("银行拒绝了付款：没有扣款。", "The bank refused: nothing was taken."),
    "cancelled": ("已取消：没有扣款。", "Cancelled: nothing was taken."),
    "expired": ("已过期：没有扣款。", "The time is over: nothing was taken."),
    "refunded": ("已退款。", "Given back."),
    "unknown": ("没有这个付款页面。", "There is no such payment page."),
    "books": ("账册", "Books"),
    "none": ("还没有付款。", "There are no payments yet."),
    "take_back": ("退回款项", "Give the money back"),
    "tell_again": ("再次通知", "Tell again"),
    "state": ("状态", "State"),
    "do": ("操作", "Do"),
    "lang": ("English", "中文"),
}
WAYS = ("pay_later", "pay_twice_told", "pay_untold", "pay_less", "pay_other_currency", "fail", "cancel")


def say(word: str, language: str) -> str:
    """Return a word in a language, ready for HTML."""
    zh, en = WORDS[word]
    return escape(en if language == "en" else zh)


def checkout_page(house: House, payment: Payment, language: str) -> str:
    """Return the page on which a payer pays, or reads what became of it."""
    document = payment.document
    method = str(document.get("method", "card"))
    facts = (
        ("amount", f'<span class="sum">{_amount(payment.asked_minor, str(document["currency"]))}</span>'),
        ("for", escape(str(document.get("description", "")))),
        ("method", say(method if method in WORDS else "card", language)),
        ("ref", escape(payment.provider_ref)),
    )
    rows = "".join(f"<dt>{say(word, language)}</dt><dd>{value}</dd>" for word, value in facts)
    back = escape(str(document.get("return_url", "")), quote=True)
    is_open = payment.status == "open" and not house.is_over(payment)
    state = payment.status if payment.status != "open" or is_open else "expired"
    body = f"<h1>{say('title', language)}</h1><p class=note>{say('demo', language)}</p><dl>{rows}</dl>"
    body += f"<p role=status><strong>{say(state, language)}</strong></p>" if state != "open" else ""
    if is_open:
        body += _button("pay", language, "main") + f"<h2>{say('try', language)}</h2>"
        body += "".join(_button(way, language) for way in WAYS)
    body += f'<p><a class="go{"" if is_open else " main"}" href="{back}">{say("back", language)}</a></p>'
    return _frame(body, language)


def books_page(house: House, language: str) -> str:
    """Return the provider's books, from which money is given back and notices are sent once more."""
    rows = "".join(
        f"<tr><th scope=row>{escape(each.provider_ref)}</th><td>{_amount(each.amount_minor, each.currency)}</td>"
        f"<td>{say(each.status, language)}</td><td>{_deed('tell_again', each, language)}"
        f"{_deed('take_back', each, language) if each.status == 'paid' else ''}</td></tr>"
        for each in house.store.payments()
    )
    head = "".join(f"<th scope=col>{say(word, language)}</th>" for word in ("ref", "amount", "state", "do"))
    table = (
        f"<div class=wide tabindex=0 role=region aria-label='{say('books', language)}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )
    return _frame(
        f"<h1>{say('books', language)}</h1>" + (table if rows else f"<p>{say('none', language)}</p>"),
        language,
    )


def message_page(word: str, language: str) -> str:
    """Return a page that says one thing."""
    return _frame(f"<h1>{say('title', language)}</h1><p>{say(word, language)}</p>", language)


def _button(way: str, language: str, mark: str = "") -> str:
    kind = f' class="{mark}"' if mark else ""
    hidden = f'<input type=hidden name=lang value="{language}">'
    return (
        f"<form method=post>{hidden}<button name=way value={way}{kind}>{say(way, language)}</button></form>"
    )


def _deed(what: str, payment: Payment, language: str) -> str:
    hidden = f'<input type=hidden name=lang value="{language}"><input type=hidden name=ref value="{escape(payment.ref)}">'
    name = f"{say(what, language)} {escape(payment.provider_ref)}"
    button = f'<button name=what value={what} aria-label="{name}">{say(what, language)}</button>'
    return f"<form method=post action=/books>{hidden}{button}</form>"


def _amount(minor: int, currency: str) -> str:
    money = Money(minor, currency)
    return escape(f"{currency} {money.amount:,}")


def _frame(body: str, language: str) -> str:
    other = "zh" if language == "en" else "en"
    return (
        f'<!doctype html><html lang="{"en" if language == "en" else "zh-Hans"}"><head><meta charset=utf-8>'
        f'<meta name=viewport content="width=device-width, initial-scale=1"><title>{say("house", language)}</title>'
        f'<link rel=stylesheet href="/style.css"></head><body><header><span>{say("house", language)}</span>'
        f'<a href="?lang={other}" lang="{"en" if other == "en" else "zh-Hans"}">{say("lang", language)}</a></header>'
        f"<main>{body}</main></body></html>"
    )
