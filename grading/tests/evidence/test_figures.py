from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import RocCurveDisplay

from grading.errors import Unmet
from grading.evidence.figures import read_picture


def _save(path: Path, draw: str) -> Path:
    figure, axes = plt.subplots()
    if draw == "line":
        axes.plot([0, 1], [0, 1])
    elif draw == "points":
        axes.scatter([0, 0.4, 1], [0, 0.5, 1], s=4)
    elif draw == "nothing":
        figure.clf()
    figure.savefig(path)
    plt.close(figure)
    return path


@pytest.mark.parametrize(("draw", "blank"), [("line", False), ("points", False), ("axes", True), ("nothing", True)])
def test_a_figure_without_data_is_blank(tmp_path: Path, draw: str, blank: bool) -> None:
    assert read_picture(_save(tmp_path / "figure.png", draw)).blank is blank


@pytest.mark.parametrize("dpi", [72, 100, 300])
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_a_roc_curve_that_is_nearly_perfect_is_not_blank_and_its_empty_axes_are(
    tmp_path: Path, layout: str | None, dpi: int
) -> None:
    truth = np.repeat([0, 1], 50)
    score = np.where(np.arange(100) == 49, 0.99, np.linspace(0, 1, 100))
    figure, axes = plt.subplots(layout=layout)
    RocCurveDisplay.from_predictions(truth, score, ax=axes)
    axes.legend_ = None
    figure.savefig(tmp_path / "curve.png", dpi=dpi)
    axes.lines[0].remove()
    figure.savefig(tmp_path / "empty.png", dpi=dpi)
    plt.close(figure)
    assert [read_picture(tmp_path / name).blank for name in ("curve.png", "empty.png")] == [False, True]


def test_the_same_pixels_have_the_same_fingerprint(tmp_path: Path) -> None:
    first, second = _save(tmp_path / "a.png", "line"), _save(tmp_path / "b.png", "points")
    with Image.open(first) as image:
        image.save(tmp_path / "c.png", compress_level=1)
    prints = [read_picture(path).fingerprint for path in (first, second, tmp_path / "c.png")]
    assert prints[0] == prints[2] != prints[1]


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_not_a_picture_is_unmet(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(content)
    with pytest.raises(Unmet, match="a readable image"):
        read_picture(path)


def test_a_decompression_bomb_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    Image.new("1", (20_000, 20_000)).save(path)
    with pytest.raises(Unmet):
        read_picture(path)
