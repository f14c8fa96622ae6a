"""Changes to the calendar of occasions. The customers' rows are locked throughout."""
