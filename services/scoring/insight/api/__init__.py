"""Routes over all customers: the `portfolio` as it stands, and the figures of account `management`."""

from services.scoring.insight.api import management, portfolio

ROUTERS = (portfolio.router, management.router)
