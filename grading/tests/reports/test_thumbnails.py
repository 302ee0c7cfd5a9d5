import base64
import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from grading.evidence.store import Experiment, LocalArtifacts, Run
from grading.reports import thumbnails
from grading.reports.thumbnails import LARGEST, MOST_BYTES, SIDE, Thumbnail, thumbnails_of


def _run(folder: Path, name: str = "ridge") -> Run:
    folder.mkdir(exist_ok=True)
    artifacts = LocalArtifacts(folder, folder.parent)
    return Run(name, name, "FINISHED", False, Experiment("1", "e", {}), 0, 1, artifacts)


def _picture(shade: int = 0, size: tuple[int, int] = (640, 480), mode: str = "RGB") -> Image.Image:
    picture = Image.new("RGB", size, "white")
    picture.paste((shade, 40, 90), (20, 20, 300, 200))
    return picture.convert(mode)


def _opened(thumbnail: Thumbnail) -> Image.Image:
    kind, _, content = thumbnail.address.partition(",")
    assert kind == "data:image/webp;base64"
    return Image.open(io.BytesIO(base64.b64decode(content)), formats=("WEBP",))


@pytest.mark.parametrize("ending", ["png", "jpg", "jpeg", "gif", "webp", "PNG"])
def test_a_figure_is_made_small(ending: str, tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    _picture(size=(1600, 900)).save(tmp_path / "run" / f"curve.{ending}")
    (found,), left_out = thumbnails_of([run])
    assert (found.name, found.run, left_out) == (f"curve.{ending}", "ridge", 0)
    assert _opened(found).size == (found.width, found.height) == (SIDE, SIDE * 900 // 1600)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16", "F"])
def test_every_kind_of_pixels_becomes_a_picture_or_nothing(mode: str, tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    source = _picture(mode="L").convert("I").convert("I;16") if mode == "I;16" else _picture(mode=mode)
    ending = {"CMYK": "jpg", "F": "png"}.get(mode, "png")
    if mode == "F":
        source = source.convert("I;16")
    source.save(tmp_path / "run" / f"x.{ending}")
    found, left_out = thumbnails_of([run])
    assert len(found) + left_out == 1


def test_what_is_transparent_lies_on_white_paper(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    Image.new("RGBA", (50, 50), (0, 0, 0, 0)).save(tmp_path / "run" / "x.png")
    (found,), _ = thumbnails_of([run])
    assert _opened(found).convert("RGB").getpixel((25, 25)) == (255, 255, 255)


def test_nothing_of_the_file_but_its_pixels_is_kept(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    about, exif = PngImagePlugin.PngInfo(), Image.Exif()
    about.add_text("secret", "<script>")
    exif[0x010E] = "secret"
    _picture().save(tmp_path / "run" / "a.png", pnginfo=about, icc_profile=b"secret", exif=exif)
    with (tmp_path / "run" / "a.png").open("ab") as file:
        file.write(b"secret behind the end")
    (found,), _ = thumbnails_of([run])
    assert b"secret" not in base64.b64decode(found.address.partition(",")[2])
    assert not _opened(found).getexif()


def test_the_same_picture_is_shown_once_and_twelve_at_most(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    for number in range(15):
        _picture(shade=10 * number).save(tmp_path / "run" / f"{number:02}.png")
    _picture(shade=0).save(tmp_path / "run" / "00-again.png")
    found, left_out = thumbnails_of([run])
    assert [each.name for each in found][:3] == ["00-again.png", "01.png", "02.png"]
    assert (len(found), left_out) == (12, 4)


def test_the_figures_of_the_first_run_come_first(tmp_path: Path) -> None:
    runs = [_run(tmp_path / name, name) for name in ("main", "other")]
    _picture(200).save(tmp_path / "main" / "z.png")
    _picture(100).save(tmp_path / "other" / "a.png")
    assert [each.run for each in thumbnails_of(runs)[0]] == ["main", "other"]


def test_large_pictures_are_decoded_up_to_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thumbnails, "MOST_DECODED", 2 * 640 * 480)
    run = _run(tmp_path / "run")
    for number in range(5):
        _picture(shade=40 * number).save(tmp_path / "run" / f"{number}.png")
    found, left_out = thumbnails_of([run])
    assert (len(found), left_out) == (3, 2)


def test_pictures_that_do_not_become_small_are_left_out(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    noise = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "run" / "noise.png")
    found, left_out = thumbnails_of([run])
    assert (found, left_out) == ((), 1)
    assert 12 * LARGEST > MOST_BYTES > LARGEST


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"\x89PNG\r\n\x1a\n" + b"\0" * 50])
def test_what_is_no_picture_is_left_out(content: bytes, tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    (tmp_path / "run" / "x.png").write_bytes(content)
    assert thumbnails_of([run]) == ((), 1)


@pytest.mark.parametrize("name", ["page.html", "drawing.svg", "x.png.exe", "picture.bmp", "figure.pdf"])
def test_other_files_are_never_embedded(name: str, tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    _picture().save(tmp_path / "run" / name, "PNG")
    assert thumbnails_of([run]) == ((), 0)


def test_a_decompression_bomb_and_a_link_are_not_opened(tmp_path: Path) -> None:
    run = _run(tmp_path / "run")
    Image.new("1", (20_000, 20_000)).save(tmp_path / "run" / "bomb.png")
    _picture().save(tmp_path / "elsewhere.png")
    (tmp_path / "run" / "link.png").symlink_to(tmp_path / "elsewhere.png")
    assert thumbnails_of([run]) == ((), 1)
