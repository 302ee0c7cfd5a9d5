"""What is said of a value that is too long for a line: its beginning and its end, where the reason stands."""

import pytest

from grading.errors import LONGEST_SHOWN, Unmet, shorten

REFUSED = (
    "API request to http://127.0.0.1:5000/api/2.0/mlflow/experiments/search failed with exception "
    "HTTPConnectionPool(host='127.0.0.1', port=5000): Max retries exceeded with url: /api/2.0/mlflow/experiments/search"
    "?max_results=1&filter=attribute.name+%3D+%27diabetes-progression-forecast%27&view_type=ACTIVE_ONLY (Caused by "
    "NewConnectionError('Failed to establish a new connection: [Errno 111] Connection refused'))"
)


def test_a_long_message_keeps_its_beginning_and_the_reason_at_its_end() -> None:
    found = shorten(REFUSED)
    assert found.startswith("API request to http://127.0.0.1:5000")
    assert found.endswith("[Errno 111] Connection refused'))")
    assert len(found) == LONGEST_SHOWN


@pytest.mark.parametrize("longest", [40, 200, 300])
def test_a_line_is_never_longer_than_it_may_be(longest: int) -> None:
    assert len(shorten("x" * 10_000, longest)) == longest
    assert shorten("x" * longest, longest) == "x" * longest


def test_what_was_found_is_one_printable_line() -> None:
    assert Unmet("a", ["one\n", "two\x00"]).found == "one , two"
