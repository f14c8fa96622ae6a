"""kill -9 of every part at random moments, and the proof that nothing was lost, doubled or put out of order."""
