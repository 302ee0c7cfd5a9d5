"""`python -m grading`: the same as the console script `grading`."""

from grading.commands.cli import main

main()
