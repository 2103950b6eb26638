"""Lesson 06 in JupyterLab and its apps alone, in a real browser, used by hand."""

import steps
from playwright.sync_api import expect
from servers import apps, lab

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.recorded import bundled_recordings

LESSON = NOTEBOOKS / "06_explore.ipynb"


def test_the_apps_in_jupyterlab(page, tmp_path):
    with lab(LESSON, tmp_path) as address:
        steps.run_all(page, address)
        steps.explore_by_hand(page, tmp_path)
        steps.pictures_stay_beside_the_controls(page, *steps.SCREENS)
        steps.weigh_by_hand(page)
        if bundled_recordings():
            steps.scrub_by_hand(page)
        steps.no_error(page)
        assert steps.violations(page, steps.APP) == []


def test_the_apps_alone_ask_nobody_outside(page, tmp_path):
    came = []
    page.on("response", lambda response: came.append(response.url))
    with apps(tmp_path) as address:
        page.goto(address, timeout=steps.LONG)
        expect(page).to_have_title("SeCGAN by hand")
        steps.explore_by_hand(page, tmp_path)
        steps.pictures_stay_beside_the_controls(page, steps.PHONE, *steps.SCREENS)
        steps.weigh_by_hand(page)
        steps.no_error(page)
        assert steps.violations(page, steps.APP) == []
        expect(page.locator(".jp-CodeMirrorEditor, .cm-editor, .highlight-ipynb")).to_have_count(0)
        assert all(url.startswith((address, "data:", "blob:")) for url in came)
