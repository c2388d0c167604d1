"""What every face shares: the theme, and the style guide where it is of use."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from webmap.views import preferences, styleguide

urlpatterns: list[URLPattern | URLResolver] = [path("theme/", preferences.choose_theme, name="theme")]
if settings.DEMO:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
