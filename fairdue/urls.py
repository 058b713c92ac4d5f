"""The address plan: staff, borrowers, machines."""

from __future__ import annotations

from django.urls import include, path
from django.views.generic import RedirectView
from django.views.i18n import set_language

urlpatterns = [
    path("", RedirectView.as_view(url="/desk/")),
    path("accounts/", include("fairdue.web.workbench.account_urls")),
    path("i18n/setlang/", set_language, name="set_language"),
    path("desk/", include("fairdue.web.workbench.urls")),
    path("my/", include("fairdue.web.portal.urls")),
    path("api/", include("fairdue.api.urls")),
]

handler400 = "fairdue.web.errors.bad_request"
handler404 = "fairdue.web.errors.not_found"
handler500 = "fairdue.web.errors.failed"
