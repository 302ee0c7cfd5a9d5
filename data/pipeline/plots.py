"""The figures of a run, readable in black and white and at half size."""

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from sklearn import metrics

MOST_BARS = 12


def confusion_matrix(y: pd.Series, predicted: np.ndarray, threshold: float) -> Figure:
    """Who was found, missed and alarmed for nothing."""
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    metrics.ConfusionMatrixDisplay.from_predictions(
        y, predicted, display_labels=["benign", "malignant"], cmap="Greys", colorbar=False, ax=axes,
        text_kw={"fontsize": 18},
    )  # fmt: skip
    missed = int(((y == 1) & (predicted == 0)).sum())
    axes.set_title(f"Test rows at threshold {threshold:.2f}: {missed} of {int((y == 1).sum())} missed")
    axes.set(xlabel="model says", ylabel="tumour is")
    return figure


def roc_curve(y: pd.Series, chances: np.ndarray, threshold: float) -> Figure:
    """Detection against false alarms at every threshold, with the chosen one marked."""
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    false, true, _ = metrics.roc_curve(y, chances)
    axes.plot(false, true, color="black")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":", label="guessing")
    said = chances >= threshold
    axes.plot(
        said[y == 0].mean(), said[y == 1].mean(), "o", color="black", markersize=9, label=f"threshold {threshold:.2f}"
    )
    axes.set(xlabel="false alarm rate", ylabel="malignant tumours found")
    axes.set_title(f"ROC curve on test rows, area {metrics.roc_auc_score(y, chances):.4f}")
    axes.legend(loc="lower right")
    return figure


def precision_recall_curve(y: pd.Series, chances: np.ndarray, threshold: float) -> Figure:
    """How many alarms are true, against how many tumours are found."""
    figure, axes = plt.subplots(figsize=(5, 4.2), layout="constrained")
    precision, recall, _ = metrics.precision_recall_curve(y, chances)
    axes.plot(recall, precision, color="black", drawstyle="steps-post")
    axes.axhline(y.mean(), color="grey", linestyle=":", label="alarm for everyone")
    said = chances >= threshold
    axes.plot(
        said[y == 1].mean(), (y == 1)[said].mean(), "o", color="black", markersize=9, label=f"threshold {threshold:.2f}"
    )
    axes.set(xlabel="malignant tumours found (recall)", ylabel="alarms that are true (precision)", ylim=(0, 1.03))
    axes.set_title(f"Precision and recall, average precision {metrics.average_precision_score(y, chances):.4f}")
    axes.legend(loc="lower left")
    return figure


def feature_importance(importance: pd.Series) -> Figure:
    """The measurements with the largest coefficients, and which way they point."""
    shown = importance.reindex(importance.abs().sort_values().index)[-MOST_BARS:]
    figure, axes = plt.subplots(figsize=(6, 4.5), layout="constrained")
    axes.barh(shown.index, shown, color=["black" if value > 0 else "white" for value in shown], edgecolor="black")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(xlabel="coefficient (black: speaks for malignant)")
    axes.set_title(f"What the model looks at: the {len(shown)} largest of {len(importance)}")
    return figure
