"""Tests, a folder a room; see "Three sizes of test" in docs/authoring.md."""
