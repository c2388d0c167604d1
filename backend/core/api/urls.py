"""Addresses of this app under `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from backend.core.api import auth

urlpatterns = [
    path("auth/login/", auth.LoginView.as_view(), name="api-login"),
    path("auth/logout/", auth.LogoutView.as_view(), name="api-logout"),
]
