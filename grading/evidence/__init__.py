"""What was left behind, read without trust: the store, the data files, figures, tables, papers."""
