"""`outcomes.md` and `permissions.md`: what a contact can end with, and who may do what."""

from __future__ import annotations

from django.conf import settings

from fairdue.cli.docs.markdown import code, head, lines_of, table
from fairdue.contexts.cases.facade import outcome_codes
from fairdue.contexts.identity.facade import PERMISSIONS, PERMISSIONS_BY_ROLE

_FLAGS = {
    "is_contact": "reached somebody",
    "is_right_party": "reached the debtor",
    "is_third_party": "reached somebody else",
    "asks_promise": "asks for amount and date",
    "marks_invalid": "marks the number invalid",
    "closes_work": "work is done",
}


def outcomes_text() -> str:
    """Return the page of outcome codes, in the order of the screen."""
    rows = [
        [
            code(each.code), each.zh, each.en, ", ".join(sorted(each.channels)), code(each.result),
            ", ".join(words for flag, words in _FLAGS.items() if getattr(each, flag)), code(each.opts_out),
            code(each.asks_hold),
        ]
        for each in outcome_codes()
    ]  # fmt: skip
    headings = ["code", "中文", "English", "channels", "counts as", "effect", "opts out", "places hold"]
    return lines_of(
        head(
            "结果码 · Outcome codes",
            "`packs/reference/outcomes.yaml`",
            "How a contact ended. `counts as` is the result under which the gate counts it; a note counts nowhere. "
            "`opts out` closes the contact point, the channel or everything.",
        ),
        table(headings, rows),
    )


def permissions_text() -> str:
    """Return the matrix of permissions by role."""
    roles = [str(role) for role in PERMISSIONS_BY_ROLE]
    rows = [
        [code(name), *("●" if name in PERMISSIONS_BY_ROLE[role] else "" for role in roles)]
        for name in sorted(PERMISSIONS)
    ]
    privileged = ", ".join(code(role) for role in roles if role in settings.PRIVILEGED_ROLES)
    return lines_of(
        head(
            "角色与权限 · Roles and permissions",
            "`fairdue/contexts/identity/policies.py`",
            "权限之外还有数据范围:团队只看得到其债权机构的借款人。  \n"
            "On top of every permission comes data scope: a team sees borrowers of its creditors only.",
            f"Outside a demonstration a second factor is asked of {privileged}.",
        ),
        table(["permission", *roles], rows),
    )
