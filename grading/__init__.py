"""Grade notebooks by the evidence they leave in an MLflow store.

What notebooks import stands here, and is loaded when it is first asked for: every process imports this package.
"""

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from grading.documents.experiment_log import experiment_log
    from grading.documents.model_card import model_card
    from grading.errors import PromotionError
    from grading.evidence.open_store import open_store
    from grading.jupyter.instant import instant
    from grading.registry.gate import hold
    from grading.registry.promotion import history, promote, rollback

__all__ = [
    "PromotionError",
    "experiment_log",
    "history",
    "hold",
    "instant",
    "model_card",
    "open_store",
    "promote",
    "rollback",
]

_PLACES: Final = {
    "PromotionError": "grading.errors",
    "experiment_log": "grading.documents.experiment_log",
    "history": "grading.registry.promotion",
    "hold": "grading.registry.gate",
    "instant": "grading.jupyter.instant",
    "model_card": "grading.documents.model_card",
    "open_store": "grading.evidence.open_store",
    "promote": "grading.registry.promotion",
    "rollback": "grading.registry.promotion",
}

# Notebooks that were made before the rooms import `grading.promotion`, `grading.gate` and `grading.store`.
__path__.append(str(Path(__file__).parent / "jupyter" / "former"))


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
