"""`python -m grading`: the same as the console script `grading`."""

from grading.cli import main

main()
