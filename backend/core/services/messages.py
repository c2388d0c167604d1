"""Tell people things, in their language, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.module_loading import import_string

from backend.core import clock
from backend.core.domain.sms import sms_size
from backend.core.models import Message, OutboxEvent
from backend.core.ports import SmsError, SmsSender
from backend.core.services import outbox

TOPIC = "core.message_queued"
Render = Callable[[Mapping[str, Any]], str]

_templates: dict[str, Render] = {}


def register_sms(name: str, render: Render) -> None:
    """Give a message its wording: a function from the context to a text, called in the person's language."""
    _templates[name] = render


@transaction.atomic
def notify(
    phone: str | None, language: str, template: str, context: Mapping[str, Any], dedupe_key: str
) -> Message | None:
    """Queue one SMS; the worker sends it after this transaction commits.

    Args:
        phone: E.164; nobody to tell when empty.
        language: of the person, whatever the language of the moment.
        template: a name given to `register_sms`.
        dedupe_key: what makes this message one; asked twice, it is queued once.

    Returns:
        The message, or None when there is no number or it was queued before.
    """
    if not phone:
        return None
    language = language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
    with translation.override(language):
        body = str(_templates[template](context))
    message, is_new = Message.objects.get_or_create(
        dedupe_key=dedupe_key,
        defaults={
            "phone": phone,
            "language": language,
            "template": template,
            "body": body,
            "segments": sms_size(body).segments,
        },
    )
    if not is_new:
        return None
    outbox.publish(TOPIC, {"id": message.pk})
    return message


def sms_sender() -> SmsSender:
    """Return the sender that the settings name."""
    sender: SmsSender = import_string(settings.SMS_BACKEND)()
    return sender


def give_up(event: OutboxEvent) -> None:
    """Mark a message whose last attempt has failed."""
    Message.objects.filter(pk=event.payload["id"], state=Message.State.QUEUED).update(
        state=Message.State.FAILED, last_error="the operator did not take it"
    )


@outbox.subscribe(TOPIC, consumer="core.send_sms", when_dead=give_up)
def send_sms(event: OutboxEvent) -> None:
    """Hand one queued message to the operator; a passing failure is tried again later.

    A worker lost between the operator's answer and the commit sends again under the same reference.
    """
    message = Message.objects.select_for_update().get(pk=event.payload["id"])
    if message.state != Message.State.QUEUED:
        return
    try:
        message.provider_id = sms_sender().send(
            phone=message.phone, body=message.body, reference=str(message.public_id)
        )
        message.state, message.sent_at = Message.State.SENT, clock.now()
    except SmsError as error:
        if not error.permanent:
            raise
        message.state, message.last_error = Message.State.FAILED, str(error)
    message.save(update_fields=["provider_id", "state", "sent_at", "last_error"])
