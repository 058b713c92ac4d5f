"""A decision in sentences of both languages: who decided, which row, because of what, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairdue.contexts.decisions import facade as decisions
from fairdue.engine.strategy.cell_words import value_words
from fairdue.journeys.nearest_decision import Nearest
from fairdue.kernel.clock import HOUSE_ZONE

Words = tuple[str, str]
"""Chinese, English."""

STEPS: Mapping[str, Words] = {
    "message": ("发消息", "a message"),
    "call": ("致电", "a call"),
    "review": ("人工复核", "a review by a person"),
    "none": ("无动作", "nothing"),
    "sms": ("发短信", "a text message"),
    "email": ("发邮件", "an e-mail"),
    "inapp": ("发站内信", "a message in the app"),
    "letter": ("寄信函", "a letter"),
    "visit": ("上门", "a visit"),
    "place": ("建议委外", "a proposal to place the debt with an agency"),
}

DROPPED: Mapping[str, Words] = {
    "capacity": (
        "当晚该方式的作业能力已用于更有价值的案件",
        "the capacity of that way went to cases where it does more that night",
    ),
    "holdout": (
        "此人属于实验的留白组：除依法应做的事项外不采取动作",
        "the person is in an experiment's holdout: nothing is done but what is legally due",
    ),
    "conflict": (
        "事实使两行相互矛盾，策略未给出动作",
        "two rows contradict each other for these facts, so the strategy gave no step",
    ),
    "book_not_current": (
        "债权机构当晚的文件不完整，待完整文件到达前不联系",
        "the creditor's file of that night was partial: no contact until the whole file has come",
    ),
    "no_row": ("没有任何一行符合", "no row fits"),
}

OTHER_CHANNEL: Words = (
    "；首选方式当晚不够用，改用另一方式",
    "; another way than the preferred one, whose capacity was short that night",
)

STOPPED: Mapping[str, Words] = {
    "cap": ("(已达触达频次上限)", " (a cap on contacts is reached)"),
    "hold": ("(停催)", " (a hold stands)"),
}

STATES: Mapping[str, Words] = {
    "gone": (
        "当晚的事实文件已不在，无法重现依据；所列为决定当时的记录。",
        "The night's files are gone, so the grounds cannot be shown again; what stands here is the record of then.",
    ),
    "altered": (
        "现存的事实与决定时的摘要不符，因此不作为依据展示。",
        "The facts that are stored do not have the digest of the decision, so they are not shown as its grounds.",
    ),
}


def sentences(
    card: decisions.DecisionCard,
    document: Mapping[str, Any],
    state: str,
    trace: decisions.StrategyTrace | None,
    found: Sequence[Nearest],
    rules: Mapping[str, Words],
) -> tuple[Words, ...]:
    """Return the decision in sentences, the most important first."""
    made = [_who(card, document), *_because(trace), _outcome(card, rules)]
    if card.rank:
        made.append(
            (f"作业排序 {card.rank:,}(小者优先)。", f"Rank {card.rank:,}; smaller ones are worked first.")
        )
    if state in STATES:
        made.append(STATES[state])
    return (*made, *_otherwise(found))


def _who(card: decisions.DecisionCard, document: Mapping[str, Any]) -> Words:
    title = document.get("title") or {}
    zh = f"{card.cycle_date} 批次由策略“{title.get('zh', card.strategy_code)}”{card.strategy_version} 决定"
    en = f"On {card.cycle_date} the strategy ‘{title.get('en', card.strategy_code)}’ {card.strategy_version} decided"
    if card.experiment:
        zh += f"（实验 {card.experiment}，{card.arm} 组，概率 {card.probability:.1%}）"
        en += f" (experiment {card.experiment}, arm {card.arm}, probability {card.probability:.1%})"
    if not card.row_ids or not card.row_ids[0]:
        return f"{zh}：没有命中任何一行。", f"{en}: no row fired."
    return (
        f"{zh}：命中“{card.title_zh}”（{card.row_ids[0]}）。",
        f"{en}: the row ‘{card.title_en}’ ({card.row_ids[0]}) fired.",
    )


def _because(trace: decisions.StrategyTrace | None) -> Iterator[Words]:
    """The cells that the result's row asked, then what the other tables made of the person."""
    if trace is None or not trace.decisions:
        return
    *others, result = trace.decisions
    for row in result.rows:
        if row.has_fired:
            yield _cells(row, "因为", "Because")
    made = [words for each in others if (words := _table(each))]
    if made:
        zh, en = ";".join(part[0] for part in made), "; ".join(part[1] for part in made)
        yield f"其他各表：{zh}。", f"The other tables: {en}."
    if trace.problem:
        yield f"相互矛盾的行：{trace.problem}。", f"Rows that contradict each other: {trace.problem}."


