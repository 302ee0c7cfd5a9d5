"""One submission, from file to scorecard."""
