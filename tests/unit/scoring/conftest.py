"""The real purchases that the models are held to."""

from tests.support.cdnow import cdnow_file, cdnow_histories, cdnow_purchases

__all__ = ["cdnow_file", "cdnow_histories", "cdnow_purchases"]
