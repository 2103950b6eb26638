"""``uv run python tests/browser/screenshots.py [FOLDER]``: the README's picture of lesson 06.

With a folder, also every app at 1280 × 720, light and dark, in JupyterLab. All faces are drawn
ones.
"""

import argparse
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import steps
from PIL import Image
from playwright.sync_api import Page
from servers import apps, chromium, lab

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.support.files import REPOSITORY, write_bytes

LESSON = NOTEBOOKS / "06_explore.ipynb"
README = REPOSITORY / "data" / "explorer.png"
# Sliders, and the key that moves each; the face is young, so that the last has an exclamation mark.
_SHOWN = {"Bangs": "End", "No_Beard": "End", "Young": "PageUp"}


def in_use(page: Page) -> None:
    """The explorer as a lecturer would leave it: three changes by its best editor."""
    found = steps.app(page, "explorer")
    for name, key in _SHOWN.items():
        before = steps.picture(found)
        found.get_by_role("slider", name=name, exact=True).press(key)
        steps.changes(found, before)
    page.mouse.click(2, 2)  # no focus ring on the picture
    page.wait_for_timeout(500)


def of_the_app(page: Page) -> bytes:
    """The explorer alone, all of it, without the page around it, as a small PNG."""
    page.set_viewport_size({"width": 1060, "height": 830})
    page.wait_for_timeout(500)
    shot = Image.open(BytesIO(page.locator(".secgan-explorer").screenshot())).convert("RGB")
    small = BytesIO()
    shot.quantize(256).save(small, "PNG", optimize=True)
    return small.getvalue()


def all_apps(page: Page, folder: Path, prefix: str) -> None:
    """A screenshot of each app that the lesson shows."""
    for name in steps.APPS:
        steps.app(page, name).evaluate("e => e.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(700)
        page.screenshot(path=folder / f"{prefix}-{name}.png")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where screenshots of all apps go")
    folder = parser.parse_args().folder
    with (
        TemporaryDirectory() as place,
        apps(Path(place)) as address,
        chromium(Path(place)) as page,
    ):
        page.goto(address, timeout=steps.LONG)
        in_use(page)
        write_bytes(README, of_the_app(page))
    for dark in (False, True) if folder else ():
        with (
            TemporaryDirectory() as place,
            lab(LESSON, Path(place), dark) as address,
            chromium(Path(place), dark) as page,
        ):
            folder.mkdir(parents=True, exist_ok=True)
            steps.run_all(page, address)
            in_use(page)
            all_apps(page, folder, "dark" if dark else "light")


if __name__ == "__main__":
    main()
