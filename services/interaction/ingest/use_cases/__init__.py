"""What records interactions, and what becomes of customers, cases and earlier interactions by it."""

from services.interaction.ingest.use_cases.recording import learn_customers, record_interactions

__all__ = ["learn_customers", "record_interactions"]
