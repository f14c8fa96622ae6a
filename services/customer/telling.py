"""How routes of the capabilities around the customer's record tell others of what they changed in it."""

from services.customer.profiles.api.parameters import AnnouncerDep

__all__ = ["AnnouncerDep"]
