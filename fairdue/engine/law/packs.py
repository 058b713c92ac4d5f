"""Rule packs: what a jurisdiction or a house demands, as loaded from files or from a published version.

`load_pack` reads `pack.yaml`, `sources.yaml`, `parameters/*.yaml`, `checks/*.yaml`, `numbers/*.yaml`, `adopted.yaml`
and `tests/*.yaml` of a folder, each under its JSON Schema, and refuses the pack as a whole when anything is missing.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairdue.engine.law.loading.compiling import Bench, compile_checks
from fairdue.engine.law.loading.faults import Fault, PackInvalid
from fairdue.engine.law.loading.pieces import Check, Pack, Source, canonical, digest, key_of
from fairdue.engine.law.loading.proving import prove
from fairdue.engine.law.loading.reading import Documents, read

__all__ = [
    "Check",
    "Fault",
    "Pack",
    "PackInvalid",
    "Source",
    "canonical",
    "digest",
    "key_of",
    "load_pack",
    "load_packs",
    "pack_of",
]


def load_packs(folder: Path) -> tuple[Pack, ...]:
    """This function will load every pack below a folder, in the order of their codes.

    :raises PackInvalid: if any of them is not fit for use
    """
    return tuple(load_pack(path.parent) for path in sorted(folder.glob("*/pack.yaml")))


def load_pack(folder: Path) -> Pack:
    """This function will load one pack and prove that it is complete.

    1. Every file keeps its JSON Schema and is read; every text stands in zh and en, every source cited is listed.
    2. A check uses a known function with its parameters, and its messages name only facts that it has.
    3. The spans of one check, and the values of one parameter, neither overlap nor leave gaps.
    4. Exceptions of one check that can hold at once have an order.
    5. Every check has a test that it breaks and one that it keeps.

    :raises PackInvalid: with every fault that was found: file, field, problem, what to do
    """
    documents = read(folder)
    if documents.faults:
        raise PackInvalid(folder.name, documents.faults)
    bench = Bench(documents=documents, sources=_sources(documents))
    checks = compile_checks(bench)
    prove(bench, checks)
    if bench.faults:
        raise PackInvalid(folder.name, bench.faults)
    return _built(documents, bench, checks)


def pack_of(content: Mapping[str, Any]) -> Pack:
    """This function will build a pack from the content of a published version, to judge as it judged then.

    1. What was published was fit then; only what cannot be judged any more is refused.

    :raises PackInvalid: if today's vocabulary of checks lacks something that this version uses
    """
    documents = Documents(content=dict(copy.deepcopy(content)))
    bench = Bench(documents=documents, sources=_sources(documents))
    checks = compile_checks(bench)
    if bench.faults:
        raise PackInvalid(documents.content["pack"]["code"], bench.faults)
    return _built(documents, bench, checks)


def _built(documents: Documents, bench: Bench, checks: list[Check]) -> Pack:
    content, head = documents.content, documents.content["pack"]
    return Pack(
        code=head["code"], version=head["version"], title_zh=head["title"]["zh"], title_en=head["title"]["en"],
        zone=head["zone"], sources=bench.sources, checks=tuple(checks), tests=tuple(content["tests"]),
        content=content, sha256=digest(content), coverage=tuple(documents.coverage),
    )  # fmt: skip


def _sources(documents: Documents) -> dict[str, Source]:
    return {
        item["key"]: Source(
            key=item["key"], title_zh=item["title"]["zh"], title_en=item["title"]["en"], rank=item["rank"]
        )
        for item in documents.content["sources"]
    }
