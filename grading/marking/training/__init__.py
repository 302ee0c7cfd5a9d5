"""Train again: what a run's model learned from, found by training clones of it and comparing what they predict."""
