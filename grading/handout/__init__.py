"""What leaves the repository: the students' bundle and the autograder for Gradescope."""
