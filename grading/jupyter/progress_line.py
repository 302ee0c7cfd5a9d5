"""The line a notebook shows while a model is asked what it predicts, until the card stands in its place.

In an ordinary kernel that can take seconds; in one of the grader's warm kernels it does not, and there is no line.
"""

import dataclasses
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from grading.evidence.model_answer import Reproducer, Reproduction, Request
    from grading.jupyter.card import Card

TEXT = "Deriving your numbers again: the logged model predicts in a process of its own …"
STOPPED = "The check was stopped before it was done."


def waits_for_models() -> bool:
    """Whether this is a student's own kernel, where a process for models has to be started first."""
    from grading.running.reproduction import PREDICTOR

    return _kernel() is not None and PREDICTOR not in os.environ


class ProgressLine:
    """Shown before the first model is asked; what is shown is replaced, so that nothing but the card is stored."""

    def __init__(self) -> None:
        self._shown: Any = None  # IPython's handle

    def __enter__(self) -> "ProgressLine":
        return self

    def __exit__(self, *exception: object) -> None:
        if self._shown:  # interrupted
            self._replace(_line(STOPPED))

    def before(self, reproducer: "Reproducer") -> "Reproducer":
        """The same, with the line shown first."""

        def shown_first(request: "Request") -> "Reproduction":
            self._show()
            return reproducer(request)

        return shown_first

    def become(self, card: "Card") -> "Card":
        """Put the card where the line is, if there is one; the card knows then that it need not be shown again."""
        if not self._shown:
            return card
        self._replace(card.mime_bundle())
        return dataclasses.replace(card, shown_in=_kernel().execution_count)

    def _show(self) -> None:
        if not self._shown and waits_for_models():
            from IPython.display import display

            self._shown = display(_line(TEXT), raw=True, display_id=True)

    def _replace(self, bundle: dict[str, str]) -> None:
        self._shown.update(bundle, raw=True)
        self._shown = None


def _line(text: str) -> dict[str, str]:
    return {"text/plain": text, "text/html": f"<p role='status'>{text}</p>"}


def _kernel() -> Any:
    """IPython's shell, when it is a kernel's; None in a terminal or a script."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if getattr(shell, "kernel", None) else None
