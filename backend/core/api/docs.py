"""The API's reference as a page that obeys the content security policy."""

from __future__ import annotations

from drf_spectacular.views import SpectacularSwaggerSplitView


class DocsView(SpectacularSwaggerSplitView):
    """Swagger UI from our own address, its start-up script in a request of its own."""

    template_name = "docs/swagger.html"
