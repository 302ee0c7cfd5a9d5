"""What grading costs, beside what its peers cost, on this machine and in one run: `make bench`."""
