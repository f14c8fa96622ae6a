"""State changes of decisions and messages, one file per step of a message's life."""
