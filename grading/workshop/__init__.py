"""Tools for whoever works on the course: benchmark, pictures, the reader's site."""
