"""What the apps say in words and bars, as HTML: in the theme's colours, readable aloud.

Names of files and of runs may hold anything. HTML is made here only, and here every text is
escaped, so that none becomes markup.
"""

import math
import re
from collections.abc import Mapping
from html import escape

from secgan_lite.course.widgets.explorer import Explored

# Okabe and Ito's colours, by place: the first method's, the second's, the third's.
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
STYLE = """<style>
.secgan-app, .secgan-app .widget-html-content {
  color: var(--jp-content-font-color1, #222); line-height: 1.35; }
.secgan-app .widget-html-content { font-size: 13px; }
.secgan-app table { border-collapse: collapse; }
.secgan-app th, .secgan-app td { padding: 1px 8px; text-align: right; border: 0;
  background: none; color: inherit; }
.secgan-app th:first-child, .secgan-app td:first-child { text-align: left; padding-left: 0; }
.secgan-app :is(.jupyter-button, select) { border: 1px solid #757575; border-radius: 3px;
  background-color: var(--jp-layout-color0, #fff); color: inherit; }
.secgan-app .jupyter-button.mod-active { background: #0072b2; border-color: #0072b2; color: #fff;
  box-shadow: none; }
.secgan-app .noUi-target { background: rgb(127 127 127 / 35%); border-color: #757575; }
.secgan-app :is(.noUi-connect, .noUi-handle) { background: #0072b2; border-color: #0072b2; }
.secgan-app .secgan-pictures { gap: 6px 12px; overflow: visible; }
.secgan-app .secgan-picture { width: fit-content; height: auto; max-width: 100%;
  align-self: flex-start; object-fit: contain; }
.secgan-app .secgan-row { gap: 6px 8px; }
.secgan-app .secgan-row .secgan-picture { flex: 1 1 118px; min-width: 0; max-width: 160px; }
/* Grey letters, which suit white as well, are read on black alone. */
[data-jp-theme-light="false"] .secgan-app .secgan-picture { background: #000; }
.secgan-app .noUi-handle:focus-visible, .secgan-app button:focus-visible,
.secgan-app select:focus-visible, .secgan-app input:focus-visible {
  outline: 3px solid #D55E00; outline-offset: 1px; }
</style>"""


def _script(code: str) -> str:
    """HTML that runs a script: an image that fails does, and a script element would not."""
    return f"<img src='data:,' alt='' style='display:none' onerror=\"{escape(code)}\">"


# Widgets of ipywidgets give no name to a slider, no alt text to a picture, and say the place of a
# choice in place of the choice. What the page shows is their name, text and value.
NAMES = _script("""
if (!window.secganNames) {
  const name = () => {
    for (const handle of document.querySelectorAll('.secgan-app .noUi-handle')) {
      const slider = handle.closest('.widget-slider');
      handle.ariaLabel = slider.querySelector('.widget-label').textContent;
      handle.ariaValueText = slider.querySelector('.widget-readout').textContent;
    }
    for (const picture of document.querySelectorAll('.secgan-app .widget-image'))
      picture.alt = picture.matches('.secgan-more') ? ''
        : picture.closest('.secgan-app').querySelector('.secgan-words').textContent;
  };
  name(); // the last widget may be there already
  window.secganNames = new MutationObserver(name);
  window.secganNames.observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ['class']});
}""")

_SCORES = {
    "labels": ("labels right", "share of labels that the judge sees as in the true edit", "{:.0%}"),
    "inside": ("error inside", "grey levels, where the true edit changes something", "{:.1f}"),
    "copying": ("doing nothing", "the same error of the unchanged input", "{:.1f}"),
    "outside": ("outside", "grey levels, where nothing should change", "{:.1f}"),
    "mask": ("mask", "IoU of P's mask of the edit with the true mask", "{:.2f}"),
    "g_seg": ("G_seg", "IoU of G_seg's mask with the true mask", "{:.2f}"),
}


def scores(explored: Explored) -> str:
    """The table of scores against the true edit; for photographs, why there is none."""
    methods = [title for title in explored.probabilities if title != "input"]
    if not explored.scores:
        return "<div>A photograph has no true edit, so nothing is scored.</div>"
    kinds = [k for k in _SCORES if any(k in row for row in explored.scores.values())]
    rows = {method: explored.scores[method] for method in methods}
    worse = [m for m, row in rows.items() if row.get("inside", 0) > row.get("copying", math.inf)]
    told = "Errors in grey levels of 255, inside and outside of what the true edit changes."
    if worse:
        told += f" Inside, doing nothing is better than {' and '.join(worse)}."
    return number_table({kind: _SCORES[kind] for kind in kinds}, rows, told)


def number_table(
    columns: Mapping[str, tuple[str, str, str]],
    rows: Mapping[str, Mapping[str, float]],
    caption: str,
) -> str:
    """A table; columns are (title, explanation, format)."""
    head = "".join(
        f"<th title='{escape(more)}'>{escape(name)}</th>" for name, more, _ in columns.values()
    )
    body = "".join(
        f"<tr><td>{escape(title)}</td>"
        + "".join(f"<td>{_number(row.get(k), form)}</td>" for k, (_, _, form) in columns.items())
        + "</tr>"
        for title, row in rows.items()
    )
    return f"<table><caption>{escape(caption)}</caption><tr><th></th>{head}</tr>{body}</table>"


def file_name(title: str) -> str:
    """Of an edit's picture: a name that every file system takes (255 bytes at most)."""
    stem = re.sub(r'[\s,<>:"/\\|?*]+', "-", title).encode()[:240].decode(errors="ignore")
    return f"{stem}-edited.png"


def words(text: str) -> str:
    """What an app's picture shows: its alt text, see ``NAMES``."""
    return f"<div class='secgan-words' hidden>{escape(text)}</div>"


def _number(value: float | None, form: str) -> str:
    return "–" if value is None or math.isnan(value) else form.format(value)
