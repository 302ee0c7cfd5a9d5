"""`--confine auto|on|off`, as `grade` and `cohort` take it."""

from grading.errors import InputError
from grading.running.kernels.confinement import Confine


def read_confine(text: str) -> Confine:
    """What `--confine` said; raises InputError."""
    known: tuple[Confine, ...] = ("auto", "on", "off")
    for name in known:
        if name == text:
            return name
    raise InputError(f"expected --confine auto, on or off; found {text!r}")
