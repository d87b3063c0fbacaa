"""A bus that is on the road over midnight: who is on it is on the way, and the figures balance every hour."""
