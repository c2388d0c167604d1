"""What people read on their phones: in their language, short, and cheap to send."""

from __future__ import annotations

import pytest
from django.utils import translation

from backend.core.domain.sms import sms_size
from backend.core.models import Message
from backend.core.services.messages import notify
from maintenance.services import messages
from tests.factories import core as cast

pytestmark = pytest.mark.django_db
CONTEXT = {"reference": "OR-7F3K-92QX", "expected": "02/06 18:30"}
DOUBLE = set("çêâîôûëïœ’« »")
"""Letters of French that are not in GSM-7 and would halve what fits."""


def said(template: str, language: str) -> Message:
    message = notify("+212612345678", language, template, CONTEXT, f"{template}:{language}")
    assert message is not None
    return message


@pytest.mark.parametrize("template", messages.TEXTS)
def test_a_french_text_fits_one_segment_or_two_of_gsm7(db: None, template: str) -> None:
    cast.operator()
    message = said(template, "fr")
    assert not (set(message.body) - {" "}) & DOUBLE, message.body
    assert message.segments <= 2, message.body
    assert message.body == message.body.strip()


@pytest.mark.parametrize("template", messages.TEXTS)
def test_an_arabic_text_fits_three_segments(db: None, template: str) -> None:
    cast.operator()
    message = said(template, "ar")
    assert message.segments <= 3, message.body
    assert "الشركة الجهوية" in message.body


@pytest.mark.parametrize("template", messages.TEXTS)
def test_each_language_has_its_own_wording(db: None, template: str) -> None:
    cast.operator()
    bodies = {said(template, language).body for language in ("fr", "ar", "en")}
    assert len(bodies) == 3


def test_the_size_of_a_text_is_counted_as_operators_do() -> None:
    assert sms_size("é" * 160).segments == 1
    assert sms_size("ç" * 71).segments == 2


def test_the_language_of_the_moment_does_not_matter(db: None) -> None:
    cast.operator()
    with translation.override("ar"):
        assert said(messages.RECEIVED, "fr").body.startswith("SRM Orientale")
