"""Scorecards for people and machines: each module renders one form."""
