"""A CSV file has float64 and int64 only; a model's signature may say something narrower."""

import numpy as np
import pandas as pd
import pytest
from mlflow.models import infer_signature

from grading.running.model_inputs import as_signed

READ = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4], "c": ["x", "y"]})


@pytest.mark.parametrize("kind", ["float32", "float64", "int32", "int64"])
def test_columns_become_the_kind_of_number_that_the_signature_says(kind: str) -> None:
    schema = infer_signature(READ.astype({"a": kind, "b": kind})).inputs
    found = as_signed(READ, schema)
    assert [str(found[name].dtype) for name in "ab"] == [kind, kind]
    assert found["c"].equals(READ["c"])


def test_a_fraction_is_not_cut_to_a_whole_number() -> None:
    schema = infer_signature(READ[["a"]].astype("int64")).inputs
    broken = pd.DataFrame({"a": [1.5, 2.0]})
    assert as_signed(broken, schema)["a"].tolist() == [1.5, 2.0]


def test_an_array_becomes_the_kind_that_the_signature_says() -> None:
    schema = infer_signature(np.ones((2, 3), dtype="float32")).inputs
    assert as_signed(np.ones((5, 3)), schema).dtype == "float32"


def test_without_a_signature_nothing_changes() -> None:
    assert as_signed(READ, None) is READ
