"""People are told once, in their language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import translation
from django.utils.translation import gettext

from backend.core import clock
from backend.core.models import Message, OutboxDelivery
from backend.core.ports import SmsError
from backend.core.services import notify, outbox, register_sms
from tests.adapters.sms import InMemorySms

pytestmark = pytest.mark.django_db
PHONE = "+212600000001"


@pytest.fixture(autouse=True)
def box(settings: object) -> Iterator[type[InMemorySms]]:
    settings.SMS_BACKEND = "tests.adapters.sms.InMemorySms"  # type: ignore[attr-defined]
    InMemorySms.reset()
    register_sms("tests.hello", lambda context: f"{gettext('Monday')} {context['reference']}")
    yield InMemorySms
    InMemorySms.reset()


def tell(key: str = "hello:1", language: str = "ar", phone: str | None = PHONE) -> Message | None:
    return notify(phone, language, "tests.hello", {"reference": "OR-1"}, key)


def test_a_message_is_worded_in_the_persons_language_not_the_moments(box: type[InMemorySms]) -> None:
    with translation.override("fr"):
        tell()
    outbox.deliver_due()
    assert box.sent[0]["body"] == "الاثنين OR-1"
    message = Message.objects.get()
    assert (message.state, message.language, message.segments) == ("sent", "ar", 1)
    assert message.sent_at is not None
    assert message.provider_id == "memory-1"


def test_the_same_message_is_sent_once(box: type[InMemorySms]) -> None:
    assert tell() is not None
    assert tell() is None
    outbox.deliver_due()
    assert len(box.sent) == 1


def test_nobody_is_told_without_a_number() -> None:
    assert tell(phone=None) is None
    assert not Message.objects.exists()


def test_an_unknown_language_falls_back_to_the_platforms() -> None:
    message = tell(language="xx")
    assert message is not None
    assert message.language == "fr"


def test_a_passing_refusal_is_tried_again_under_the_same_reference(box: type[InMemorySms]) -> None:
    box.reset(SmsError("busy", permanent=False))
    message = tell()
    assert message is not None
    outbox.deliver_due()
    message.refresh_from_db()
    assert message.state == "queued"
    box.reset()
    OutboxDelivery.objects.update(not_before=clock.now() - timedelta(seconds=1))
    outbox.deliver_due()
    message.refresh_from_db()
    assert message.state == "sent"
    assert box.sent[0]["reference"] == str(message.public_id)


def test_a_permanent_refusal_is_not_tried_again(box: type[InMemorySms]) -> None:
    box.reset(SmsError("no such number", permanent=True))
    tell()
    outbox.deliver_due()
    message = Message.objects.get()
    assert (message.state, message.last_error) == ("failed", "no such number")
    assert OutboxDelivery.objects.get().state == "delivered"


def test_a_message_nobody_takes_is_marked_failed_in_the_end(box: type[InMemorySms]) -> None:
    box.reset(SmsError("busy", permanent=False))
    tell()
    for _ in range(8):
        OutboxDelivery.objects.update(not_before=clock.now() - timedelta(seconds=1))
        outbox.deliver_due()
    assert Message.objects.get().state == "failed"


def test_the_demo_sender_notes_neither_number_nor_text(
    settings: object, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SMS_BACKEND = "backend.core.adapters.sms_log.LogSms"  # type: ignore[attr-defined]
    tell(language="fr")
    outbox.deliver_due()
    assert Message.objects.get().state == "sent"
    assert PHONE not in caplog.text
    assert "lundi" not in caplog.text
