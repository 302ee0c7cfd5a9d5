"""Warm kernels: a process that has imported what lessons use forks one kernel for each notebook."""
