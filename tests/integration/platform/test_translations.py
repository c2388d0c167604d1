"""The search for untranslated strings, on an application of three strings."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ops import translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'


@pytest.fixture
def application(tmp_path: Path) -> Path:
    """A repository whose application `gis` has one string in Python and two in a template."""
    templates = tmp_path / "gis" / "templates"
    templates.mkdir(parents=True)
    (tmp_path / "gis" / "views.py").write_text(
        'from django.utils.translation import gettext as _\n_("Valve")\n'
    )
    (templates / "page.html").write_text('{% load i18n %}{% translate "Pump" %} {% translate "Tank level" %}')
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def _catalogue(root: Path, language: str, text: str) -> None:
    folder = root / "gis" / "locale" / language / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(HEADER + text)


def test_missing_and_guessed_strings_are_told_by_language(application: Path) -> None:
    french = 'msgid "Valve"\nmsgstr "Vanne"\n\nmsgid "Pump"\nmsgstr "Pompe"\n\n'
    _catalogue(application, "fr", french + '#, fuzzy\nmsgid "Tank level"\nmsgstr "Niveau"\n')
    _catalogue(
        application, "ar", 'msgid "Valve"\nmsgstr "صمام"\n\nmsgid "Tank level"\nmsgstr "منسوب الخزان"\n'
    )
    assert list(translations.check("gis", application)) == [
        "gis fr guessed: Tank level",
        "gis ar missing: Pump",
    ]


def test_an_application_without_catalogues_lacks_everything(application: Path) -> None:
    assert len(list(translations.check("gis", application))) == 6


def test_complete_catalogues_have_no_fault(application: Path) -> None:
    for language in ("fr", "ar"):
        entries = (f'msgid "{text}"\nmsgstr "{text}!"\n' for text in ("Valve", "Pump", "Tank level"))
        _catalogue(application, language, "\n".join(entries))
    assert list(translations.check("gis", application)) == []


def test_new_strings_are_written_into_the_catalogues_on_demand(application: Path) -> None:
    list(translations.check("gis", application, write=True))
    written = application / "gis" / "locale" / "ar" / "LC_MESSAGES" / "django.po"
    assert 'msgid "Tank level"' in written.read_text()