def _cells(row: decisions.RowTrace, zh: str, en: str) -> Words:
    if not row.cells:
        return (
            f"{zh}上面各行都不符合。",
            f"{en} no row above it fits.",
        )
    parts_zh = "、".join(f"{cell.title_zh}为 {cell.value_zh}（条件：{cell.words_zh}）" for cell in row.cells)
    parts_en = ", ".join(f"{cell.title_en} is {cell.value_en} (asked: {cell.words_en})" for cell in row.cells)
    return f"{zh}{parts_zh}。", f"{en} {parts_en}."


def _table(each: decisions.DecisionTrace) -> Words | None:
    values = [(name, value_words(value, name)) for name, value in each.outputs.items()]
    if not values:
        return None
    fired = ", ".join(row.row_id for row in each.rows if row.has_fired)
    row = f"({fired})" if fired else ""
    zh = "、".join(f"{name} {said[0]}" for name, said in values)
    en = ", ".join(f"{name} {said[1]}" for name, said in values)
    return f"{each.title_zh}:{zh}{row}", f"{each.title_en}: {en}{f' {row}' if row else ''}"


def _outcome(card: decisions.DecisionCard, rules: Mapping[str, Words]) -> Words:
    """What the gate said, what was dropped, and what is done."""
    zh_step, en_step = STEPS.get(card.step, (card.step, card.step))
    named = [rules.get(reason, (reason, reason)) for reason in card.reasons]
    zh_why = "、".join(f"{words[0]}({rule})" for words, rule in zip(named, card.reasons, strict=True))
    en_why = ", ".join(f"{words[1]} ({rule})" for words, rule in zip(named, card.reasons, strict=True))
    if card.dropped in DROPPED:
        zh_dropped, en_dropped = DROPPED[card.dropped]
        return f"未采取动作：{zh_dropped}。", f"Nothing came of it: {en_dropped}."
    if card.outcome == "none":
        return (
            f"动作：{zh_step}；未联系，因此未询问闸口。",
            f"Step: {en_step}; no contact, so the gate was not asked.",
        )
    if card.outcome == "allow":
        at = f"{card.planned_for.astimezone(HOUSE_ZONE):%H:%M}" if card.planned_for else ""
        moved_zh = f",时间因 {zh_why} 而调整" if zh_why else ""
        moved_en = f", at another time because of {en_why}" if en_why else ""
        other_zh, other_en = OTHER_CHANNEL if card.dropped == "cheaper_channel" else ("", "")
        return (
            f"闸口允许：{zh_step}，{at}{moved_zh}{other_zh}。",
            f"The gate allowed it: {en_step} at {at}{moved_en}{other_en}.",
        )
    kind = STOPPED.get(card.dropped, ("", ""))
    return (
        f"闸口未放行{kind[0]}:{zh_why or card.outcome}。",
        f"The gate did not let it pass{kind[1]}: {en_why or card.outcome}.",
    )


def _otherwise(found: Sequence[Nearest]) -> Iterator[Words]:
    for each in found:
        zh_step, en_step = STEPS.get(each.step, (each.step, each.step))
        yield (
            f"若{each.fact_zh}为 {each.value_zh}，则会命中“{each.row_zh}”（{each.row_id}）：{zh_step}。",
            f"If {each.fact_en} were {each.value_en}, ‘{each.row_en}’ ({each.row_id}) would have fired: {en_step}.",
        )
