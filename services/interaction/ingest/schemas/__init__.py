"""What the wire carries: interactions as others tell them, as callers read them, and as they are published."""
