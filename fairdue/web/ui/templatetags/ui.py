"""The components as tags: what a page may put on a screen, each with a word beside its colour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from fairdue.kernel.money import Money
from fairdue.web.ui import charts

register = template.Library()

TONE_ICONS = {"ok": "check", "wait": "clock", "stop": "stop", "info": "info", "": ""}
"""Four meanings of colour, each with its own icon; a colour never stands alone."""

NO_BREAK_SPACE = "\u00a0"


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString | str:
    """Draw an icon of the sprite; without a label it is decoration and hidden from screen readers."""
    return _icon(name, str(label), css) if name else ""


@lru_cache(maxsize=1024)
def _icon(name: str, label: str, css: str) -> SafeString:
    """Return the same few icons that a page draws a hundred times; the names are the sprite's, the labels words."""
    names = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon {}" {} focusable="false"><use href="{}#{}"></use></svg>',
        css, names, static("ui/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def money(amount: Money | None, code: bool = True) -> SafeString:
    """Show an exact amount with its currency: CNY 8,200.00; a missing amount is a dash."""
    if amount is None:
        return SafeString('<span class="money muted">–</span>')
    figure = f"{amount.amount:,}".replace("-", "−")
    prefix = format_html('<span class="money-code">{}</span>', amount.currency) if code else ""
    return format_html('<span class="money">{}{}</span>', prefix, figure)


@register.filter
def short_money(amount: Money) -> str:
    """Write an amount so that its size is seen at once: 4,936.68 万 or 49.37 million; small ones exactly."""
    for size, word in _magnitudes():
        if abs(amount.amount) >= size:
            return f"{amount.amount / size:,.2f}".replace("-", "−") + f"{NO_BREAK_SPACE}{word}"
    return f"{amount.amount:,}".replace("-", "−")


def _magnitudes() -> tuple[tuple[int, str], ...]:
    if (get_language() or "").startswith("zh"):
        return ((10**8, "亿"), (10**4, "万"))
    return ((10**9, "billion"), (10**6, "million"))


@register.filter
def day(value: date | datetime | None) -> str:
    """Write a date as 2026-11-21."""
    if value is None:
        return "–"
    return (timezone.localtime(value) if isinstance(value, datetime) else value).strftime("%Y-%m-%d")


@register.filter
def minute(value: datetime | None) -> str:
    """Write an instant in the house zone as 2026-11-21 14:05."""
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M") if value else "–"


@register.filter
def clock(value: datetime | None, zone: str = "") -> str:
    """Write the time of day of an instant, in a zone or the house's."""
    if value is None:
        return "–"
    local = value.astimezone(ZoneInfo(zone)) if zone else timezone.localtime(value)
    return local.strftime("%H:%M")


@register.filter
def minute_in(value: datetime | None, zone: str) -> str:
    """Write an instant in somebody's zone as 2026-11-21 14:05."""
    return value.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M") if value else "–"


@register.filter
def in_language(thing: Any, name: str = "name") -> str:
    """Pick `<name>_zh` or `<name>_en` of an object or mapping (bare `zh`/`en` for the name `label`)."""
    suffix = "zh" if (get_language() or "").startswith("zh") else "en"
    for key in (f"{name}_{suffix}", suffix):
        value = thing.get(key) if isinstance(thing, Mapping) else getattr(thing, key, None)
        if value:
            return str(value)
    return ""


@register.filter
def lookup(mapping: Mapping[Any, Any], key: Any) -> Any:
    """Read one key of a mapping in a template."""
    return mapping.get(key, "")


@register.simple_tag
def badge(text: str, tone: str = "", icon_name: str = "") -> SafeString:
    """Say a state in a word, an icon and a colour."""
    mark = icon(icon_name or TONE_ICONS.get(tone, ""))
    return format_html('<span class="badge {}">{}{}</span>', f"tone-{tone}" if tone else "", mark, text)


BUCKET_TONES = {"M0": "ok", "M1": "info", "M2": "wait", "M3": "wait"}


@register.simple_tag
def bucket(name: str, days_past_due: int | None = None) -> SafeString:
    """Show the ageing bucket, and days past due where known: M2 · 47 d."""
    tone = BUCKET_TONES.get(name, "stop")
    if days_past_due is None:
        return badge(name, tone, "clock")
    return badge(_("%(bucket)s · %(days)s d") % {"bucket": name, "days": days_past_due}, tone, "clock")


@register.simple_tag
def dots(used: int, cap: int) -> SafeString | str:
    """Show how much of a cap is used, as dots up to eight and always in figures."""
    if not cap:
        return ""
    marks = SafeString(
        "".join(f'<span class="dot{" used" if at < used else ""}"></span>' for at in range(min(cap, 8)))
    )
    words = _("%(used)s of %(cap)s used") % {"used": used, "cap": cap}
    return format_html(
        '<span class="dots"><span class="chips" aria-hidden="true">{}</span>{}</span>', marks, words
    )


@register.simple_tag
def spark(values: Iterable[float], title: str) -> SafeString:
    """Draw a sparkline with its meaning in words."""
    return charts.sparkline(list(values), title=title)


@register.simple_tag
def chart(picture: Any) -> SafeString:
    """Draw a chart of `web.ui.charts` with its data as a table."""
    drawn: SafeString = picture.render()
    return drawn


@register.inclusion_tag("ui/components/notice.html")
def notice(text: str, tone: str = "info", title: str = "") -> dict[str, Any]:
    """Say what happened, what was not done, and the next step."""
    return {
        "text": text,
        "tone": tone,
        "title": title,
        "icon": "warning" if tone == "stop" else TONE_ICONS.get(tone),
    }


@register.inclusion_tag("ui/components/empty.html")
def empty(
    title: str, text: str = "", icon_name: str = "queue", href: str = "", action: str = ""
) -> dict[str, Any]:
    """Say that there is nothing, and what to do next."""
    return {"title": title, "text": text, "icon": icon_name, "href": href, "action": action}


@register.inclusion_tag("ui/components/stat.html")
def stat(label: str, value: Any, href: str = "", icon_name: str = "", note: str = "") -> dict[str, Any]:
    """Show one number that opens the list behind it."""
    shown = f"{value:,}" if isinstance(value, int) else value
    return {"label": label, "value": shown, "href": href, "icon": icon_name, "note": note}


@register.inclusion_tag("ui/components/stat_money.html")
def stat_money(label: str, amount: Money) -> dict[str, Any]:
    """Show one amount by its size, with the exact one below it."""
    return {"label": label, "amount": amount}


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, hint: str = "") -> dict[str, Any]:
    """Show a form field with its label, hint and errors in place, joined for screen readers.

    Several boxes or circles are a group: its legend, hint and errors belong to the whole.
    """
    is_group = isinstance(bound.field.widget, RadioSelect | CheckboxSelectMultiple)
    described = [f"{bound.auto_id}-hint"] if (hint or bound.help_text) else []
    attrs: dict[str, Any] = {}
    if bound.errors:
        described.append(f"{bound.auto_id}-error")
    if bound.errors and not is_group:
        attrs["aria-invalid"] = "true"
    if described and not is_group:
        attrs["aria-describedby"] = " ".join(described)
    return {
        "bound": bound,
        "widget": bound.as_widget(attrs=attrs),
        "hint": hint or bound.help_text,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
        "is_group": is_group,
    }


