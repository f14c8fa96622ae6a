"""`make simulate-care`: years of birthdays and holidays through the real service, judged by calendars of its own."""
