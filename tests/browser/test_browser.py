"""Lesson 06 in a real browser, in JupyterLab and as a Voilà page, used by hand."""

import steps
from playwright.sync_api import expect
from servers import lab, voila

from secgan_lite.course.builder import NOTEBOOKS
from secgan_lite.course.recorded import bundled_recordings

LESSON = NOTEBOOKS / "06_explore.ipynb"


def test_the_apps_in_jupyterlab(page, tmp_path):
    with lab(LESSON, tmp_path) as address:
        steps.run_all(page, address)
        steps.explore_by_hand(page, tmp_path)
        steps.weigh_by_hand(page)
        if bundled_recordings():
            steps.scrub_by_hand(page)
        steps.no_error(page)
        assert steps.violations(page, steps.APP) == []


def test_the_apps_in_voila_without_code(page, tmp_path):
    with voila(LESSON, tmp_path) as address:
        page.goto(address, timeout=steps.LONG)
        steps.explore_by_hand(page, tmp_path)
        steps.no_error(page)
        assert steps.violations(page, steps.APP) == []
        expect(page.locator(".jp-CodeMirrorEditor, .cm-editor, .highlight-ipynb")).to_have_count(0)
        expect(page.get_by_text("import FlipExplorer")).to_have_count(0)
