"""Pictures of what people see: a real browser on the real pages, for the README and for the tests."""
