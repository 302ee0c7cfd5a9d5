"""Contracts as a gate, and aliases that keep a history."""
