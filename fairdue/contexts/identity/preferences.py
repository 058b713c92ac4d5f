"""What a member of staff chose for their own screen and mailbox; no personal data and no permission is in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db import transaction

from fairdue.contexts.identity.models import Staff

CHOICES: dict[str, frozenset[str]] = {
    "theme": frozenset({"auto", "light", "dark"}),
    "density": frozenset({"compact", "normal", "roomy"}),
    "keys": frozenset({"on", "off"}),
    "mail": frozenset({"on", "off"}),
}
LOCALES = frozenset({"zh-hans", "en"})


class PreferenceUnknown(ValueError):
    """The choice is not one that the screen offers; nothing was changed."""


@transaction.atomic
def set_preferences(*, staff_id: int, choices: Mapping[str, str]) -> None:
    """Keep somebody's own choices: theme, density, keys, locale, and letters about answers that are due (mail).

    :raises PreferenceUnknown: if a name or value is not offered
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    for name, value in choices.items():
        if name == "locale" and value in LOCALES:
            staff.locale = value
        elif value in CHOICES.get(name, frozenset()):
            staff.preferences[name] = value
        else:
            raise PreferenceUnknown(f"{name} = {value} is not offered")
    staff.save(update_fields=["preferences", "locale"])


COLUMNS_LIMIT, LISTS_LIMIT = 40, 60


@transaction.atomic
def set_columns(*, staff_id: int, list_name: str, columns: Sequence[str]) -> None:
    """Keep which columns of a list somebody wants to see, in which order; none brings back the list's own.

    :raises PreferenceUnknown: if there are more columns or lists than a screen has
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    chosen: dict[str, list[str]] = dict(staff.preferences.get("columns", {}))
    if columns:
        chosen[list_name] = list(dict.fromkeys(columns))
    else:
        chosen.pop(list_name, None)
    if len(chosen) > LISTS_LIMIT or any(len(names) > COLUMNS_LIMIT for names in chosen.values()):
        raise PreferenceUnknown("more columns than a list has")
    staff.preferences["columns"] = chosen
    staff.save(update_fields=["preferences"])
