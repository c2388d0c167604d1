"""A person's access keys: made for QGIS and its like, shown once, withdrawn when no longer of use."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.core import clock
from backend.core.decorators import role_required
from backend.core.models.users import STAFF_ROLES
from backend.core.queries.access_keys import access_keys_of
from backend.core.services.access_keys import make_access_key, withdraw_access_key
from webmap.attempts import signed_in
from webmap.forms.access_keys import AccessKeyForm


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@role_required(*STAFF_ROLES)
def access_keys(request: HttpRequest) -> HttpResponse:
    """List the keys of who asks; make one, and show its text this one time."""
    user = signed_in(request)
    form = AccessKeyForm(request.POST if request.method == "POST" else None)
    made, text, status = None, "", 200
    if form.is_bound and form.is_valid():
        made, text = make_access_key(user=user, **form.cleaned_data)
        form, status = AccessKeyForm(), 201
    elif form.is_bound:
        status = 422
    context = {
        "form": form,
        "made": made,
        "text": text,
        "keys": access_keys_of(user),
        "now": clock.now(),
        "ogc": request.build_absolute_uri(reverse("ogc-landing")),
    }
    return render(request, "access_keys/index.html", context, status=status)


@require_POST
@role_required(*STAFF_ROLES)
def withdraw(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key."""
    withdraw_access_key(user=signed_in(request), key_id=key_id)
    return redirect("access_keys")
