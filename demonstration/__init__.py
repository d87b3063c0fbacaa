"""Invented people and the replay of the days of September 2023: for a demonstration, never for an operation."""
