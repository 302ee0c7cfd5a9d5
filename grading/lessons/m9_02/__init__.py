"""Lesson M9_02: tune hyperparameters and keep every trial."""
