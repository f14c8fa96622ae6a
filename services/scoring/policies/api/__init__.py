"""Routes of policies: reading them, writing drafts, and putting one in force."""

from services.scoring.policies.api import activation, drafts, reading

ROUTERS = (reading.router, drafts.router, activation.router)
