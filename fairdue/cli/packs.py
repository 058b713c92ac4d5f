"""`fairdue packs`: check rule packs, compare versions, say what they cover, read them by article, confirm rules."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from fairdue.cli.packs_reading import cases_by_rule, load, load_side, print_article, print_coverage, root_of
from fairdue.cli.session import console, emit, fail, prepare

if TYPE_CHECKING:
    from fairdue.engine.law.loading.differing import PackDiff
    from fairdue.engine.law.packs import Pack

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]
Folder = Annotated[Path | None, typer.Option(help="Folder of packs; default: the shipped ones.")]
Codes = Annotated[
    list[str] | None, typer.Option("--pack", help="Code of a pack; may be given more than once.")
]
Language = Annotated[str, typer.Option(help="zh or en.")]

group = typer.Typer(
    help="Check, compare and read the rule packs; confirm rules that nobody has read.", no_args_is_help=True
)


def register(root: typer.Typer) -> None:
    """Add the command group to the root command."""
    root.add_typer(group, name="packs")


@group.command()
def facts(codes: Codes = None, folder: Folder = None, as_json: AsJson = False) -> None:
    """List every fact that the packs' rules ask: who gathers it, its value in silence, which rules ask it.

    Status 1 if nobody gathers one of them: such a pack binds nobody, it stops the loading.
    """
    prepare()
    from fairdue.contexts.law.facade import fact_sources

    packs = load(root_of(folder), codes)
    sources = fact_sources(check for pack in packs for check in pack.checks)
    if as_json:
        emit({"facts": [asdict(source) for source in sources]})
    else:
        for source in sources:
            console.print(
                f"{source.name}: {source.gathered_by}; {source.meaning}; silence is {source.default}\n"
                f"    {', '.join(source.rules)}", highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
    raise typer.Exit(1 if any(source.gathered_by == "nobody" for source in sources) else 0)


@group.command()
def check(folder: Folder = None, as_json: AsJson = False) -> None:
    """Load every rule pack and run its tests, and the terms of offers; status 1 if any is not fit for use.

    Each fault names the file, the field and what to do.
    """
    from fairdue.engine.law.packs import PackInvalid, load_pack
    from fairdue.engine.law.trying import run_pack_tests

    root = root_of(folder)
    heads = sorted(root.glob("*/pack.yaml"))
    if not heads:
        fail(f"no pack.yaml below {root}")
    reports = []
    for head in heads:
        try:
            pack = load_pack(head.parent)
        except PackInvalid as error:
            details = [fault.as_json() for fault in error.details]
            reports.append({"pack": head.parent.name, "faults": error.faults, "details": details})
            continue
        faults = [f"{test.rule}: {test.title}: {test.fault}" for test in run_pack_tests(pack) if test.fault]
        reports.append(_described(pack, faults))
    _report_packs([*reports, *_offer_reports()] if folder is None else reports, as_json=as_json)


def _offer_reports() -> list[dict[str, Any]]:
    """Return what is wrong with the terms of offers and their words; they name rules of the packs."""
    from fairdue.engine.law.numbers import shipped_numbers
    from fairdue.engine.negotiation.reading import TermsInvalid, load_documents, terms_faults
    from fairdue.engine.negotiation.words import words_faults

    try:
        documents = load_documents()
    except TermsInvalid as error:
        return [{"pack": "offers", "faults": list(error.faults)}]
    found = [
        {
            "pack": f"offers/{code}", "version": document["versions"][-1]["version"],
            "faults": terms_faults(document, shipped_numbers()),
        }
        for code, document in documents.items()
    ]  # fmt: skip
    return [*found, {"pack": "offers/words", "faults": words_faults()}]


def _described(pack: Pack, faults: list[str]) -> dict[str, Any]:
    return {
        "pack": pack.code, "version": pack.version, "sha256": pack.sha256, "checks": len(pack.checks),
        "numbers": len(pack.numbers.documents), "tests": len(pack.tests), "faults": faults,
    }  # fmt: skip


def _report_packs(reports: list[dict[str, Any]], *, as_json: bool) -> None:
    is_fit = not any(report["faults"] for report in reports)
    if as_json:
        emit({"is_fit": is_fit, "packs": reports})
    for report in [] if as_json else reports:
        counts = (f"{report[name]} {name}" for name in ("checks", "numbers", "tests") if name in report)
        mark = "[red]✗[/red]" if report["faults"] else "[green]✓[/green]"
        console.print(
            f"{mark} {report['pack']} {report.get('version', '')}: {', '.join(counts) or 'read'}",
            highlight=False,
        )
        for fault in report["faults"]:
            console.print(f"    {escape(fault)}", highlight=False, soft_wrap=True)
    raise typer.Exit(0 if is_fit else 1)


@group.command()
def diff(
    before: Annotated[
        str, typer.Argument(metavar="A", help="Folder, code as shipped, or code@published version.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="As A; a folder of packs compares every pack.")],
    language: Language = "en",
    as_json: AsJson = False,
) -> None:
    """Say rule by rule in what two versions differ: parameters, validity, scope, exceptions, texts.

    Exit status 0: they say the same; 1: they differ; 2: one of them cannot be read.
    """
    sides = load_side(before), load_side(after)
    found = [_compared(old, new) for old, new in _pairs(*sides)]
    if as_json:
        emit({"packs": [one.as_json() for one in found]})
    for one in [] if as_json else found:
        _print_diff(one, language)
    raise typer.Exit(1 if any(one.changes for one in found) else 0)


def _pairs(before: dict[str, Pack], after: dict[str, Pack]) -> list[tuple[Pack | None, Pack | None]]:
    """Two single packs are compared whatever their codes, folders code by code."""
    if len(before) == len(after) == 1:
        return [(next(iter(before.values())), next(iter(after.values())))]
    return [(before.get(code), after.get(code)) for code in sorted({*before, *after})]


def _compared(old: Pack | None, new: Pack | None) -> PackDiff:
    from fairdue.engine.law.loading.differing import PackDiff, differences

    empty: dict[str, Any] = {"pack": {}, "sources": [], "parameters": [], "checks": [], "numbers": []}
    return PackDiff(
        code=new.code if new else old.code if old else "",
        before=old.identity if old else "",
        after=new.identity if new else "",
        changes=differences(old.content if old else empty, new.content if new else empty),
    )


def _print_diff(one: PackDiff, language: str) -> None:
    names = f"{one.code} {one.before or '—'} → {one.after or '—'}"
    typer.echo(f"{names}: {len(one.changes)} changes")
    for change in one.changes:
        words = change.words_zh if language == "zh" else change.words_en
        typer.echo(f"  {words}")


@group.command()
def coverage(
    pack: Codes = None, folder: Folder = None, language: Language = "en", as_json: AsJson = False,
    cases: Annotated[Path | None, typer.Option(help="Folder of conformance cases, whose ids count as tests.")] = None,
) -> None:  # fmt: skip
    """Say of every article of every instrument whether it is implemented, partly or not, and by which tests.

    What is not implemented in full says why; tests are named by id.
    """
    from fairdue.engine.law.loading.covering import lay_out

    known = cases_by_rule(cases)
    laid = {
        loaded.code: lay_out(loaded.content, loaded.coverage, known) for loaded in load(root_of(folder), pack)
    }
    if as_json:
        emit({"packs": {code: [_instrument_json(one) for one in found] for code, found in laid.items()}})
    else:
        for code, found in laid.items():
            print_coverage(code, found, language)


def _instrument_json(instrument: Any) -> dict[str, Any]:
    return {
        "source": instrument.key, "title": {"zh": instrument.title_zh, "en": instrument.title_en},
        "rank": instrument.rank, "in_force": instrument.in_force,
        "articles": [
            {
                "article": article.article, "state": article.state,
                "reason": {"zh": article.reason_zh, "en": article.reason_en},
                "rules": [rule.key for rule in article.rules], "tests": list(article.tests),
            }
            for article in instrument.articles
        ],
    }  # fmt: skip


@group.command()
def rulebook(
    pack: Codes = None, folder: Folder = None, language: Language = "en",
    source: Annotated[str, typer.Option(help="Key of an instrument, such as CN-G3.")] = "",
    article: Annotated[str, typer.Option(help="An article of it.")] = "",
) -> None:  # fmt: skip
    """Read the packs an article at a time: what the system does about it, since when, tested how."""
    from fairdue.engine.law.loading.covering import lay_out

    shown = 0
    for loaded in load(root_of(folder), pack):
        for instrument in lay_out(loaded.content, loaded.coverage, cases_by_rule(None)):
            for one in instrument.articles if source in ("", instrument.key) else ():
                if article in ("", one.article):
                    shown += 1
                    print_article(loaded, instrument, one, language)
    if not shown:
        fail(f"no article {article} of {source or 'any source'}: see fairdue packs coverage")


@group.command()
def versions(
    pack: Annotated[str, typer.Option(help="Code of a pack; default: all.")] = "", as_json: AsJson = False
) -> None:
    """List the published versions with their digests, newest first."""
    prepare()
    from fairdue.contexts.law import facade as law

    found = law.published_packs(pack)
    if as_json:
        emit({"versions": [asdict(one) for one in found]})
    for one in [] if as_json else found:
        typer.echo(f"{one.code} {one.identity} {one.published_at:%Y-%m-%d %H:%M} UTC")


@group.command()
def confirm(
    rule: Annotated[str, typer.Argument(help="Id of the rule, with /part if it has one.")],
    source: Annotated[str, typer.Option(help="What was read: the text, its edition, where, which article.")],
    by: Annotated[str, typer.Option(help="Name with which the reviewer (compliance or legal) logs in.")],
    pack: Annotated[str, typer.Option(help="Code of the pack; told from the rule if left out.")] = "",
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take a confirmation back; --source says why.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Record that a reviewer has seen the source of a rule graded `memory` or `secondary`.

    From then on the rule is in force by law and not only as policy of the house. Status 2: it was refused.
    """
    prepare()
    from fairdue.contexts.identity import facade as identity
    from fairdue.contexts.law import facade as law
    from fairdue.kernel import clock
    from fairdue.kernel.actor import PermissionRefused

    actor = identity.actor_by_username(by)
    if actor is None:
        fail(f"nobody who may log in is named {by!r}: see fairdue staff list")
    asked: dict[str, Any] = {"pack": pack or _pack_of(rule), "rule": rule, "actor": actor, "now": clock.now()}
    try:
        if withdraw:
            card = law.withdraw_confirmation(**asked, reason=source)
        else:
            card = law.confirm_rule(**asked, source_seen=source)
    except (law.ConfirmationRefused, law.PackUnknown, PermissionRefused) as refusal:
        fail(escape(str(refusal)))
    if as_json:
        emit(asdict(card))
    else:
        console.print(
            f"[green]✓[/green] {card.pack} {card.rule}: {card.decision} by {card.decided_by}", highlight=False
        )


def _pack_of(rule: str) -> str:
    from fairdue.contexts.law import facade as law
    from fairdue.engine.law.loading.standing import documents_by_key

    holders = [loaded.code for loaded in law.shipped_packs() if rule in documents_by_key(loaded.content)]
    if len(holders) != 1:
        fail(f"{len(holders)} packs have a rule {rule}: name one with --pack")
    return holders[0]
