"""What a logged model is fed: columns of the data file, as the numbers that its signature says."""

from typing import Any

import numpy as np
import pandas as pd


def as_signed(features: Any, schema: Any) -> Any:
    """The features, with the signature's kinds of numbers: float32 where it says so, and whole numbers of wholes.

    A CSV file has float64 and int64 only, which MLflow refuses for a narrower column. `schema`: the signature's inputs
    as MLflow has them; None without a signature.
    """
    if schema is None:
        return features
    if schema.is_tensor_spec():
        kind = schema.inputs[0].type
        return features.astype(kind) if isinstance(features, np.ndarray) and _is_number(kind) else features
    if not isinstance(features, pd.DataFrame):
        return features
    kinds = {spec.name: _kind(spec.type) for spec in schema.inputs if spec.name in features}
    fitting = {name: kind for name, kind in kinds.items() if kind is not None and _fits(features[name], kind)}
    return features.astype(fitting)


def _kind(type_: Any) -> Any:
    """The kind of number of a column; None for anything else."""
    try:
        kind = np.dtype(type_.to_numpy())
    except (AttributeError, TypeError):  # a list, a map
        return None
    return kind if _is_number(kind) else None


def _is_number(kind: Any) -> bool:
    return bool(np.issubdtype(kind, np.number))


def _fits(values: Any, kind: Any) -> bool:
    if not pd.api.types.is_numeric_dtype(values):
        return False
    return not np.issubdtype(kind, np.integer) or bool((values == values.round()).all())
