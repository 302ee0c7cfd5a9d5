"""Lesson M9_01: set up MLflow and track the first runs."""
