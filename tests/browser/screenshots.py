"""``uv run python tests/browser/screenshots.py [FOLDER]``: the README's picture of lesson 06.

With a folder, also every app at 1280 × 720, light and dark, in JupyterLab and in Voilà. All faces
are drawn ones.
"""

import argparse
from collections.abc import Callable
from contextlib import AbstractContextManager
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import steps
from PIL import Image
from playwright.sync_api import Page
from servers import chromium, lab, voila

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.support.files import REPOSITORY, write_bytes

LESSON = NOTEBOOKS / "06_explore.ipynb"
README = REPOSITORY / "data" / "explorer.png"
_SHOWN = {"Bangs": "End", "Blond Hair": "End"}  # sliders, and the key that moves each


def in_use(page: Page) -> None:
    """The explorer as a lecturer would leave it: two changes, all methods side by side."""
    found = steps.app(page, "explorer")
    for name, key in _SHOWN.items():
        before = steps.picture(found)
        steps.control(found, name).locator(".noUi-handle").focus()
        page.keyboard.press(key)
        steps.changes(found, before)
    before = steps.with_all_methods(found, steps.picture(found))
    found.get_by_text("all methods side by side").click()
    steps.changes(found, before)
    page.mouse.click(2, 2)  # no focus ring on the picture
    page.wait_for_timeout(500)


def of_the_app(page: Page) -> bytes:
    """The explorer alone, all of it, without the page around it, as a small PNG."""
    page.set_viewport_size({"width": 1280, "height": 1100})  # what is below the fold stays white
    page.wait_for_timeout(500)
    shot = Image.open(BytesIO(page.locator(".secgan-app").first.screenshot())).convert("RGB")
    small = BytesIO()
    shot.quantize(256).save(small, "PNG", optimize=True)
    return small.getvalue()


def all_apps(page: Page, folder: Path, prefix: str) -> None:
    """A screenshot of each app that the lesson shows."""
    for name in steps.APPS:
        steps.app(page, name).evaluate("e => e.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(700)
        page.screenshot(path=folder / f"{prefix}-{name}.png")


def opened(
    serve: Callable[..., AbstractContextManager[str]], dark: bool, then: Callable[[Page], None]
) -> None:
    """Do something on a page that shows the lesson, its cells run."""
    with (
        TemporaryDirectory() as place,
        serve(LESSON, Path(place), dark) as address,
        chromium(Path(place), dark) as page,
    ):
        if serve is lab:
            steps.run_all(page, address)
        else:
            page.goto(address, timeout=steps.LONG)
        in_use(page)
        then(page)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, help="where screenshots of all apps go")
    folder = parser.parse_args().folder
    opened(voila, False, lambda page: write_bytes(README, of_the_app(page)))
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    for serve in (lab, voila):
        for dark in (False, True):
            prefix = f"{serve.__name__}-{'dark' if dark else 'light'}"
            opened(serve, dark, lambda page, p=prefix: all_apps(page, folder, p))


if __name__ == "__main__":
    main()
