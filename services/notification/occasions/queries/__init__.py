"""Reading the calendar: what is due for whom, and how far planning is."""
