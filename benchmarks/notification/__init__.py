"""Notification: care planned for events, greetings planned for birthdays, mails delivered."""

from benchmarks.notification.benchmark import NOTIFICATION as NOTIFICATION

__all__ = ["NOTIFICATION"]
