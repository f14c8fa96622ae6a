"""What is put in: events made up from a seed, and the client that sends them over HTTP."""
