"""Tests, a folder a room; "Three sizes of test" in docs/authoring.md says how to run them."""

from grading import quiet

quiet.apply()  # before a test module imports what it keeps quiet, and quick
