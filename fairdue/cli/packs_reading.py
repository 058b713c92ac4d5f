"""What the commands on rule packs share: reading a side to compare, the ids of cases, articles in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fairdue.cli.session import fail, prepare

if TYPE_CHECKING:
    from fairdue.engine.law.loading.covering import Article, Instrument, RuleLines
    from fairdue.engine.law.packs import Pack

ROOT = Path(__file__).resolve().parents[2]
STATES = {
    "implemented": ("已实现", "implemented"), "partly": ("部分实现", "partly"), "not": ("未实现", "not implemented"),
}  # fmt: skip
BASES = {
    "law": ("依法生效", "in force by law"), "house": ("机构政策", "house policy"),
    "house_ahead": ("机构政策，待确认原文", "house policy until its source is confirmed"),
    "unconfirmed": ("未执行：原文未确认", "not enforced: its source is not confirmed"),
}  # fmt: skip


def root_of(folder: Path | None) -> Path:
    """Return the folder of packs that is meant."""
    return folder or ROOT / "packs" / "rules"


def load(root: Path, codes: Sequence[str] | None = None) -> tuple[Pack, ...]:
    """Return the packs below a folder, or end the command with what is wrong."""
    from fairdue.engine.law.packs import PackInvalid, load_pack

    heads = [
        head.parent for head in sorted(root.glob("*/pack.yaml")) if not codes or head.parent.name in codes
    ]
    if not heads:
        fail(f"no pack {', '.join(codes)} below {root}" if codes else f"no pack.yaml below {root}")
    try:
        return tuple(load_pack(head) for head in heads)
    except PackInvalid as error:
        fail(str(error))


def load_side(name: str) -> dict[str, Pack]:
    """Return the packs that one side of a comparison names, by code."""
    from fairdue.engine.law.packs import PackInvalid, load_pack

    path = Path(name)
    try:
        if (path / "pack.yaml").exists():
            pack = load_pack(path.resolve())
            return {pack.code: pack}
        if path.is_dir():
            return {pack.code: pack for pack in load(path)}
        code, _, version = name.partition("@")
        return (
            {code: _published(code, version)}
            if version
            else {pack.code: pack for pack in load(root_of(None), [code])}
        )
    except PackInvalid as error:
        fail(str(error))


def _published(code: str, version: str) -> Pack:
    prepare()
    from fairdue.contexts.law import facade as law

    try:
        return law.published_pack(code, version)
    except (law.PackUnknown, law.PackAltered) as error:
        fail(f"{error}: see fairdue packs versions")


def cases_by_rule(folder: Path | None) -> dict[str, list[str]]:
    """Return the ids of conformance cases by the rules that they name: our own, and those of a folder."""
    import yaml

    own = ROOT / "tests" / "engine" / "conformance" / "cases"
    found: dict[str, list[str]] = {}
    for place in (own, folder):
        for path in sorted(place.rglob("*.yaml")) if place else ():
            for case in _cases(yaml.safe_load(path.read_text(encoding="utf-8"))):
                for rule in case.get("rules", ()):
                    found.setdefault(rule, []).append(str(case["id"]))
    return found


def _cases(document: Any) -> Iterable[dict[str, Any]]:
    listed = document.get("cases", ()) if isinstance(document, dict) else document or ()
    return (case for case in listed if isinstance(case, dict) and "id" in case and "given" in case)


def print_coverage(code: str, instruments: Sequence[Instrument], language: str) -> None:
    """Print every article with its state, its reason and its tests."""
    place = 0 if language == "zh" else 1
    for instrument in instruments:
        title = instrument.title_zh if language == "zh" else instrument.title_en
        counts = ", ".join(f"{STATES[state][place]} {instrument.count(state)}" for state in STATES)  # type: ignore[arg-type]
        typer.echo(f"{code} {instrument.key} {title}: {counts}")
        for article in instrument.articles:
            rules = ", ".join(rule.key for rule in article.rules) or "-"
            typer.echo(
                f"  {article.article or '*'} · {STATES[article.state][place]} · {rules} · {len(article.tests)} tests"
            )
            reason = article.reason_zh if language == "zh" else article.reason_en
            if reason:
                typer.echo(f"      {reason}")
            if article.tests:
                typer.echo(f"      {', '.join(article.tests)}")


def print_article(pack: Pack, instrument: Instrument, article: Article, language: str) -> None:
    """Print one article: what it is about, what is done, since when, tested how."""
    place = 0 if language == "zh" else 1
    title = instrument.title_zh if language == "zh" else instrument.title_en
    typer.echo(
        f"\n{pack.code}@{pack.version} · {title} {article.article or '*'} · {STATES[article.state][place]}"
    )
    for line in (
        (article.subject_zh, article.reason_zh)
        if language == "zh"
        else (article.subject_en, article.reason_en)
    ):
        if line:
            typer.echo(f"  {line}")
    for rule in article.rules:
        _print_rule(rule, language)


def _print_rule(rule: RuleLines, language: str) -> None:
    document = rule.document
    span = f"{document.get('effective_from', '—')} – {document.get('effective_to', '')}".rstrip()
    typer.echo(
        f"  {rule.key} · {document['title'][language if language == 'zh' else 'en']} · {span} · {document['evidence']}"
    )
    for parameter in rule.parameters:
        values = "; ".join(f"{value.get('from', '…')}: {value['value']}" for value in parameter["values"])
        typer.echo(f"    {parameter['id']} ({parameter['unit']}): {values}")
    for test in rule.tests:
        typer.echo(f"    {'✗' if test.is_broken else '✓'} {test.id} {test.title}")
    if rule.cases:
        typer.echo(f"    {', '.join(rule.cases)}")
