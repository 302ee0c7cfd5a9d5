"""The MLflow UI inside JupyterLab: a launcher tile and a tab, on the store that the notebooks use."""

import os
from typing import Final

ADDRESS: Final = "M9_MLFLOW_UI"  # where a kernel reads the UI's address, which JupyterLab's extension sets


def run_link(experiment_id: str, run_id: str) -> str:
    """The address of a run in the MLflow UI, as seen from the notebook's page.

    Under JupyterLab a path that begins with `/`, behind its login and prefix; elsewhere at localhost:5000.
    """
    address = os.environ.get(ADDRESS, "http://localhost:5000/")
    return f"{address}#/experiments/{experiment_id}/runs/{run_id}"
