"""The cast: one person per role, and an operator."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from backend.core.models import Organisation, RoleAssignment, User
from backend.core.services.people import set_organisation

PASSWORD = "chabaka-tests-2026"
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_numbers = count(600_000_001)


def person(username: str, *roles: str, full_name: str = "", language: str = "fr", **values: object) -> User:
    """Create someone who has held these roles for years."""
    values.setdefault("phone", f"+212{next(_numbers)}")
    user = User(username=username, full_name=full_name or username.title(), language=language, **values)
    user.set_password(PASSWORD)
    user.save()
    for role in roles:
        RoleAssignment.objects.create(user=user, role=role, valid=DateTimeTZRange(LONG_AGO, None))
    return user


def samira() -> User:
    """Samira El Idrissi, technician."""
    return person("samira", "technician", full_name="Samira El Idrissi", language="ar")


def youssef() -> User:
    """Youssef Amrani, another technician."""
    return person("youssef", "technician", full_name="Youssef Amrani")


def hicham() -> User:
    """Hicham Bennani, dispatcher."""
    return person("hicham", "dispatcher", full_name="Hicham Bennani")


def nadia() -> User:
    """Nadia Tazi, a second dispatcher."""
    return person("nadia", "dispatcher", full_name="Nadia Tazi")


def salma() -> User:
    """Salma Alami, supervisor."""
    return person("salma", "supervisor", full_name="Salma Alami")


def karim() -> User:
    """Karim Ouazzani, agency agent."""
    return person("karim", "agent", full_name="Karim Ouazzani")


def leila() -> User:
    """Leila Fassi, analyst."""
    return person("leila", "analyst", full_name="Leila Fassi")


def omar() -> User:
    """Omar Chraibi, administrator."""
    return person("omar", "administrator", full_name="Omar Chraibi", is_staff=True, is_superuser=True)


def fatima() -> User:
    """Fatima Zahra, citizen."""
    return person("fatima", "citizen", full_name="Fatima Zahra", language="ar")


def operator(**values: object) -> Organisation:
    """Create the operator of the tests."""
    return set_organisation(
        **({"name_fr": "SRM Orientale", "name_ar": "الشركة الجهوية", "reference_prefix": "OR"} | values)
    )
