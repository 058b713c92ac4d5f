"""`rulebook.md`: what the system does about each article, in both languages, from the rule packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.engine.law.packs import Pack, load_packs

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


def rulebook_text(folder: Path) -> str:
    """Return the page."""
    packs = load_packs(folder)
    return lines_of(
        head(
            "规则手册 · Rulebook",
            "`packs/rules`",
            "一笔债务所属法域的规则包与机构规则同时生效,取最严格的答复(见 `in_force.yaml`)。不构成法律意见。  \n"
            "The packs of a debt's jurisdiction and the house's apply together and the strictest answer wins "
            "(see `in_force.yaml`). Nothing here is legal advice.",
            "如何修改:[how-to/rules.md](../how-to/rules.md)。 How to change a rule: "
            "[how-to/rules.md](../how-to/rules.md).",
            "符号 · Signs: `=` 等于 equals · `≠` 不等于 differs · `∈` 属于其一 one of · `∉` 均不属于 none of · "
            "`∋` 包含 includes · `≥` 至少 at least · `<` 小于 below · `∧` 且 and · `∨` 或 or.",
        ),
        *(_pack(pack) for pack in packs),
    )


def _pack(pack: Pack) -> Iterator[str]:
    about = pack.content["pack"]["description"]
    yield from [f"## {pack.code} {pack.version} · {pack.title_zh} · {pack.title_en}", ""]
    yield from [f"{about['zh']}  ", about["en"], "", f"时区 · zone: `{pack.zone}`", ""]
    yield from ["**按条文 · By article**", ""]
    yield from table(
        ["source", "article", "文件", "instrument", "rank", "in force", "rules"], _articles(pack)
    )
    yield from ["**参数 · Parameters**", ""]
    yield from table(["parameter", "名称", "title", "unit", "from", "to", "value", "citation"], _values(pack))
    for check in pack.content["checks"]:
        yield from _check(check, pack)


def _articles(pack: Pack) -> Iterator[list[str]]:
    by_article: dict[tuple[str, str], list[str]] = {}
    for check in pack.content["checks"]:
        for cited in check["citation"]:
            rules = by_article.setdefault((cited["source"], cited.get("article", "")), [])
            rules.append(code(_key(check)))
    for source in pack.content["sources"]:
        for (key, article), rules in sorted(by_article.items()):
            if key == source["key"]:
                title = source["title"]
                in_force = source.get("in_force", "")
                yield [
                    code(key),
                    article,
                    title["zh"],
                    title["en"],
                    source["rank"],
                    in_force,
                    ", ".join(rules),
                ]


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
    yield from [f"### {_key(check)} · {title['zh']} · {title['en']}", ""]
    yield from table(["", "中文", "English"], rows)
    yield from [f"> {message['zh']}  ", f"> {message['en']}", ""]


def _facts(check: Mapping[str, Any], pack: Pack) -> Iterator[list[str]]:
    yield ["system · 系统", *_pair(YIELDS[check["yields"]], code(check.get("adds", "")))]
    yield ["if broken · 违反条件", *_pair(USES[check["uses"]], _parameters(check["params"]))]
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


def _parameters(params: Mapping[str, Any]) -> str:
    if "when" in params:
        return condition(params["when"]) or "-"
    return "; ".join(f"`{name}` = {_operand(value)}" for name, value in params.items())


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
    tests = [test for test in pack.tests if test["rule"] == _key(check)]
    broken = [test["title"] for test in tests if test["is_broken"]]
    kept = [test["title"] for test in tests if not test["is_broken"]]
    both = "<br>".join([*(f"✗ {title}" for title in broken), *(f"✓ {title}" for title in kept)])
    return [both, f"cases that break it: {len(broken)}; cases that keep it: {len(kept)}"]


def _key(check: Mapping[str, Any]) -> str:
    return f"{check['id']}/{check['part']}" if check.get("part") else check["id"]


def condition(tree: Any) -> str:
    """Return a condition in signs that need no language."""
    if isinstance(tree, list):
        return " ∨ ".join(f"({condition(item)})" for item in tree)
    return " ∧ ".join(_test(column, spec) for column, spec in tree.items())


_SIGNS = {"at_least": "≥", "at_most": "≤", "below": "<", "includes": "∋", "excludes": "∌", "within": "⊆"}


def _test(column: str, spec: Any) -> str:
    if isinstance(spec, dict) and set(spec) != {"parameter"}:
        ((name, operand),) = spec.items()
        if name == "not":
            return f"`{column}` {'∉' if isinstance(operand, list) else '≠'} {_operand(operand)}"
        return f"`{column}` {_SIGNS[name]} {_operand(operand)}"
    return f"`{column}` {'∈' if isinstance(spec, list) else '='} {_operand(spec)}"


def _operand(value: Any) -> str:
    if isinstance(value, dict) and "parameter" in value:
        return f"parameter `{value['parameter']}`"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_operand(part)}" for name, part in value.items())
    if isinstance(value, list):
        return "{" + ", ".join(map(_operand, value)) + "}"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"`{value}`" if value != "" else '`""`'
