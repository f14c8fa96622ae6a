"""Conditions over named facts as plain JSON: read against a vocabulary, held in memory or as SQL, never executed."""
