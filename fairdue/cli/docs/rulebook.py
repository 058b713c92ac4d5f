"""`rulebook.md`: what the system does about each article, in both languages, from the rule packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.law.loading.covering import Article, Instrument, RuleLines, lay_out
from fairdue.engine.law.loading.wording import condition, parameters
from fairdue.engine.law.packs import Pack, key_of, load_pack, load_packs

YIELDS = {
    "refuse": ("拒绝", "refuses"),
    "hold": ("因停催而拒绝", "refuses while the hold stands"),
    "defer": ("推迟到允许的时刻", "defers to the next permitted moment"),
    "review": ("转人工复核", "asks for a person's review"),
    "flag": ("放行并提示", "lets it pass with a remark"),
    "require": ("放行并附条件", "lets it pass on a condition"),
}
USES = {
    "hours.closed": (
        "任一可能时区不在开放时段",
        "any plausible zone of the recipient is outside the open hours",
    ),
    "window.closed": (
        "任一可能时区不在本条规定的每周时段",
        "any plausible zone of the recipient is outside the rule's weekly hours",
    ),
    "hours.named": ("处于当事人指明的时段", "the moment lies in hours that the person named"),
    "count.reached": ("计数达到上限", "the counted contacts fill the cap"),
    "hold.open": ("存在不允许该目的的停催", "an open hold does not permit the purpose"),
    "fact.present": ("下列事实成立", "this fact holds"),
}
EVIDENCE = {
    "primary": ("已核对原文", "the text itself was read"),
    "secondary": ("依据公开报道或解读,原文待核", "known from reports; the text is still to be read"),
    "memory": ("待证实", "to be confirmed"),
    "house": ("机构自订", "our own choice"),
}


STATES = {
    "implemented": ("已实现", "implemented"),
    "partly": ("部分实现", "implemented in part"),
    "not": ("未实现", "not implemented"),
}


def rulebook_text(folder: Path) -> str:
    """Return the contents page: every instrument with how much of it is implemented, and where it is read."""
    packs = load_packs(folder)
    return lines_of(
        head(
            "规则手册 · Rulebook",
            "`packs/rules`",
            "一笔债务所属法域的规则包与机构规则同时生效,取最严格的答复(见 `in_force.yaml`)。不构成法律意见。  \n"
            "The packs of a debt's jurisdiction and the house's apply together and the strictest answer wins "
            "(see `in_force.yaml`). Nothing here is legal advice.",
            "原文未核对的规则在审核人确认之前只作为机构政策执行。 A rule whose text nobody has read is enforced only as "
            "policy of the house (`packs/rules/house/adopted.yaml`) until a reviewer confirms it; who confirmed what is "
            "kept in the installation and shown on its rulebook pages.",
            "如何修改:[how-to/rules.md](../how-to/rules.md)。 How to change a rule: "
            "[how-to/rules.md](../how-to/rules.md).",
        ),
        *(_contents(pack) for pack in packs),
    )


def _contents(pack: Pack) -> Iterator[str]:
    name = f"rulebook-{pack.code}.md"
    yield from [f"## [{pack.code} {pack.version}]({name}) · {pack.title_zh} · {pack.title_en}", ""]
    headings = [
        "source",
        "文件",
        "instrument",
        "rank",
        "in force",
        *(" ".join(words) for words in STATES.values()),
    ]
    yield from table(
        headings,
        (
            [code(one.key), one.title_zh, one.title_en, one.rank, one.in_force]
            + [str(one.count(state)) for state in ("implemented", "partly", "not")]
            for one in lay_out(pack.content, pack.coverage)
        ),
    )


def pack_text(folder: Path) -> str:
    """Return the page of one pack, an article at a time."""
    pack = load_pack(folder)
    about = pack.content["pack"]["description"]
    return lines_of(
        head(
            f"{pack.title_zh} · {pack.title_en}",
            f"`packs/rules/{pack.code}`",
            f"{about['zh']}  \n{about['en']}",
            f"`{pack.code}` {pack.version} · 时区 zone `{pack.zone}` · [规则手册 rulebook](rulebook.md)",
            "符号 · Signs: `=` 等于 equals · `≠` 不等于 differs · `∈` 属于其一 one of · `∉` 均不属于 none of · "
            "`∋` 包含 includes · `≥` 至少 at least · `<` 小于 below · `∧` 且 and · `∨` 或 or.",
        ),
        ["**参数 · Parameters**", ""] if pack.content["parameters"] else [],
        table(["parameter", "名称", "title", "unit", "from", "to", "value", "citation"], _values(pack))
        if pack.content["parameters"]
        else [],
        *(_instrument(one, pack) for one in lay_out(pack.content, pack.coverage)),
    )


def _instrument(instrument: Instrument, pack: Pack) -> Iterator[str]:
    yield from [f"## {instrument.key} · {instrument.title_zh} · {instrument.title_en}", ""]
    yield from [f"{instrument.rank} · 自 since {instrument.in_force}", ""]
    for article in instrument.articles:
        yield from _article(article, instrument, pack)


def _article(article: Article, instrument: Instrument, pack: Pack) -> Iterator[str]:
    zh, en = STATES[article.state]
    name = article.article or "未指明条文 · no article named"
    yield from [f"### {instrument.key} {name} · {zh} · {en}", ""]
    if article.subject_en:
        yield from [f"{article.subject_zh}  ", article.subject_en, ""]
    if article.reason_en:
        yield from [f"> {article.reason_zh}  ", f"> {article.reason_en}", ""]
    for rule in article.rules:
        if rule.kind == "check":
            yield from _check(rule.document, pack)
        else:
            yield from _number(rule)


def _number(rule: RuleLines) -> Iterator[str]:
    """A rule that computes: what it says, with its values by date."""
    document = rule.document
    yield from [f"#### {rule.key} · {document['title']['zh']} · {document['title']['en']}", ""]
    yield from table(["", "中文", "English"], _number_facts(document))
    values = [
        [code(item["id"]), item["unit"], value.get("from", ""), value.get("to", ""), _listed(value["value"])]
        for item in rule.parameters
        for value in item["values"]
    ]
    if values:
        yield from table(["parameter", "unit", "from", "to", "value"], values)


def _number_facts(document: Mapping[str, Any]) -> Iterator[list[str]]:
    yield ["system · 系统", "计算数值", "computes a value"]
    yield ["source · 出处", document["citation"], document["citation"]]
    yield ["evidence · 核实", *_pair(EVIDENCE[document["evidence"]], code(document["evidence"]))]
    since = f"{document.get('effective_from', '')} – {document.get('effective_to', '')}".strip()
    yield ["in force · 生效", since, since]
    if document.get("note"):
        yield ["note · 说明", document["note"], document["note"]]


def _listed(value: Any) -> str:
    return ", ".join(code(item) for item in value) if isinstance(value, list) else code(value)


def _values(pack: Pack) -> Iterator[list[str]]:
    for item in pack.content["parameters"]:
        title = item["title"]
        for value in item["values"]:
            yield [
                code(item["id"]), title["zh"], title["en"], item["unit"], value["from"], value.get("to", ""),
                code(value["value"]), value["citation"],
            ]  # fmt: skip


def _check(check: Mapping[str, Any], pack: Pack) -> Iterator[str]:
    rows = list(_facts(check, pack))
    title, message = check["title"], check["message"]
    yield from [f"#### {key_of(check)} · {title['zh']} · {title['en']}", ""]
    yield from table(["", "中文", "English"], rows)
    yield from [f"> {message['zh']}  ", f"> {message['en']}", ""]


def _facts(check: Mapping[str, Any], pack: Pack) -> Iterator[list[str]]:
    yield ["system · 系统", *_pair(YIELDS[check["yields"]], code(check.get("adds", "")))]
    yield ["if broken · 违反条件", *_pair(USES[check["uses"]], parameters(check["params"]))]
    scope = condition(check["applies_to"]) or "-"
    yield ["applies to · 适用", scope, scope]
    for number, exception in enumerate(check.get("unless", ()), 1):
        label, when = exception["label"], condition(exception["when"])
        end = f"{when} ({exception['citation']})"
        yield [f"exception {number} · 例外", f"{label['zh']}: {end}", f"{label['en']}: {end}"]
    yield ["source · 出处", *_cited(check, pack)]
    yield ["evidence · 核实", *_pair(EVIDENCE[check["evidence"]], code(check["evidence"]))]
    since = f"{check['effective_from']} – {check.get('effective_to', '')}".rstrip()
    yield ["in force · 生效", since, since]
    if check.get("note"):
        yield ["note · 说明", check["note"], check["note"]]
    yield ["tested · 测试", *_tested(check, pack)]


def _pair(words: tuple[str, str], end: str) -> list[str]:
    return [f"{word} {end}".strip() for word in words]


def _cited(check: Mapping[str, Any], pack: Pack) -> list[str]:
    titles = {item["key"]: item["title"] for item in pack.content["sources"]}
    return [
        "; ".join(
            f"{titles[item['source']][language]} ({item['source']}) {item.get('article', '')}".strip()
            for item in check["citation"]
        )
        for language in ("zh", "en")
    ]


def _tested(check: Mapping[str, Any], pack: Pack) -> list[str]:
    tests = [test for test in pack.tests if test["rule"] == key_of(check)]
    broken = [test["title"] for test in tests if test["is_broken"]]
    kept = [test["title"] for test in tests if not test["is_broken"]]
    both = "<br>".join([*(f"✗ {title}" for title in broken), *(f"✓ {title}" for title in kept)])
    return [both, f"cases that break it: {len(broken)}; cases that keep it: {len(kept)}"]


__all__ = ["condition", "pack_text", "rulebook_text"]
