"""Sphinx's settings for the site; `make site` lays out its source and calls it."""

project = "Module 09: Experimentation & Tracking"
copyright = ""
root_doc = "README"
extensions = ["myst_nb"]
nb_execution_mode = "off"  # the outputs are there: grading/workshop/site/executed.py
myst_heading_anchors = 4  # links like results.md#a-scorecard
nitpicky = True
suppress_warnings = ["misc.highlighting_failure"]  # JSON with an ellipsis in it

html_theme = "sphinx_book_theme"
html_title = project
templates_path = ["templates"]
html_static_path = ["static"]
html_sidebars = {  # all of it in landmarks
    "**": ["home.html", "search-button-field.html", "sbt-sidebar-nav.html"]
}
html_css_files = ["site.css"]
html_favicon = "static/icon.svg"  # or a browser asks for one that is not there
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system is
html_copy_source = html_show_sourcelink = html_use_index = False
html_show_copyright = html_show_sphinx = False
html_theme_options = {
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
    "navbar_persistent": [],  # the search is in the sidebar
    "use_download_button": False,
    "use_fullscreen_button": False,
}
