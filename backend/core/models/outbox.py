"""Events that must not be lost, written with the change they tell of."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class OutboxEvent(models.Model):
    """One thing that happened. `seq` is given after commit: it is the only order readers may follow."""

    seq = models.BigIntegerField(null=True, unique=True, editable=False)
    topic = models.CharField(max_length=80)
    payload = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")
        indexes: ClassVar = [
            models.Index(fields=["id"], condition=models.Q(seq__isnull=True), name="core_outbox_unsequenced"),
            models.Index(fields=["topic", "seq"], name="core_outbox_topic_seq"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} #{self.seq or f'({self.pk})'}"


class OutboxDelivery(models.Model):
    """What one consumer owes one event: claimed by conditional update, retried, parked when it keeps
    failing."""

    class State(models.TextChoices):
        PENDING = "pending"
        DELIVERED = "delivered"
        DEAD = "dead"

    event = models.ForeignKey(OutboxEvent, on_delete=models.CASCADE, related_name="deliveries")
    consumer = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True)
    claimed_by = models.IntegerField(null=True)  # pid of the connection at the database
    delivered_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("outbox delivery")
        verbose_name_plural = _("outbox deliveries")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["event", "consumer"], name="core_delivery_once_per_consumer"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["not_before"], condition=models.Q(state="pending"), name="core_delivery_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.consumer} <- {self.event_id}: {self.state}"
