"""The exceptions of the grader, all one tree.

GradingError
├── InputError          what was handed to us cannot be used: exit 2
│   ├── NotebookError   a file that is not a notebook we can run
│   ├── ArchiveError    a zip archive, or a member of one, that is damaged or not safe to read
│   └── ContractError   a contract file with a mistake in it
├── StoreError          an MLflow store that cannot be read
├── PromotionError      an alias that was not moved: the gate, or somebody else, said no
└── Outcome             how a check says that it is not met; never escapes the grader
    ├── Unmet           the evidence is there and is not what was asked
    ├── NotAttempted    there is no evidence yet
    └── CannotJudge     our side lacks something (git, a reader): the check is ungraded, not failed
"""

from typing import Any

CUT = " … "
LONGEST_SHOWN = 300  # characters; student-made values can be megabytes


class GradingError(Exception):
    """Any error this package raises on purpose; its text is one sentence for a person."""


class InputError(GradingError):
    """What the user handed in cannot be used; the message says what to do instead."""


class NotebookError(InputError):
    """A file that is not a notebook we can run."""


class ArchiveError(InputError):
    """A zip archive, or a member of one, that is damaged or not safe to read; the message says why in a few words."""


class ContractError(InputError):
    """A contract file with a mistake; the message names file, key and what was expected."""


class StoreError(GradingError):
    """An MLflow store that is missing, damaged, or made by another MLflow."""


class PromotionError(GradingError):
    """An alias that was not moved; the message says who or what said no."""


class Outcome(GradingError):  # noqa: N818  not an error: a verdict on its way
    """How a check says that it is not met: what was expected, what was found, what to do next."""

    def __init__(self, expected: str, found: Any = "", hint: str = "") -> None:
        self.expected = shorten(expected)
        self.found = shorten(found)
        self.hint = hint
        super().__init__(f"expected {self.expected}; found {self.found or 'nothing'}")


class Unmet(Outcome):
    """The evidence is there and is not what was asked."""


class NotAttempted(Outcome):
    """There is no evidence for this check yet."""


class CannotJudge(Outcome):
    """Something on the grader's side is missing, so this check is ungraded rather than failed."""


def shorten(value: Any, longest: int = LONGEST_SHOWN) -> str:
    """The value as one printable line of at most 300 (or `longest`) characters; lists are joined by commas.

    Of a longer one, beginning and end are kept: MLflow, git and the network say the reason last.
    """
    text = ", ".join(map(str, value)) if isinstance(value, (list, tuple, set, frozenset)) else str(value)
    text = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    if len(text) <= longest:
        return text
    kept = longest - len(CUT)
    end = kept * 2 // 5
    return f"{text[: kept - end]}{CUT}{text[-end:]}"
