from pathlib import Path

import numpy as np
import pandas as pd
import plotly.express as px
import pytest

from grading.errors import Unmet
from grading.evidence.html_page import Page, read_page, require_interactive, require_shown

DRAWING = '<svg><polyline points="1,2"/><text>ridge</text><text>56.403</text></svg>'
HOVER = "<style>polyline:hover {stroke-width: 5}</style>"


def page(text: str, folder: Path) -> Page:
    file = folder / "page.html"
    file.write_text(text, "utf-8")
    return read_page(file)


@pytest.mark.parametrize("answering", [HOVER, "<script>let x = 1</script>", "<details>more</details>"])
def test_a_drawing_that_answers_is_interactive(answering: str, tmp_path: Path) -> None:
    require_interactive(page(answering + DRAWING, tmp_path), "page.html")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "an empty page"),
        (HOVER + "<svg></svg>", "an empty page"),
        (DRAWING, "stands still"),
        ("<canvas></canvas><script>let x = 1</script>", "an empty page"),
        ('<canvas></canvas><script type="application/json">["getContext("]</script>', "an empty page"),
        ("<p>getContext(</p><script></script>", "an empty page"),
        (DRAWING + '<script src="https://cdn.example.org/x.js"></script>', "cdn.example.org"),
        (DRAWING + '<link rel="stylesheet" href="//cdn.example.org/x.css"><script></script>', "cdn.example.org"),
        (DRAWING + "<style>@import 'x.css'; a:hover {}</style>", "import"),
        (DRAWING + "<script>import('https://cdn.example.org/x.js')</script>", "import"),
    ],
)
def test_a_page_that_is_empty_still_or_fetching_is_unmet(text: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(Unmet, match=reason):
        require_interactive(page(text, tmp_path), "page.html")


@pytest.mark.parametrize(
    "script",
    [
        'const pen = document.getElementById("c").getContext("2d"); for (const r of rows) pen.lineTo(r.rmse, 1);',
        'document.body.innerHTML = "<svg>" + rows.map(r => `<circle cx="${r.rmse}"/>`).join("") + "</svg>";',
        'const line = document.createElementNS("http://www.w3.org/2000/svg", "line"); document.body.append(line);',
        'document.getElementById("c").insertAdjacentHTML("afterend", rows.map(r => r.name).join(", "));',
        'document.write("<table><tr><td>" + rows[0].name + "</td></tr></table>");',
    ],
)
def test_a_drawing_that_a_script_makes_of_data_in_the_page_is_interactive_and_shows_its_numbers(
    script: str, tmp_path: Path
) -> None:
    data = '[{"name": "for\\u00eat", "rmse": 0.48600000000000004}]'
    found = page(f'<canvas id="c"></canvas><script>const rows = {data}; {script}</script>', tmp_path)
    require_interactive(found, "page.html")
    require_shown(found, "page.html", {"forêt": [0.486]})


def test_a_drawing_made_of_data_in_a_script_of_its_own_is_interactive(tmp_path: Path) -> None:
    data = '<script id="d" type="application/json">[{"name": "ridge", "rmse": 56.4031}]</script>'
    script = '<script>document.body.innerHTML = document.getElementById("d").textContent</script>'
    found = page(data + script, tmp_path)
    require_interactive(found, "page.html")
    require_shown(found, "page.html", {"ridge": [56.4031]})


@pytest.mark.parametrize("library", ["cdn", True])
def test_a_figure_of_plotly_is_interactive_as_mlflow_keeps_it_and_with_the_library_inside(
    library: str | bool, tmp_path: Path
) -> None:
    table = pd.DataFrame({"family": ["ridge", "forest"], "rmse": np.array([56.4031, 57.77])})
    figure = px.line(table, x="family", y="rmse", color="family")
    found = page(figure.to_html(include_plotlyjs=library), tmp_path)
    require_interactive(found, "page.html")
    require_shown(found, "page.html", {"ridge": [56.4031], "forest": [57.77]})


@pytest.mark.parametrize(
    "address",
    ["https://cdn.plot.ly.example.org/plotly-4.js", "https://cdn.plot.ly/other.js", "//example.org/plotly-4.js"],
)
def test_only_plotly_itself_may_be_fetched(address: str, tmp_path: Path) -> None:
    script = f'<script src="{address}"></script><script>Plotly.newPlot("here", [])</script>'
    with pytest.raises(Unmet, match="to fetch nothing from elsewhere"):
        require_interactive(page(script, tmp_path), "page.html")


def test_one_of_several_values_of_a_name_is_enough(tmp_path: Path) -> None:
    require_shown(page(DRAWING, tmp_path), "page.html", {"ridge": [1.0, 56.4031]})


def test_a_link_that_a_person_may_follow_fetches_nothing(tmp_path: Path) -> None:
    require_interactive(page(HOVER + DRAWING + '<a href="https://example.org">more</a>', tmp_path), "page.html")


def test_names_and_numbers_must_stand_in_the_page(tmp_path: Path) -> None:
    found = page(DRAWING, tmp_path)
    require_shown(found, "page.html", {"ridge": [56.4031]})
    with pytest.raises(Unmet, match="'forest' in page"):
        require_shown(found, "page.html", {"forest": [56.4]})
    with pytest.raises(Unmet, match=r"55\.9"):
        require_shown(found, "page.html", {"ridge": [55.9]})


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"<![[[", b"<!DOCTYPE [<!ENTITY", b"<svg " * 1000])
def test_what_is_not_html_is_no_crash(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(content)
    with pytest.raises(Unmet):
        require_interactive(read_page(file), "page.html")
