"""SQL of the projections: whole batches, one statement each."""
