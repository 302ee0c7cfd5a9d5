"""A logged model as files: what it is can be read without running or unpickling it."""

import importlib
import inspect
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from sklearn.base import BaseEstimator

from grading.errors import Unmet
from grading.evidence.store import LARGEST_READ, LoggedModel

PINNED = re.compile(r"^[A-Za-z0-9._-]+(\[[^\]]*\])?\s*===?\s*[0-9][^*\s,]*(\s*;.*)?$")
LARGEST_MLMODEL = 1_000_000  # bytes
SAFE_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where there is one: a hundred times faster
CONTAINERS = frozenset({"Pipeline", "FeatureUnion", "ColumnTransformer"})
Plain = str | int | float | bool | None
ValueOf = Callable[[Any, str, Plain], Plain]  # of a class, an argument of it, and the value it was given


@dataclass(frozen=True)
class ModelFile:
    """The files of one logged model. Whatever is missing or malformed raises Unmet, with what to log instead."""

    logged: LoggedModel

    @cached_property
    def description(self) -> dict[str, Any]:
        """The MLmodel file."""
        file = self.logged.folder.local("MLmodel")
        try:
            if file.stat().st_size > LARGEST_MLMODEL:
                raise ValueError("over 1 MB")
            found = yaml.load(file.read_bytes(), Loader=SAFE_LOADER)
        except (yaml.YAMLError, ValueError, RecursionError, OSError) as error:
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
            names = [column["name"] for column in columns if "name" in column]
            if not all(isinstance(name, str) for name in names):
                raise ValueError("names that are no text")
            return names
        except (TypeError, KeyError, ValueError, AttributeError, RecursionError):
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
        if not requirement_lines(text):
            raise Unmet("requirements saved with the model", "an empty requirements.txt", "pip_requirements=[...]")
        return unpinned(text)

    def hyperparameters(self) -> dict[str, Plain] | None:
        """The model's plain hyperparameters, from a skops file; None when only running the model could tell."""
        return self._walked(_plain_value)

    def defaults(self) -> dict[str, Plain] | None:
        """What the same hyperparameters are when nobody sets them; None when only running the model could tell."""
        return self._walked(_default_value)

    def _walked(self, value_of: ValueOf) -> dict[str, Plain] | None:
        file = self._skops_file()
        if file is None:
            return None
        try:
            with zipfile.ZipFile(file) as archive:
                root = _chosen(json.loads(_member(archive, "schema.json")))
                return leaves(_parameters(root, archive, value_of), str(root["__class__"]))
        except _NotOursToImportError:
            return None
        except Exception as error:  # a zip of JSON and arrays can be wrong in many ways, all of them the file's fault
            raise Unmet("a readable skops file", f"{file.name}: {error}", "log the model again") from None

    def steps(self) -> list[str]:
        """The class names of the model, or of a pipeline's steps, from a skops file; empty when it does not tell."""
        try:
            file = self._skops_file()
            if file is None:
                return []
            with zipfile.ZipFile(file) as archive:
                root = _chosen(json.loads(_member(archive, "schema.json")))
            if root["__class__"] != "Pipeline":
                return [str(root["__class__"])]
            steps = root["content"]["content"]["steps"]["content"]
            return [str(step["content"][1]["__class__"]) for step in steps if "__class__" in step["content"][1]]
        except Exception:  # a zip of JSON can be wrong in many ways; then its steps are not known
            return []

    def _skops_file(self) -> Path | None:
        flavors = self.description.get("flavors")
        flavor = flavors.get("sklearn") if isinstance(flavors, dict) else None
        if not isinstance(flavor, dict) or flavor.get("serialization_format") != "skops":
            return None
        return self.logged.folder.local(str(flavor.get("pickled_model")))


def requirement_lines(text: str) -> list[str]:
    """The lines of a requirements file that name a package."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def unpinned(text: str) -> list[str]:
    """The requirements that name no exact version."""
    return [line for line in requirement_lines(text) if not PINNED.match(line)]


def leaves(parameters: dict[str, Plain], class_name: str) -> dict[str, Plain]:
    """Without a container's own: of a pipeline, the parameters of its steps are what was chosen."""
    if class_name not in CONTAINERS:
        return parameters
    return {name: value for name, value in parameters.items() if "__" in name} or parameters


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    entry = archive.getinfo(name)
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # others are unpacked all at once
        raise ValueError(f"{name} is packed in a way of its own")
    with archive.open(entry) as member:
        found = member.read(LARGEST_READ + 1)  # what the entry says of its size need not be so
    if len(found) > LARGEST_READ or entry.file_size > LARGEST_READ:
        raise ValueError(f"{name} is over 20 MB")
    return found


class _NotOursToImportError(Exception):
    """A class whose constructor is not for us to look at."""


def _chosen(root: dict[str, Any]) -> dict[str, Any]:
    """Of a search such as GridSearchCV, the estimator that it chose and refitted; anything else as it is."""
    if not str(root["__module__"]).startswith("sklearn.model_selection._search"):
        return root
    best = root["content"]["content"].get("best_estimator_")
    return best if isinstance(best, dict) and best.get("__loader__") == "ObjectNode" else root


def _parameters(
    node: dict[str, Any], archive: zipfile.ZipFile, value_of: ValueOf, prefix: str = ""
) -> dict[str, Plain]:
    """Walk skops' tree of nodes; of an object's attributes, its constructor's arguments are its parameters."""
    found: dict[str, Plain] = {}
    estimator = _estimator(node)
    for name in estimator._get_param_names():
        child = node["content"]["content"].get(name)
        if not isinstance(child, dict):
            continue
        known, value = _plain(child, archive)
        if known:
            found[prefix + name] = value_of(estimator, name, value)
        elif child.get("__loader__") == "ObjectNode":
            found |= _parameters(child, archive, value_of, f"{prefix}{name}__")
        elif child.get("__loader__") == "ListNode":  # steps, transformers, estimators: (name, object) pairs
            for pair in child["content"]:
                content = pair.get("content")
                if pair.get("__loader__") == "TupleNode" and content[1].get("__loader__") == "ObjectNode":
                    found |= _parameters(
                        content[1], archive, value_of, f"{prefix}{json.loads(content[0]['content'])}__"
                    )
    return found


def _estimator(node: dict[str, Any]) -> Any:
    """The node's class: scikit-learn's own code is ours to import, a student's is not."""
    module, name = str(node["__module__"]), str(node["__class__"])
    if not re.fullmatch(r"sklearn(\.\w+)+", module):
        raise _NotOursToImportError(module)
    try:
        estimator: Any = getattr(importlib.import_module(module), name)
    except ImportError:
        raise _NotOursToImportError(module) from None
    if not (isinstance(estimator, type) and issubclass(estimator, BaseEstimator)):
        raise _NotOursToImportError(f"{module}.{name}")
    return estimator


def _plain_value(_estimator: Any, _name: str, value: Plain) -> Plain:
    return value


def _default_value(estimator: Any, name: str, _value: Plain) -> Plain:
    default = inspect.signature(estimator).parameters[name].default
    return default if isinstance(default, (str, int, float, bool, type(None))) else None


def _plain(node: dict[str, Any], archive: zipfile.ZipFile) -> tuple[bool, Plain]:
    if node.get("__loader__") == "JsonNode":
        value = json.loads(node["content"])
        return isinstance(value, (str, int, float, bool, type(None))), value
    if node.get("__loader__") == "NdArrayNode" and node.get("type") == "numpy":
        array = np.load(io.BytesIO(_member(archive, node["file"])), allow_pickle=False)
        return array.ndim == 0, array.item() if array.ndim == 0 else None
    return False, None
