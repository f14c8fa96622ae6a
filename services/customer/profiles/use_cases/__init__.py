"""What changes customers: each function is one change within the caller's transaction, its events included."""
