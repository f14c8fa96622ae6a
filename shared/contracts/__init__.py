"""What the services say to each other: the envelope, the topics and every event type, as the only thing they share."""
