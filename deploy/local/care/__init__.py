"""`make simulate-care`: years of birthdays through the real notification service, judged by a calendar of its own."""
