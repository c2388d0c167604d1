"""What every face shares: the theme, access keys, and the style guide where it is of use."""

from __future__ import annotations

from django.conf import settings
from django.urls import URLPattern, URLResolver, path

from webmap.views import access_keys, preferences, styleguide

urlpatterns: list[URLPattern | URLResolver] = [
    path("theme/", preferences.choose_theme, name="theme"),
    path("access-keys/", access_keys.access_keys, name="access_keys"),
    path("access-keys/<int:key_id>/withdraw/", access_keys.withdraw, name="access_key_withdraw"),
]
if settings.DEMO:
    urlpatterns.append(path("styleguide/", styleguide.styleguide, name="styleguide"))
