"""The laptop stack: everything the platform needs, started from Python wheels under one data folder."""
