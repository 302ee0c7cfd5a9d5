"""Lesson M9_04: compare experiments and decide."""
