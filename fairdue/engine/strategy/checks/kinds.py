"""The closed list of what the checks can find: severity, words, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fairdue.engine.strategy.checks.findings import Finding, PathStep, Severity


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of finding; messages have named gaps, filled for each finding."""

    code: str
    severity: Severity
    title_zh: str
    title_en: str
    zh: str
    en: str
    why_zh: str
    why_en: str
    cure_zh: str
    cure_en: str


KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "unknown_fact", "error", "未知事实", "Unknown fact",
            "事实 {name} 不在事实目录中。", "The fact {name} is not in the catalogue of facts.",
            "夜间批次不会计算它，策略无法运行。",
            "The night does not compute it, so the strategy could not run.",
            "改用目录中的事实。", "Read a fact of the catalogue instead.",
        ),
        Kind(
            "type_differs", "error", "类型不符", "Another type",
            "事实 {name} 的类型是 {is_type}，策略写成 {said}。",
            "The fact {name} is of type {is_type}; the strategy says {said}.",
            "同一个数按另一种类型比较会得出错误的结果。",
            "Values compared as another type give wrong answers.",
            "改为目录中的类型。", "Write the type of the catalogue.",
        ),
        Kind(
            "value_never", "warning", "不会出现的值", "A value that never occurs",
            "行 {row} 的列 {name} 写有 {value}，该事实不会取此值。",
            "Row {row}, column {name} asks for {value}, which the fact never has.",
            "多半是笔误，此条件永远不成立。", "Probably a slip of the pen: the test can never pass.",
            "对照事实目录的取值范围。", "Compare with the domain in the catalogue of facts.",
        ),
        Kind(
            "unused_fact", "note", "未使用的事实", "A fact that nothing asks",
            "事实 {name} 列为输入，但没有任何行或表达式用到它。",
            "The fact {name} is listed as an input, but no row or expression asks it.",
            "它仍计入事实摘要，会使相同的决策看起来不同。",
            "It still counts in the digest of the facts, so that equal cases look different.",
            "从输入中删去。", "Take it out of the inputs.",
        ),
        Kind(
            "gap", "error", "缺口", "Gap",
            "没有任何行适用于 {box}。", "No row fits {box}.",
            "这样的账户得不到决定。", "Such an account would get no decision.",
            "补一行，或为输出写 otherwise。", "Add a row, or give the outputs an `otherwise`.",
        ),
        Kind(
            "overlap", "error", "重叠", "Overlap",
            "行 {rows} 同时适用于同一账户，而 UNIQUE 只允许一行。",
            "Rows {rows} fit the same account, though UNIQUE allows one.",
            "两行会给出两个答案。", "Two rows would give two answers.",
            "收窄其中一行，或改用 FIRST。", "Narrow one of them, or read the table by FIRST.",
        ),
        Kind(
            "conflict", "error", "输出冲突", "Unlike outputs",
            "行 {rows} 适用于同一账户却给出不同输出，ANY 不允许。",
            "Rows {rows} fit the same account and give unlike outputs, which ANY does not allow.",
            "结果取决于行的先后，而 ANY 声明它不取决于先后。",
            "The answer would hang on the order of rows, which ANY says it does not.",
            "统一输出，或改用 FIRST。", "Make the outputs equal, or read the table by FIRST.",
        ),
        Kind(
            "shadowed", "error", "被遮蔽的行", "Shadowed row",
            "行 {row} 永远不会触发：符合它的账户都先由 {above} 决定。",
            "Row {row} never fires: whoever fits it is decided by {above} before.",
            "写下的意图不会发生。", "What was written down will not happen.",
            "把它上移、收窄上面的行，或删去它。", "Move it up, narrow the rows above, or take it out.",
        ),
        Kind(
            "row_unreachable", "warning", "不可能触发的行", "Row that cannot fire",
            "行 {row} 永远不会触发：没有账户满足 {asked}（连同其余条件）。",
            "Row {row} never fires: no account has {asked} together with its other tests.",
            "上游的表从不给出这样的值，或事实之间不可能如此组合。",
            "The tables before it never give such values, or the facts cannot occur together.",
            "改正条件，或删去此行。", "Correct the test, or take the row out.",
        ),
        Kind(
            "output_unreachable", "warning", "不会出现的输出", "Output that never comes out",
            "输出 {output} 允许 {values}，但没有可触发的行给出。",
            "The output {output} allows {values}, but no row that can fire gives it.",
            "读它的人会以为这种处理存在。", "Whoever reads it would believe that this treatment exists.",
            "补一行，或从 allowed 中删去。", "Add a row, or take the value out of `allowed`.",
        ),
        Kind(
            "stage_unused", "warning", "没有行的阶段", "Stage without rows",
            "没有任何行属于阶段 {stage}。", "No row belongs to the stage {stage}.",
            "图上有这个阶段，却没有人会进入。", "The map shows it, but nobody can be in it.",
            "为行写上 stage，或删去该阶段。", "Give a row this stage, or take the stage out.",
        ),
        Kind(
            "stage_unnamed", "warning", "没有阶段的行", "Row without a stage",
            "行 {row} 没有写明阶段。", "Row {row} names no stage.",
            "阶段图上看不到处于此行的账户。", "The map of stages does not show the accounts of this row.",
            "为它写上 stage。", "Give it a stage.",
        ),
        Kind(
            "stage_unreachable", "error", "到不了的阶段", "Stage that cannot be reached",
            "沿任何事件都到不了阶段 {stage}。", "No course of events leads to the stage {stage}.",
            "它的前提永远不会发生，例如要等一轮从不发送的提醒。",
            "What it waits for never happens, for example a round of reminders that is never sent.",
            "改正它的条件，或让前一步发生。", "Correct its conditions, or let the step before it happen.",
        ),
        Kind(
            "stage_inescapable", "error", "出不去的阶段", "Stage that cannot be left",
            "账户一旦进入阶段 {stage} 就再也出不去，而它不是终点。",
            "An account that is once in the stage {stage} never leaves it, though it is not final.",
            "付清或时间推移都不会带来变化。", "Neither payment nor time changes anything.",
            "为它写明出口，或标为 is_final。", "Give it an exit, or mark it as `is_final`.",
        ),
        Kind(
            "stage_skipped", "error", "被跳过的阶段", "Stage that is skipped",
            "部分还款使逾期起算日后移后，账户在逾期 {days} 天时跳过阶段 {stage}，直接进入 {instead}。",
            "After a part payment moved the oldest due date, an account {days} days past due skips the stage {stage} and is in {instead}.",
            "还了款的人反而受到更严的对待。",
            "Who paid something is treated more harshly than who is as late and paid nothing.",
            "让前几轮的条件在起算日后移后也成立。",
            "Let the conditions of the earlier steps hold after the move too.",
        ),
        Kind(
            "dead_end", "error", "死路", "Dead end",
            "账户仍有逾期，但从行 {row} 起不再有任何动作或复核。",
            "The account is overdue, but from row {row} on nothing is ever done or reviewed again.",
            "债务被遗忘，利息照计，债务人也得不到出路。",
            "The debt is forgotten while interest runs, and the debtor is offered no way out.",
            "在等待之后安排一步动作或人工复核。", "Let an action or a review follow the wait.",
        ),
        Kind(
            "no_exit", "error", "没有出口", "No exit",
            "{event_zh}之后，行 {row} 仍要 {step}（阶段 {stage}）。",
            "After {event_en}, row {row} still plans to {step} (stage {stage}).",
            "投诉、异议、困难、停催、结清、身故须立即停止催收，不能只靠规则在最后拦截。",
            "Complaint, dispute, hardship, hold, payment and death stop collection at once; the rules are the last barrier, not the plan.",
            "在表的最前面为它写一行。", "Give it a row at the top of the table.",
        ),
        Kind(
            "over_cap", "warning", "超出上限", "Above a cap",
            "最坏情况下 {days} 天内会计划 {count} 次{channel_zh}，规则 {rule} 只允许 {max} 次。",
            "At worst {count} {channel_en} are planned within {days} days; the rule {rule} allows {max}.",
            "超出的部分会被拦下：要么浪费产能，要么说明节奏过密。",
            "What exceeds it will be refused: capacity is wasted, or the rhythm is too dense.",
            "拉开间隔。", "Put more days between two contacts.",
        ),
        Kind(
            "waiver_by_waiting", "warning", "拖得越久减免越多", "Discount that grows by waiting",
            "输出 {output} 仅因时间过去就从 {before} 升到 {after}。",
            "The output {output} rises from {before} to {after} merely because time passes.",
            "这会鼓励能还的人再等等。", "It teaches those who can pay to wait.",
            "把减免与困难或履约挂钩，而不是与天数挂钩。",
            "Let the discount follow from hardship or payment, not from days.",
        ),
        Kind(
            "not_decided", "note", "未能判定", "Not decided",
            "未能判定：{what_zh}。", "Not decided: {what_en}.",
            "检查的工作量有上限；超出的部分如实说明，而不是沉默。",
            "The work of a check is bounded; what lies beyond is said, not passed over.",
            "拆分大表，或用事实代替表达式。", "Divide the table, or read a fact in place of an expression.",
        ),
    )
}  # fmt: skip


def finding(
    code: str,
    decision: str,
    row_ids: tuple[str, ...],
    example: Mapping[str, Any] | None = None,
    path: tuple[PathStep, ...] = (),
    severity: Severity | None = None,
    **words: Any,
) -> Finding:
    """Return a finding of a kind, its message filled in."""
    kind = KINDS[code]
    said = {
        "row": row_ids[0] if row_ids else "",
        "rows": ", ".join(row_ids),
        "above": ", ".join(row_ids[1:]) or "-",
    } | words
    return Finding(
        code,
        severity or kind.severity,
        decision,
        row_ids,
        kind.zh.format(**said),
        kind.en.format(**said),
        example,
        path,
    )
