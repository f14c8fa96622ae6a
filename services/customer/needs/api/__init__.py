"""The HTTP resources of what is found out of an account."""

from services.customer.needs.api import needs, swot, wallet

ROUTERS = (needs.router, swot.router, wallet.router)
