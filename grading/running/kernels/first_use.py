"""What a lesson does with MLflow for the first time, done once on a scratch store to see which modules it loads."""

import os
from pathlib import Path

LESSONS_IMPORT = (
    "mlflow",
    "mlflow.pyfunc",
    "mlflow.sklearn",
    "pandas",
    "scipy.stats",
    "matplotlib.pyplot",
    "seaborn",
    "plotly.express",
    "plotly.io",
    "optuna",
    "statsmodels.stats.api",
    "dvc.api",
    "ipykernel.kernelapp",
    "grading.jupyter.instant",
    "grading.documents.experiment_log",
    "grading.registry.promotion",
    "grading.running.reproduction",
    "skops.io",
)


def make_empty_store(file: Path) -> None:
    """A migrated SQLite store without a single experiment, which costs MLflow's first call a second or two."""
    from mlflow.store.db.utils import _initialize_tables
    from sqlalchemy import create_engine

    engine = create_engine(f"sqlite:///{file}")
    _initialize_tables(engine)
    engine.dispose()


def use_everything(folder: Path) -> None:
    """Log, save, load, search and register in a scratch store in this folder; the process is thrown away afterwards."""
    import mlflow
    import pandas as pd
    from matplotlib.figure import Figure
    from mlflow.data.pandas_dataset import from_pandas
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.utils import all_estimators

    os.chdir(folder)
    all_estimators()  # loads every public module of scikit-learn, as autologging does
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'scratch.db'}")
    mlflow.set_experiment("first-use")
    frame = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 2.0]})
    model = make_pipeline(StandardScaler(), Ridge()).fit(frame, [1.0, 2.0, 3.0])
    figure = Figure()
    figure.subplots().plot([1, 2], label="a")
    mlflow.sklearn.autolog(log_models=False, silent=True)
    mlflow.sklearn.autolog(disable=True)
    with mlflow.start_run():
        mlflow.log_params({"alpha": 1.0})
        mlflow.log_metrics({"rmse": 1.0})
        mlflow.log_figure(figure, "figure.png")
        mlflow.log_text("text", "text.txt")
        mlflow.log_input(from_pandas(frame, source="frame.csv", name="frame"))
        with mlflow.start_run(nested=True):
            mlflow.set_tags({"stage": "first use"})
        saved = mlflow.sklearn.log_model(model, name="model", input_example=frame, pip_requirements=["scikit-learn"])
    mlflow.pyfunc.load_model(saved.model_uri).predict(frame)
    mlflow.search_runs(filter_string="metrics.rmse > 0", order_by=["metrics.rmse ASC"])
    mlflow.search_experiments(filter_string="name = 'first-use'")
    mlflow.register_model(saved.model_uri, "model")
    mlflow.MlflowClient().set_registered_model_alias("model", "champion", "1")
