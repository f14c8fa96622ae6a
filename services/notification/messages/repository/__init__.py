"""SQL of decisions, messages and attempts. The customers' rows are locked by the caller throughout."""
