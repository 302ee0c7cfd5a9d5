"""What a version's run lists of its features: the model's inputs, each with its importance."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from grading.errors import Outcome, Unmet
from grading.evidence.comparison import equal
from grading.evidence.data_files import read_table
from grading.evidence.evidence import Evidence
from grading.lessons.m9_03.model_versions import MadeVersion

FEATURES = ("feature", "features", "name", "column", "input", "variable")
IMPORTANCES = ("importance", "weight", "coefficient", "coef", "value", "importance_mean")


def require_features(evidence: Evidence, made: MadeVersion) -> int:
    """How many features a version's run lists with importance; raises Unmet unless they are the model's inputs."""
    files = [
        path
        for path in made.run.artifacts.paths()
        if path.lower().endswith(".csv") and any(word in path.lower() for word in ("importance", "features", "coef"))
    ]
    if not files:
        raise Unmet(f"feature_importance.csv in the run {made.run.name!r}", made.run.artifacts.paths()[:8] or "none",
                    "mlflow.log_text(table.to_csv(index=False), \"feature_importance.csv\", run_id=...)")  # fmt: skip
    table = read_table(made.run.artifacts.local(files[0]))
    columns = {str(name).lower(): name for name in table.columns}
    names = next((table[columns[name]] for name in FEATURES if name in columns), None)
    weights = next((table[columns[name]] for name in IMPORTANCES if name in columns), None)
    if names is None or weights is None:
        raise Unmet(f"columns feature and importance in {files[0]}", list(table.columns), "a row for each input")
    inputs = evidence.model(made.run).inputs
    listed = [str(name) for name in names]
    wrong = sorted(set(listed) ^ set(map(str, inputs)))
    if inputs and (wrong or len(listed) != len(inputs)):
        raise Unmet(f"the {len(inputs)} inputs of {made.label} in {files[0]}, each once", wrong or "one listed twice",
                    "take the names from the model's signature")  # fmt: skip
    numbers = pd.to_numeric(weights, errors="coerce").to_numpy(float)
    if not np.isfinite(numbers).all() or len(set(numbers)) < 2:
        raise Unmet(f"a number for each feature in {files[0]}, not all the same", f"{weights.iloc[:3].tolist()}",
                    "coefficients of standardised columns, or permutation importance")  # fmt: skip
    _require_beside_their_names(evidence, made, dict(zip(listed, numbers.tolist(), strict=True)), files[0])
    return len(listed)


def _require_beside_their_names(evidence: Evidence, made: MadeVersion, listed: Mapping[str, float], file: str) -> None:
    """Raise Unmet for importances that are the model's own weights, or shares of them, beside other names."""
    try:
        weights = evidence.reproduction(made.run).weights
    except Outcome:  # another check says so
        return
    own, theirs = _shares(weights), _shares(listed)
    if not own or not all(map(equal, sorted(own.values()), sorted(theirs.values()))):
        return  # of another kind, such as permutation importance
    if wrong := [name for name in own if not equal(own[name], theirs[name])]:
        right = f"{wrong[0]} with {weights[wrong[0]]:.4g} in {file}, as in the model of {made.label}"
        raise Unmet(right, f"{listed[wrong[0]]:.4g}, the weight of another feature; {len(wrong)} features are mixed up",
                    "keep the names in the order of the columns: zip(X_train.columns, model.coef_)")  # fmt: skip


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(map(abs, weights.values()))
    return {name: abs(weight) / total for name, weight in weights.items()} if total else {}
