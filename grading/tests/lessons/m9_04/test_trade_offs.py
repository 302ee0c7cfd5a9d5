import pytest

from grading.lessons.m9_04.trade_offs import pareto


@pytest.mark.parametrize(
    ("costs", "best"),
    [
        ([(1.0, 1.0), (2.0, 2.0)], [True, False]),
        ([(1.0, 2.0), (2.0, 1.0), (2.0, 2.0)], [True, True, False]),
        ([(1.0, 1.0), (1.0, 1.0)], [True, True]),
        ([(1.0, 1.0), (1.0, 2.0)], [True, False]),
        ([(3.0, 3.0, 3.0)], [True]),
        ([], []),
    ],
)
def test_the_pareto_set_is_what_no_other_dominates(costs: list[tuple[float, ...]], best: list[bool]) -> None:
    assert pareto(costs) == best
