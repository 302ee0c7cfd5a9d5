"""Grade notebooks by the evidence they leave in an MLflow store."""

from grading.experiment_log import experiment_log
from grading.instant import instant
from grading.model_card import model_card

__all__ = ["experiment_log", "instant", "model_card"]
