"""A QR code as a picture in the page itself: no other address is asked for it."""

from __future__ import annotations

from html import escape

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_svg(text: str, title: str) -> SafeString:
    """Return a text as an inline SVG with a title; it carries no style, which the page's policy would refuse."""
    rows = [[bool(cell) for cell in row] for row in segno.make(text, error="m").matrix]
    size = len(rows) + 4
    path = "".join(
        f"M{x + 2} {y + 2}h1v1h-1z" for y, row in enumerate(rows) for x, cell in enumerate(row) if cell
    )
    return mark_safe(  # noqa: S308 - every part is ours or escaped
        f'<svg class="qr" viewBox="0 0 {size} {size}" role="img" aria-label="{escape(title)}" shape-rendering="crispEdges">'
        f'<title>{escape(title)}</title><path d="{path}" fill="#000"/></svg>'
    )
