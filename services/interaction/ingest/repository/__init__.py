"""SQL of ingest, a set of rows per statement: what a batch costs decides how fast the platform records."""
