"""The HTTP resources of messages and decisions."""

from services.notification.messages.api import costs, decisions, overview, records

ROUTERS = (records.router, decisions.router, decisions.of_customers, overview.router, costs.router)
