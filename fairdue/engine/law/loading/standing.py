"""By what a rule is in force: by law once its text was read, before that only as policy of the house.

A rule known from memory or from reports (press, notes of law firms) may be wrong. Until a named reviewer has seen the
source and said so, it is not in force by law. The house may enforce it all the same, as its own: `adopted.yaml`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Literal

from fairdue.engine.law.loading.pieces import Pack, digest, key_of, keyed
from fairdue.engine.law.loading.spans import references

Basis = Literal["law", "house", "house_ahead", "unconfirmed"]
"""`law`: the text was read or a reviewer confirmed it; `house`: our own choice; `house_ahead`: enforced as our own until
confirmed; `unconfirmed`: nobody enforces it."""
Confirmed = Collection[tuple[str, str, str]]
"""Pack, key of the rule and digest of what it says, of every rule that stands confirmed."""

UNREAD = ("memory", "secondary")
"""Grades of evidence that need a reviewer: nobody here has read the text itself."""
_LAW = (
    "id", "part", "uses", "applies_to", "params", "yields", "adds", "citation", "rank", "effective_from", "effective_to",
    "parameters",
)  # fmt: skip
"""What a rule says; its title, message and note are only our words for it."""


def rule_digest(content: Mapping[str, Any], document: Mapping[str, Any]) -> str:
    """This function will return the digest of what a rule says: a reviewer confirms this and nothing else.

    1. Conditions, consequence, exceptions, citation, validity and every dated value count; titles and messages do not.
    """
    named = set(references(dict(document)))
    values = {item["id"]: item["values"] for item in content["parameters"] if item["id"] in named}
    exceptions = [{"when": item["when"], "citation": item["citation"]} for item in document.get("unless", ())]
    said = {name: document[name] for name in _LAW if name in document}
    return digest({"rule": said, "unless": exceptions, "values": values})


def documents_by_key(content: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return every check and every computing rule of a pack by its key."""
    return dict(keyed(content))


def adopted_keys(packs: Iterable[Pack]) -> frozenset[tuple[str, str]]:
    """Return pack and id of every rule that a house among the packs enforces as its own; `*` stands for all."""
    return frozenset(
        (code, rule)
        for pack in packs
        for item in pack.content.get("adopted", ())
        for code in item["packs"]
        for rule in (["*"] if item["rules"] == "all" else item["rules"])
    )


def basis_of(
    pack: Pack,
    key: str,
    document: Mapping[str, Any],
    *,
    adopted: Collection[tuple[str, str]],
    confirmed: Confirmed,
) -> Basis:
    """This function will say by what a rule is in force."""
    evidence = document["evidence"]
    if evidence == "house":
        return "house"
    if evidence not in UNREAD:
        return "law"
    if confirmed and (pack.code, key, rule_digest(pack.content, document)) in confirmed:
        return "law"
    is_adopted = {(pack.code, "*"), (pack.code, document["id"])} & set(adopted)
    return "house_ahead" if is_adopted else "unconfirmed"


def needs_confirmation(packs: Iterable[Pack]) -> bool:
    """Tell whether a rule's being enforced depends on a confirmation: it is unread and the house did not adopt it."""
    return any(_unconfirmed(packs, ()))


def enforced(packs: tuple[Pack, ...], confirmed: Confirmed) -> tuple[Pack, ...]:
    """This function will leave out the checks that nobody enforces: unread, unconfirmed and not adopted."""
    dropped = set(_unconfirmed(packs, confirmed))
    return tuple(
        replace(pack, checks=tuple(check for check in pack.checks if (pack.code, check.key) not in dropped))
        if any(code == pack.code for code, _ in dropped)
        else pack
        for pack in packs
    )


def _unconfirmed(packs: Iterable[Pack], confirmed: Confirmed) -> list[tuple[str, str]]:
    listed = tuple(packs)
    adopted = adopted_keys(listed)
    return [
        (pack.code, key_of(document))
        for pack in listed
        for document in pack.content["checks"]
        if basis_of(pack, key_of(document), document, adopted=adopted, confirmed=confirmed) == "unconfirmed"
    ]
