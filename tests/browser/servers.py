"""JupyterLab, Voilà and plain pages on loopback, and a real Chromium, in temporary folders."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Page, sync_playwright

INSTALL = "no browser is installed: sudo apt-get install chromium"
WIDE = {"width": 1280, "height": 720}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
_QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
_SETTINGS = {
    "apputils-extension/notification": {
        "fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True,
    },
    "apputils-extension/themes": {"theme": "JupyterLab Light"},
    "notebook-extension/tracker": {"windowingMode": "none"},  # cells below the fold are there too
}  # fmt: skip


def browser() -> str | None:
    """Path of an installed Chromium, or None."""
    return next(filter(None, map(shutil.which, _BROWSERS)), None)


@contextmanager
def chromium(folder: Path, dark: bool = False) -> Iterator[Page]:
    """A page of a fresh browser."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "profile", executable_path=browser(), headless=True, args=[*_QUIET],
            viewport=WIDE, color_scheme="dark" if dark else "light",
        )  # fmt: skip
        try:
            yield context.pages[0]
        finally:
            context.close()


@contextmanager
def lab(notebook: Path, folder: Path, dark: bool = False) -> Iterator[str]:
    """JupyterLab with a copy of a notebook; yields the address that opens it."""
    places = _places(folder)
    for name, values in _SETTINGS.items():
        values = values | ({"theme": "JupyterLab Dark"} if dark and "theme" in values else {})
        file = folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    root, token, port = folder / "root", secrets.token_hex(16), _free_port()
    root.mkdir()
    shutil.copy(notebook, root)
    command = [
        "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", f"--port={port}",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={root}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly", "--LabApp.news_url=None",
    ]  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    with _served(command, places, f"{address}/api", folder):
        yield f"{address}/lab/tree/{notebook.name}?token={token}&reset"


@contextmanager
def apps(folder: Path) -> Iterator[str]:
    """The page of the apps alone, as the command shows it; yields its address."""
    port = _free_port()
    command = ["secgan_lite", "apps", "--no-browser", f"--port={port}"]
    address = f"http://localhost:{port}/"
    with _served(command, _places(folder), f"{address}voila/static/", folder):
        yield address


@contextmanager
def static(site: Path, folder: Path) -> Iterator[str]:
    """Python's own web server with a folder of pages; yields its address."""
    port = _free_port()
    command = ["http.server", str(port), "--bind=127.0.0.1", f"--directory={site}"]
    address = f"http://127.0.0.1:{port}"
    with _served(command, {}, address, folder):
        yield address


def _places(folder: Path) -> dict[str, str]:
    """Environment in which Jupyter keeps everything inside ``folder``."""
    names = {
        "JUPYTER_CONFIG_DIR": "config", "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime", "IPYTHONDIR": "ipython",
        "JUPYTERLAB_SETTINGS_DIR": "settings", "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
    }  # fmt: skip
    return {name: str(folder / place) for name, place in names.items()}


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def _served(module: list[str], places: dict, probe: str, folder: Path) -> Iterator[None]:
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", *module], env=os.environ | places, stdout=output, stderr=output,
            cwd=folder,
        )  # fmt: skip
    try:
        _wait(probe, server, log)
        yield
    finally:
        server.terminate()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(probe: str, server: subprocess.Popen, log: Path, seconds: float = 90) -> None:
    """Until the server answers, with whatever it may be."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if server.poll() is not None:
            raise RuntimeError(
                f"The server has stopped:\n{log.read_text(encoding='utf-8')[-3000:]}"
            )
        try:
            urlopen(probe, timeout=5).close()
            return
        except URLError as error:
            if hasattr(error, "code"):
                return
            time.sleep(0.2)
    raise TimeoutError(f"No answer at {probe}:\n{log.read_text(encoding='utf-8')[-3000:]}")
