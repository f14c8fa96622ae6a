"""What operators do with a running service, by HTTP and from the command line."""
