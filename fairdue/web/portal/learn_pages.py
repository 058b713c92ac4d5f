"""Good to know: articles that anybody may read, searched, and suggested by situation."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from fairdue.kernel.clock import business_date
from fairdue.kernel.clock import now as clock_now
from fairdue.web.portal import articles, reading, sessions
from fairdue.web.portal.frame import show


@require_safe
@never_cache
def learn(request: HttpRequest) -> HttpResponse:
    """List the articles; those that fit the visitor's situation first, or what was searched for."""
    now = clock_now()
    person_id = sessions.visitor(request, now)
    wanted = request.GET.get("q", "").strip()[:80]
    situations = reading.situations(person_id, business_date(now))
    suggested = () if wanted else articles.suggested(situations)
    found = articles.search(wanted)
    rest = [each for each in found if each not in suggested]
    return show(request, "portal/learn.html", person_id, wanted=wanted, suggested=suggested, articles=rest)


@require_safe
@never_cache
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one article with its sources."""
    found = articles.article(slug)
    if found is None:
        raise Http404(slug)
    person_id = sessions.visitor(request, clock_now())
    spoken = articles.language()
    return show(
        request, "portal/article.html", person_id, article=found, title=found.title[spoken],
        blocks=articles.blocks(found.body[spoken]), sources=[(each.title[spoken], each.citation) for each in found.sources],
    )  # fmt: skip
