"""Small drawings as inline SVG: a histogram, and dots on a logarithmic axis. No text of a student goes into one."""

import math
from collections import Counter
from collections.abc import Sequence

from markupsafe import Markup

from grading.class_reports.costs import Cost
from grading.class_reports.statistics import LessonStatistics

WIDTH, HEIGHT, GAP = 250, 64, 3  # of a histogram, in its own units
LEFT, RIGHT, ROW, AXIS = 50, 350, 40, 20  # of the dots: where the axis begins and ends, a row's height, the axis's own
COLUMNS, STEP = 75, 4.6  # in which dots are heaped, and the distance of two that lie on each other
TICKS = tuple(factor * 10.0**power for power in range(-3, 7) for factor in (1, 3))


def histogram(statistics: LessonStatistics) -> Markup:
    """The marks in tenths as a small drawing; the words beside it say the same."""
    bins = statistics.bins
    most, width = max(bins) or 1, WIDTH / len(bins)
    bars = []
    for position, count in enumerate(bins):
        height = count / most * (HEIGHT - 16)
        x, y = position * width, HEIGHT - height
        bars.append(f'<rect x="{x + GAP / 2:.1f}" y="{y:.1f}" width="{width - GAP:.1f}" height="{height:.1f}"/>')
        if count:
            bars.append(f'<text x="{x + width / 2:.1f}" y="{y - 3:.1f}">{count}</text>')
    tenth = 100 // len(bins)
    said = ", ".join(f"{n * tenth} to {(n + 1) * tenth} %: {count}" for n, count in enumerate(bins) if count)
    # Numbers only: nothing here was written by a student.
    return Markup(
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="marks: {said or "none"}">{"".join(bars)}</svg>'
    )


def dots(cost: Cost) -> Markup:
    """A row of dots a lesson, a dot a submission, and a line at the median; the table beside it says the same."""
    ticks = _ticks([value for row in cost.rows for value in row.values])
    low, span = math.log(ticks[0]), math.log(ticks[-1] / ticks[0])

    def x(value: float) -> float:
        return LEFT + min(max((math.log(value) - low) / span, 0), 1) * (RIGHT - LEFT)

    height = ROW * len(cost.rows)
    parts = [
        f'<path class="grid" d="M{x(tick):.1f} 0V{height}"/><text x="{x(tick):.1f}" y="{height + 14}">{tick:g}</text>'
        for tick in ticks
    ]
    for number, row in enumerate(cost.rows):
        base = ROW * (number + 1) - 5
        parts.append(f'<path class="grid" d="M{LEFT} {base + 2.5}H{RIGHT}"/>')
        parts.append(f'<text class="label" x="0" y="{base}">{row.lesson}</text>')
        far = [value for value in row.values if row.stands_out(value)]
        usual = [value for value in row.values if not row.stands_out(value)]
        parts.append(f'<path class="dots" d="{_heaps([x(value) for value in usual], base)}"/>')
        parts.append(f'<path class="dots far" d="{_heaps([x(value) for value in far], base)}"/>')
        parts.append(f'<path class="median" d="M{x(row.median):.1f} {base + 2.5}v-{ROW - 10}"/>')
    said = "; ".join(f"{row.lesson}: median {row.median:.3g}, most {row.most:.3g}" for row in cost.rows)
    return Markup(
        f'<svg class="costs" viewBox="0 0 {RIGHT + 12} {height + AXIS}" role="img" '
        f'aria-label="{cost.name} in {cost.unit}. {said}">{"".join(parts)}</svg>'
    )


def _ticks(values: Sequence[float]) -> list[float]:
    """The ticks that enclose the values, two at least."""
    low = max([tick for tick in TICKS if tick <= min(values)], default=TICKS[0])
    high = min([tick for tick in TICKS if tick >= max(values) and tick > low], default=TICKS[-1])
    return [tick for tick in TICKS if low <= tick <= high]


def _heaps(places: Sequence[float], base: float) -> str:
    """Dots above the places, those in one column on each other and the closer, the more there are; a path's data."""
    width = (RIGHT - LEFT) / COLUMNS
    heaps = Counter(round((place - LEFT) / width) for place in places)
    found = []
    for column, count in sorted(heaps.items()):
        step = min(STEP, (ROW - 12) / count)
        found += [f"M{LEFT + column * width:.1f} {base - step * level:.1f}h0" for level in range(count)]
    return "".join(found)
