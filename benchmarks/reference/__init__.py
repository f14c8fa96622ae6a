"""What a user might write or take instead of the platform, kept small: the measure of what its speed is worth."""
