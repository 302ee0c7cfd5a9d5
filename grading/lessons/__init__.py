"""The lessons, in order."""

from grading.lessons import m9_01_mlflow_setup

LESSONS = (m9_01_mlflow_setup.lesson,)

__all__ = ["LESSONS"]
