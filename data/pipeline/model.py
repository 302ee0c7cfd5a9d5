"""The model: a scaled logistic regression that decides at a threshold chosen in cross-validation."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import FixedThresholdClassifier, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from params import Train

GRID = np.arange(1, 100) / 100  # thresholds with two decimals: a person can repeat them


def ranker(chosen: Train, seed: int) -> Pipeline:
    """The unfitted part that scores patients, from the `train` section of params.yaml."""
    regression = LogisticRegression(C=chosen.C, max_iter=chosen.max_iter, random_state=seed)
    return make_pipeline(StandardScaler(), regression)


def classifier(chosen: Train, seed: int, threshold: float) -> FixedThresholdClassifier:
    """The whole unfitted model: its `predict` decides at the threshold, so whoever loads it decides alike."""
    return FixedThresholdClassifier(
        ranker(chosen, seed), threshold=threshold, pos_label=1, response_method="predict_proba"
    )


def folds(X: pd.DataFrame, y: pd.Series, chosen: Train, seed: int) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Positions of the held-out rows of each fold, and the scores they get from a model that never saw them."""
    splitter = StratifiedKFold(chosen.folds, shuffle=True, random_state=seed)
    for fit, held in splitter.split(X, y):
        scored = ranker(chosen, seed).fit(X.iloc[fit], y.iloc[fit]).predict_proba(X.iloc[held])[:, 1]
        yield held, scored


def choose_threshold(y: pd.Series, unseen: np.ndarray, wanted: float) -> float:
    """The highest threshold at which cross-validation finds the wanted share of malignant tumours.

    Higher would miss more of them, lower would alarm more healthy patients for nothing.
    `unseen`: scores of the training rows by models that had not seen them.
    """
    enough = [t for t in GRID if recall_score(y, unseen >= t) >= wanted]
    return float(max(enough, default=GRID[0]))
