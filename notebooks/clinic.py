"""What every run of the clinic keeps: the functions that the lessons share.

M9_01 writes these log calls by hand. The later lessons import them from here.
`??clinic.log_data` in a cell shows a function. You may change this file: hand it in
beside your notebook, and your copy is used.

`X` is a table with one row a patient and one column an input, `y` a column with the
true answers of the same patients. Both have the patients' `row` ids as their index.
"""

import hashlib
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from subprocess import getoutput
from typing import Any

import matplotlib.pyplot as plt
import mlflow
import pandas as pd
import seaborn as sns
from matplotlib.figure import Figure
from sklearn import metrics
from skops.io import dumps, get_untrusted_types

PACKAGES = ("mlflow", "numpy", "pandas", "scikit-learn", "skops")


def read_patients(file: str | Path) -> pd.DataFrame:
    """Read a data file of the clinic: one row a patient, the column `row` as the index.

    >>> cancer = read_patients("../data/breast_cancer_v1.csv")
    """
    return pd.read_csv(file, index_col="row")


def sha256_of(file: str | Path) -> str:
    """Return the sha256 of a file: another number as soon as one byte changes."""
    return hashlib.sha256(Path(file).read_bytes()).hexdigest()


def log_settings(model: Any, seed: int) -> None:
    """Log the random seed and every hyperparameter of a model to the active run.

    Settings that are models themselves, such as the steps of a pipeline, are left out:
    their own settings are logged, as `ridge__alpha`.
    """
    plain = (str, int, float, bool, type(None))
    settings = {
        name: value
        for name, value in model.get_params().items()
        if isinstance(value, plain)
    }
    mlflow.log_params(settings | {"seed": seed})


def log_data(
    file: str | Path,
    X_train: pd.DataFrame,
    X_test: pd.DataFrame,
    y_train: pd.Series,
    y_test: pd.Series,
) -> None:
    """Log to the active run the rows it learned from, the rows it was tested on, and
    the sha256 of the file that they are in.
    """
    name = Path(file).stem
    for context, X, y in (("training", X_train, y_train), ("testing", X_test, y_test)):
        rows = X.assign(**{str(y.name): y}).reset_index()
        dataset = mlflow.data.from_pandas(
            rows, source=str(file), targets=str(y.name), name=f"{name}_{context}"
        )
        mlflow.log_input(dataset, context=context)
    mlflow.set_tag("data_sha256", sha256_of(file))


def log_code() -> None:
    """Tag the active run with the Git commit, and whether all was committed."""
    mlflow.set_tag("mlflow.source.git.commit", getoutput("git rev-parse HEAD"))
    mlflow.set_tag("git_dirty", bool(getoutput("git status --porcelain")))


def log_model(model: Any, X_train: pd.DataFrame) -> Any:
    """Log a fitted model to the active run: signature, example and exact versions.

    Returns what `mlflow.sklearn.log_model` returns; its `model_uri` loads it again.
    skops loads no class that nobody named: we name those that are scikit-learn's own.
    """
    requirements = [f"{name}=={version(name)}" for name in PACKAGES]
    unknown = get_untrusted_types(data=dumps(model))
    mlflow.log_text("\n".join(requirements), "requirements.txt")
    return mlflow.sklearn.log_model(
        model,
        name="model",
        input_example=X_train.head(3),
        pip_requirements=requirements,
        skops_trusted_types=[name for name in unknown if name.startswith("sklearn.")],
    )


def predictions_of(model: Any, X: pd.DataFrame, y: pd.Series) -> pd.DataFrame:
    """Return a fitted model's predictions: columns `row`, `y_true` and `y_pred`.

    A classifier's table has `y_score`, too: the probability of class 1 (malignant).
    """
    table = pd.DataFrame(
        {"row": X.index, "y_true": y.to_numpy(), "y_pred": model.predict(X)}
    )
    if hasattr(model, "predict_proba"):
        table["y_score"] = model.predict_proba(X)[:, 1]
    return table


def log_predictions(
    model: Any, X_test: pd.DataFrame, y_test: pd.Series
) -> pd.DataFrame:
    """Log the predictions of the test patients (`predictions.csv`); return them."""
    table = predictions_of(model, X_test, y_test)
    mlflow.log_text(table.to_csv(index=False), "predictions.csv")
    return table


def regression_metrics(
    y_true: pd.Series, y_pred: pd.Series, split: str
) -> dict[str, float]:
    """Return RMSE, MAE and R² by name, with the split in front: `test_rmse`."""
    return {
        f"{split}_rmse": metrics.root_mean_squared_error(y_true, y_pred),
        f"{split}_mae": metrics.mean_absolute_error(y_true, y_pred),
        f"{split}_r2": metrics.r2_score(y_true, y_pred),
    }


