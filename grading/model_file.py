"""A logged model as files: what it is can be read without running or unpickling it."""

import importlib
import io
import json
import re
import zipfile
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import yaml
from sklearn.base import BaseEstimator

from grading.errors import Unmet
from grading.store import LARGEST_READ, LoggedModel

PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?\s*(===?)\s*\S+")
Plain = str | int | float | bool | None


@dataclass(frozen=True)
class ModelFile:
    """The files of one logged model. Whatever is missing or malformed raises Unmet, with what to log instead."""

    logged: LoggedModel

    @cached_property
    def description(self) -> dict[str, Any]:
        """The MLmodel file."""
        file = self.logged.folder.local("MLmodel")
        try:
            found = yaml.safe_load(file.read_text("utf-8"))
        except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
            raise Unmet("a readable MLmodel file", str(error), "log the model again") from None
        if not isinstance(found, dict):
            raise Unmet("a readable MLmodel file", type(found).__name__, "log the model again")
        return found

    @property
    def inputs(self) -> list[str]:
        """The names of the signature's inputs; empty when they have no names. Raises Unmet without a signature."""
        signature = self.description.get("signature")
        try:
            columns = json.loads(signature["inputs"])  # type: ignore[index]
            return [column["name"] for column in columns if "name" in column]
        except (TypeError, KeyError, ValueError):
            raise Unmet(
                "a model with a signature", "no signature", "mlflow.sklearn.log_model(..., input_example=X.head(3))"
            ) from None

    @property
    def has_example(self) -> bool:
        """Whether an input example was saved with it."""
        info = self.description.get("saved_input_example_info")
        return isinstance(info, dict) and str(info.get("artifact_path")) in self.logged.folder.paths()

    def unpinned(self) -> list[str]:
        """The requirements that name no exact version; raises Unmet when there is no requirements file."""
        text = self.logged.folder.local("requirements.txt").read_text("utf-8", "replace")
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "-"))]
        if not lines:
            raise Unmet("requirements saved with the model", "an empty requirements.txt", "pip_requirements=[...]")
        return [line for line in lines if not PINNED.match(line)]

    def hyperparameters(self) -> dict[str, Plain] | None:
        """The model's plain hyperparameters, from a skops file; None when only running the model could tell."""
        flavor = (self.description.get("flavors") or {}).get("sklearn")
        if not isinstance(flavor, dict) or flavor.get("serialization_format") != "skops":
            return None
        file = self.logged.folder.local(str(flavor.get("pickled_model")))
        try:
            with zipfile.ZipFile(file) as archive:
                return leaves(_parameters(json.loads(_member(archive, "schema.json")), archive))
        except _NotOursToImportError:
            return None
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, zipfile.BadZipFile) as error:
            raise Unmet("a readable skops file", f"{file.name}: {error}", "log the model again") from None


def leaves(parameters: dict[str, Plain]) -> dict[str, Plain]:
    """Without the containers' own: of a pipeline, the parameters of its steps are what was chosen."""
    nested = {name: value for name, value in parameters.items() if "__" in name}
    return nested or parameters


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > LARGEST_READ:
        raise ValueError(f"{name} is over 20 MB")
    return archive.read(name)


class _NotOursToImportError(Exception):
    """A class whose constructor is not for us to look at."""


def _parameters(node: dict[str, Any], archive: zipfile.ZipFile, prefix: str = "") -> dict[str, Plain]:
    """Walk skops' tree of nodes; of an object's attributes, its constructor's arguments are its parameters."""
    found: dict[str, Plain] = {}
    for name in _constructor_arguments(node):
        child = node["content"]["content"].get(name)
        if not isinstance(child, dict):
            continue
        known, value = _plain(child, archive)
        if known:
            found[prefix + name] = value
        elif child.get("__loader__") == "ObjectNode":
            found |= _parameters(child, archive, f"{prefix}{name}__")
        elif child.get("__loader__") == "ListNode":  # steps, transformers, estimators: (name, object) pairs
            for pair in child["content"]:
                content = pair.get("content")
                if pair.get("__loader__") == "TupleNode" and content[1].get("__loader__") == "ObjectNode":
                    found |= _parameters(content[1], archive, f"{prefix}{json.loads(content[0]['content'])}__")
    return found


def _constructor_arguments(node: dict[str, Any]) -> list[str]:
    """The argument names of the node's class: scikit-learn's own code is ours to import, a student's is not."""
    module, name = str(node["__module__"]), str(node["__class__"])
    if not re.fullmatch(r"sklearn(\.\w+)+", module):
        raise _NotOursToImportError(module)
    try:
        estimator: Any = getattr(importlib.import_module(module), name)
    except ImportError:
        raise _NotOursToImportError(module) from None
    if not (isinstance(estimator, type) and issubclass(estimator, BaseEstimator)):
        raise _NotOursToImportError(f"{module}.{name}")
    return list(estimator._get_param_names())  # type: ignore[attr-defined]


def _plain(node: dict[str, Any], archive: zipfile.ZipFile) -> tuple[bool, Plain]:
    if node.get("__loader__") == "JsonNode":
        value = json.loads(node["content"])
        return isinstance(value, (str, int, float, bool, type(None))), value
    if node.get("__loader__") == "NdArrayNode" and node.get("type") == "numpy":
        array = np.load(io.BytesIO(_member(archive, node["file"])), allow_pickle=False)
        return array.ndim == 0, array.item() if array.ndim == 0 else None
    return False, None
