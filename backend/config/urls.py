"""Every address of the platform; each app brings its own under a common prefix."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView

from backend.core.accounts import demo
from backend.core.api.docs import DocsView

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
urlpatterns = [
    path("", include("backend.core.urls")),
    path("api/v1/", include("backend.core.api.urls")),
    path("api/v1/", include("gis.api.urls")),
    path("api/v1/", include("telemetry.api.urls")),
    path("api/v1/", include("metering.api.urls")),
    path("api/v1/", include("maintenance.api.urls")),
    path("", include("gis.urls")),
    path("", include("webmap.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", DocsView.as_view(), name="docs"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
]
if settings.DEMO:
    urlpatterns.append(path("demo/sign-in/", demo.sign_in, name="demo_sign_in"))

handler400 = "backend.core.error_pages.bad_request"
handler403 = "backend.core.error_pages.forbidden"
handler404 = "backend.core.error_pages.not_found"
handler500 = "backend.core.error_pages.server_error"