def classification_metrics(
    y_true: pd.Series, y_pred: pd.Series, y_score: pd.Series, split: str
) -> dict[str, float]:
    """Return accuracy, precision, recall, F1 and ROC AUC: `test_recall` and so on."""
    return {
        f"{split}_accuracy": metrics.accuracy_score(y_true, y_pred),
        f"{split}_precision": metrics.precision_score(y_true, y_pred),
        f"{split}_recall": metrics.recall_score(y_true, y_pred),
        f"{split}_f1": metrics.f1_score(y_true, y_pred),
        f"{split}_roc_auc": metrics.roc_auc_score(y_true, y_score),
    }


def metrics_of(predictions: pd.DataFrame, split: str) -> dict[str, float]:
    """Return the metrics of a table that `predictions_of` made.

    With a column `y_score` they are a classifier's, without it a regression's.
    """
    y_true, y_pred = predictions["y_true"], predictions["y_pred"]
    if "y_score" in predictions:
        return classification_metrics(y_true, y_pred, predictions["y_score"], split)
    return regression_metrics(y_true, y_pred, split)


def residual_figure(predictions: pd.DataFrame) -> Figure:
    """Draw how far each prediction is off: true minus predicted, against predicted."""
    figure, ax = plt.subplots(layout="constrained")
    residuals = predictions["y_true"] - predictions["y_pred"]
    sns.scatterplot(
        x=predictions["y_pred"], y=residuals, color="black", alpha=0.6, ax=ax
    )
    ax.axhline(0, color="grey", linestyle="--")
    ax.set(
        xlabel="predicted",
        ylabel="true minus predicted",
        title="Residuals of the test patients",
    )
    return figure


def confusion_figure(predictions: pd.DataFrame, labels: Sequence[str]) -> Figure:
    """Draw the confusion matrix. `labels`: the names of class 0 and of class 1."""
    figure, ax = plt.subplots(layout="constrained")
    counts = metrics.confusion_matrix(predictions["y_true"], predictions["y_pred"])
    sns.heatmap(
        counts,
        annot=True,
        fmt="d",
        cmap="Greys",
        cbar=False,
        xticklabels=labels,
        yticklabels=labels,
        ax=ax,
    )
    ax.set(
        xlabel="predicted", ylabel="true", title="Confusion matrix of the test patients"
    )
    return figure


def importance_figure(
    importance: pd.Series, label: str = "importance", most: int = 8
) -> Figure:
    """Draw the largest of these importances, which may have either sign.

    `importance` has one value a column of the data, and the columns' names as index.
    """
    figure, ax = plt.subplots(layout="constrained")
    largest = importance.loc[importance.abs().nlargest(most).index]
    sns.barplot(x=largest, y=largest.index.astype(str), color="grey", ax=ax)
    ax.set(
        xlabel=label,
        ylabel="",
        title=f"What the model looks at: {len(largest)} of {len(importance)} columns",
    )
    return figure


def coefficients_of(model: Any) -> pd.Series:
    """Return the coefficients of a fitted pipeline that ends in a linear model."""
    names = model[:-1].get_feature_names_out()
    return pd.Series(model[-1].coef_.ravel(), index=names, name="coefficient")


def log_figures(
    model: Any,
    predictions: pd.DataFrame,
    labels: Sequence[str] = ("benign", "malignant"),
) -> None:
    """Log the figures that every run keeps, by the kind of the model, and close them.

    Of a classifier: confusion matrix, ROC curve, precision and recall. Of a regression:
    residuals. Of both: the coefficients; so the model must end in a linear one.
    """
    figures = {
        "feature_importance.png": importance_figure(
            coefficients_of(model), "coefficient"
        )
    }
    if "y_score" in predictions:
        y_true, y_score = predictions["y_true"], predictions["y_score"]
        curve = metrics.PrecisionRecallDisplay.from_predictions(y_true, y_score)
        figures["confusion_matrix.png"] = confusion_figure(predictions, labels)
        figures["roc_curve.png"] = metrics.RocCurveDisplay.from_predictions(
            y_true, y_score
        ).figure_
        figures["precision_recall_curve.png"] = curve.figure_
    else:
        figures["residuals.png"] = residual_figure(predictions)
    for path, figure in figures.items():
        mlflow.log_figure(figure, path)
        plt.close(figure)


def log_evidence(
    model: Any,
    file: str | Path,
    X_train: pd.DataFrame,
    X_test: pd.DataFrame,
    y_train: pd.Series,
    y_test: pd.Series,
    seed: int,
) -> pd.DataFrame:
    """Log to the active run its settings, data, code, model and predictions.

    Returns the predictions. Metrics, figures and the description are left to you.

    >>> with mlflow.start_run(run_name="ridge"):
    ...     log_evidence(model, file, X_train, X_test, y_train, y_test, seed=42)
    """
    log_settings(model, seed)
    log_data(file, X_train, X_test, y_train, y_test)
    log_code()
    log_model(model, X_train)
    return log_predictions(model, X_test, y_test)