@register.simple_tag
def draft_form(key: str) -> SafeString:
    """Write the attribute of a form whose text is kept on the server while it is written."""
    return format_html('data-draft="{}"', reverse("workbench:draft", args=[key]))


@register.inclusion_tag("ui/components/draft.html")
def draft_state(draft: Any) -> dict[str, Any]:
    """Say inside such a form that a draft was brought back, or that one has just been kept."""
    return {"draft": draft}


@register.inclusion_tag("ui/components/presence.html")
def presence(kind: str, number: int, doing: str = "viewing") -> dict[str, Any]:
    """Show who else has this record open; it asks as soon as the page stands, and every twenty seconds."""
    return {"kind": kind, "number": number, "doing": doing, "is_first": True}


@register.inclusion_tag("ui/components/facts.html")
def facts(rows: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """List facts as term and value."""
    return {"rows": rows}


@register.inclusion_tag("ui/components/table.html", takes_context=True)
def table(context: template.Context, table: Any) -> dict[str, Any]:
    """Render a `web.ui.tables.Table`: a list with views, filters and tools, a plain table, or a mere part."""
    from fairdue.web.ui.lists import prepare

    request = context.get("request")
    tools = prepare(table, request) if request is not None else None
    return {"table": table, "tools": tools, "request": request, "csrf_token": context.get("csrf_token")}


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: Any) -> str:
    """Return the page's query string with some keys changed; None or empty removes a key."""
    params = context["request"].GET.copy()
    for key, value in changes.items():
        params.pop(key, None)
        if value not in (None, ""):
            params[key] = str(value)
    return "?" + params.urlencode()
