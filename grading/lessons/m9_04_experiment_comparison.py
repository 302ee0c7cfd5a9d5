"""Lesson M9_04: what a fair comparison of models leaves in the store."""

from grading.lesson import Lesson, Task

lesson = Lesson(
    id="M9_04",
    description="experiment_comparison",
    title="Compare experiments and decide",
    worked_experiment="breast-cancer-screening",
    worked_data="breast_cancer",
    tasks=(
        Task(1, "Compare several experiments"),
        Task(2, "Visualise"),
        Task(3, "Analyse trade-offs, and test A against B"),
        Task(4, "Document best practices"),
    ),
)
