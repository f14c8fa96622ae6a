"""Timed and endless work on messages."""

from services.notification.messages.jobs.delivery import DeliveryLoop
from services.notification.messages.jobs.options import DeliveryOptions

__all__ = ["DeliveryLoop", "DeliveryOptions"]
