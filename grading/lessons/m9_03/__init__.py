"""Lesson M9_03: version data, code and models."""
