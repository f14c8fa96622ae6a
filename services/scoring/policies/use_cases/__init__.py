"""What is done about policies: `drafts` are written, `activation` puts one in force."""
