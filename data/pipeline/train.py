"""TRAIN: fit, judge and record one model, register it, and let the gate decide whether it becomes champion.

Usage: python train.py    reads params.yaml and build/; logs to MLFLOW_TRACKING_URI, or mlflow.db beside this file.
"""

import json
import sys
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import learning_curve
from sklearn.tree import DecisionTreeClassifier

import plots
import provenance
from grading import quiet
from grading.errors import GradingError
from grading.evidence.contract import load_contract
from model import choose_threshold, classifier, folds, ranker
from params import Params, Train, read_params
from registry import register
from scoring import at_thresholds, latency_ms, score

BUILD = Path("build")
EXPERIMENT = "breast-cancer-screening-pipeline"
ABOUT = {
    "project": "breast-cancer-screening",
    "team": "clinic-data",
    "mlflow.note.content": "Hypothesis: a linear model on thirty measurements of the cell nuclei finds at least 97 % "
    "of the malignant tumours, with an accuracy of at least 0.97 and a ROC AUC of at least 0.995 on held-out patients.",
}
STEPS = (0.2, 0.4, 0.6, 0.8, 1.0)  # shares of the training rows in the learning curve
BANDS = {"small": (0, 12), "medium": (12, 16), "large": (16, np.inf)}  # of mean_radius, for results by group


def read_sides() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows, indexed by row id; exits when a patient or a tumour is on both sides."""
    train, test = (pd.read_csv(BUILD / f"{side}.csv").set_index("row") for side in ("train", "test"))
    if shared := sorted(set(train.index) & set(test.index)):
        sys.exit(f"✗ expected each patient on one side; found rows {shared[:5]} in training and test: the labels leak")
    measured = list(train.columns.drop("malignant"))
    twice = test.reset_index().merge(train[measured].drop_duplicates(), on=measured)["row"]
    if len(twice):
        sys.exit(
            f"✗ expected new tumours among the test rows; found rows {sorted(twice)[:5]} with the measurements of "
            "training rows: the labels leak"
        )
    return train, test


def size_band(frame: pd.DataFrame) -> pd.Series:
    """Small, medium or large, by the mean radius; empty without that measurement."""
    if "mean_radius" not in frame:
        return pd.Series("", index=frame.index)
    edges = [low for low, _ in BANDS.values()] + [np.inf]
    return pd.cut(frame["mean_radius"], edges, labels=list(BANDS), right=False).astype(str)


def log_folds(
    y: pd.Series, held: list[np.ndarray], unseen: np.ndarray, threshold: float, costs: dict[str, float]
) -> None:
    """One nested run a fold, and their mean and standard deviation on the parent."""
    results = []
    for number, rows in enumerate(held):
        results.append(score(y.iloc[rows], unseen[rows], threshold, costs))
        with mlflow.start_run(run_name=f"fold-{number}", nested=True):
            mlflow.log_params({"fold": number, "decision_threshold": threshold, **costs})
            mlflow.log_metrics(results[-1])
    table = pd.DataFrame(results)
    mlflow.log_metrics({f"cv_{name}_mean": value for name, value in table.mean().items()})
    mlflow.log_metrics({f"cv_{name}_std": value for name, value in table.std(ddof=0).items()})


def log_baselines(train: pd.DataFrame, test: pd.DataFrame, costs: dict[str, float], seed: int) -> None:
    """What the model must beat: always the commoner answer, and the best single cut of a single measurement."""
    baselines = {
        "baseline-majority": DummyClassifier(strategy="most_frequent"),
        "baseline-one-cut": DecisionTreeClassifier(max_depth=1, random_state=seed),
    }
    features = train.columns.drop("malignant")
    for name, baseline in baselines.items():
        baseline.fit(train[features], train["malignant"])
        found = score(test["malignant"], baseline.predict_proba(test[features])[:, 1], 0.5, costs)
        with mlflow.start_run(run_name=name, nested=True, tags={"role": "baseline"}):
            mlflow.log_params({"model": type(baseline).__name__, **costs})
            mlflow.log_metrics({f"test_{metric}": value for metric, value in found.items()})
            mlflow.log_metric("latency_ms", latency_ms(baseline, test[features]))


def log_learning_curve(train: pd.DataFrame, chosen: Train, seed: int) -> None:
    """The log loss on unseen folds as the training rows grow: one step a size."""
    sizes, _, losses = learning_curve(
        ranker(chosen, seed), train.drop(columns="malignant"), train["malignant"], train_sizes=STEPS,
        cv=chosen.folds, scoring="neg_log_loss", shuffle=True, random_state=seed,
    )  # fmt: skip
    for size, loss in zip(sizes, -losses.mean(axis=1), strict=True):
        mlflow.log_metric("learning_curve_log_loss", float(loss), step=int(size))


def log_data(file: Path, data_version: str) -> None:
    """The data file as the run's input, with the hashes that say which bytes it was."""
    hashes = provenance.data_hashes(file)
    dataset = mlflow.data.from_pandas(
        pd.read_csv(file), source=str(file.resolve()), name=f"breast_cancer_{data_version}", targets="malignant"
    )
    mlflow.log_input(dataset, context="training and test", tags={"dvc_md5": hashes["dvc_md5"], "version": data_version})
    mlflow.set_tags({**hashes, "data_version": data_version})


