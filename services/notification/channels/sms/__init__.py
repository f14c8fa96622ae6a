"""Text messages: two providers over HTTP, and how a text is counted."""
