"""What the wire carries: customers as they are sent, and as they come back."""