def train_and_log(params: Params, train: pd.DataFrame, test: pd.DataFrame) -> tuple[str, str, dict[str, float]]:
    """Run id, model id and test metrics of one tracked training."""
    chosen, seed, data_version = params.train, params.seed, params.data.version
    costs = chosen.costs
    X, y = train.drop(columns="malignant"), train["malignant"]
    X_test, y_test = test.drop(columns="malignant"), test["malignant"]
    with mlflow.start_run(
        run_name=f"logistic-{data_version}", tags={**provenance.code(), **provenance.machine()}
    ) as run:
        log_data(Path(f"../breast_cancer_{data_version}.csv"), data_version)
        held, scores = zip(*folds(X, y, chosen, seed), strict=True)
        unseen = np.empty(len(y))
        unseen[np.concatenate(held)] = np.concatenate(scores)
        threshold = choose_threshold(y, unseen, chosen.wanted_detection)
        model = classifier(chosen, seed, threshold).fit(X, y)
        chances = model.predict_proba(X_test)[:, 1]
        tested = {f"test_{name}": value for name, value in score(y_test, chances, threshold, costs).items()}

        log_settings(model, params, train, test, threshold)
        trained = score(y, model.predict_proba(X)[:, 1], threshold, costs)
        mlflow.log_metrics({f"train_{name}": value for name, value in trained.items()})
        log_folds(y, list(held), unseen, threshold, costs)
        mlflow.log_metrics(tested)
        mlflow.log_metrics(at_thresholds(y_test, chances, chosen.thresholds, costs))
        mlflow.log_metric("latency_ms", latency_ms(model, X_test))
        log_learning_curve(train, chosen, seed)
        log_baselines(train, test, costs, seed)
        info = mlflow.sklearn.log_model(
            model, name="screening", input_example=X.head(3), pip_requirements=provenance.requirements()
        )
        log_artifacts(model, X_test, y_test, threshold)
        mlflow.set_tag("mlflow.note.content", conclusion(tested, data_version, threshold, len(test)))
    return run.info.run_id, info.model_id, tested


def log_settings(model: Any, params: Params, train: pd.DataFrame, test: pd.DataFrame, threshold: float) -> None:
    """Every hyperparameter of the model by its own name, and what the split and the decisions were made with."""
    plain = {n: v for n, v in model.get_params().items() if isinstance(v, (str, int, float, bool, type(None)))}
    mlflow.log_params(plain)
    mlflow.log_params(params.train.model_dump(include={"folds", "wanted_detection", *params.train.costs}))
    mlflow.log_params(
        {
            "seed": params.seed,
            "decision_threshold": threshold,
            "split_strategy": "hash of the row id",
            "test_size": params.split.test_share,
            "train_rows": len(train),
            "test_rows": len(test),
            "n_features": train.shape[1] - 1,
        }
    )


def log_artifacts(model: Any, X_test: pd.DataFrame, y_test: pd.Series, threshold: float) -> None:
    """Predictions, figures, report, features used, preprocessing and requirements."""
    chances, predicted = model.predict_proba(X_test)[:, 1], model.predict(X_test)
    answers = pd.DataFrame(
        {"row": X_test.index, "y_true": y_test, "y_pred": predicted, "y_score": chances, "size_band": size_band(X_test)}
    )
    mlflow.log_text(answers.to_csv(index=False), "predictions.csv")
    importance = pd.Series(model.estimator_[-1].coef_[0], index=X_test.columns)
    mlflow.log_figure(plots.confusion_matrix(y_test, predicted, threshold), "confusion_matrix.png")
    mlflow.log_figure(plots.roc_curve(y_test, chances, threshold), "roc_curve.png")
    mlflow.log_figure(plots.precision_recall_curve(y_test, chances, threshold), "precision_recall_curve.png")
    mlflow.log_figure(plots.feature_importance(importance), "feature_importance.png")
    ranked = importance.reindex(importance.abs().sort_values(ascending=False).index)
    mlflow.log_text(ranked.rename_axis("feature").rename("importance").to_csv(), "feature_importance.csv")
    report = classification_report(y_test, predicted, target_names=["benign", "malignant"], digits=4)
    mlflow.log_text(report, "classification_report.txt")
    mlflow.log_dict({"used": list(X_test.columns), "label": "malignant"}, "features.json")
    mlflow.log_text("\n".join(provenance.requirements()) + "\n", "requirements.txt")
    mlflow.log_artifact(BUILD / "preprocessing.json")
    mlflow.log_artifact("params.yaml")


def conclusion(tested: dict[str, float], data_version: str, threshold: float, rows: int) -> str:
    """What a reader of the runs' list wants to know first."""
    return (
        f"Logistic regression on {data_version}: at threshold {threshold:.2f} it finds "
        f"{tested['test_malignant_detection_rate']:.4f} of the malignant tumours among {rows} test patients, with a "
        f"false alarm rate of {tested['test_false_alarm_rate']:.4f} and an accuracy of {tested['test_accuracy']:.4f}."
    )


def main() -> None:
    """Train, log, register, ask the gate; build/metrics.json keeps what can be repeated to the digit."""
    quiet.apply()
    params, sides = read_params(), read_sides()
    try:
        load_contract(params.registry.contract)
    except GradingError as error:  # before the training, not after it
        sys.exit(f"✗ registry.contract in params.yaml: {error}")
    if mlflow.get_experiment_by_name(EXPERIMENT) is None:
        local = mlflow.get_tracking_uri().startswith("sqlite")
        mlflow.create_experiment(EXPERIMENT, artifact_location=Path("mlruns").resolve().as_uri() if local else None)
    mlflow.set_experiment(EXPERIMENT)
    mlflow.set_experiment_tags(ABOUT)
    run_id, model_id, tested = train_and_log(params, *sides)
    (BUILD / "store.txt").write_text(mlflow.get_tracking_uri(), encoding="utf-8")
    (BUILD / "metrics.json").write_text(json.dumps(tested, indent=2) + "\n", encoding="utf-8")
    target, outcome = register(run_id, model_id, params)
    for name, value in tested.items():
        print(f"{name:38} {value:,.4f}")
    print(f"run {run_id} → {target}: {outcome}")


if __name__ == "__main__":
    main()
