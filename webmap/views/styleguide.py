"""Every component on one page, to look at in each language and theme. Not routed in production."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.core import clock

ASSETS = """
valve valve-closed prv pump tank reservoir junction pipe pressure-logger flow-meter meter connection-point
transformer switch-open switch-closed bus substation line zone crew
"""
GREYS = "ground surface raised hover line line-strong ink-3 ink-2 ink"
COLOURS = "brand brand-soft water electricity sewerage critical high medium done"


class Sample(forms.Form):
    """One field of each kind."""

    text = forms.CharField(
        label=_("Where is it?"),
        help_text=_("A street, a building, something people know."),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        widget=forms.TextInput(attrs={"type": "tel"}),
        help_text="\u206606 12 34 56 78\u2069",
    )
    kind = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=[
            ("water", _("No water")),
            ("leak", _("A leak in the street")),
            ("power", _("No electricity")),
        ],
        widget=forms.RadioSelect,
    )
    zone = forms.ChoiceField(label=_("Zone"), choices=[("a", "DMA-A"), ("b", "DMA-B")])
    note = forms.CharField(label=_("Details"), widget=forms.Textarea, required=False)
    agree = forms.BooleanField(label=_("Send me messages about this report"))


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Show every component."""
    now = clock.now()
    broken = Sample({"text": "", "kind": "leak", "phone": "12"})
    broken.is_valid()
    steps: list[dict[str, Any]] = [
        {"title": _("Received"), "step": "done", "at": now - timedelta(hours=3)},
        {
            "title": _("A team is on it"),
            "note": _("Back about 18:30"),
            "step": "current",
            "at": now,
        },
        {"title": _("Repaired"), "step": "next"},
    ]
    context = {
        "form": Sample(),
        "broken": broken,
        "steps": steps,
        "form_steps": [
            _("What is wrong?"),
            _("Where is it?"),
            _("Details"),
            _("Check"),
        ],
        "assets": ASSETS.split(),
        "greys": GREYS.split(),
        "colours": COLOURS.split(),
        "tones": ["", "info", "success", "warning", "error"],
        "now": now,
    }
    return render(request, "styleguide/index.html", context)
