"""When two values are the same: the one definition that every check uses."""

import math
from typing import Any

CLOSE = 0.0005  # enough for a metric logged with three decimals, too little for one rounded up
CLOSE_RELATIVE = 0.001  # for values above 1


def equal(claimed: float, derived: float) -> bool:
    """Whether two numbers are equal within 0.0005, or one part in a thousand above 1; NaN equals nothing."""
    if not (math.isfinite(claimed) and math.isfinite(derived)):
        return False
    return abs(claimed - derived) <= max(CLOSE, CLOSE_RELATIVE * abs(derived) if abs(derived) > 1 else 0.0)


LARGEST = 1e300  # MLflow stores infinity as the largest number there is


def is_finite(value: float) -> bool:
    """Whether a stored metric is a number that was finite when it was logged."""
    return math.isfinite(value) and abs(value) < LARGEST


def same_value(logged: str, actual: Any) -> bool:
    """Whether a logged parameter's text says the actual value: '1.0' says 1, 'None' says None."""
    if logged == str(actual):
        return True
    if isinstance(actual, bool) or actual is None:
        return logged.lower() == str(actual).lower()
    try:
        return math.isclose(float(logged), float(actual), rel_tol=1e-9)
    except (TypeError, ValueError, OverflowError):
        return False
