"""Addresses are found in every kind of file, and asked; the servers here are our own."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from secgan_lite.course.authoring.links import addresses, asked, link_faults


class Site(BaseHTTPRequestHandler):
    """Answers with the status that a path names."""

    def do_GET(self):
        status = int(self.path[1:])
        self.send_response(status)
        if status == 301:
            self.send_header("Location", "/404")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site():
    with HTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("page", "fault"),
    [("200", ""), ("403", ""), ("404", "404 Not Found"), ("301", "404 Not Found")],
)
def test_a_page_that_is_gone_is_a_fault_and_a_closed_door_is_none(site, page, fault):
    assert asked(f"{site}/{page}") == fault


def test_no_answer_is_a_fault():
    assert asked("http://127.0.0.1:9/").startswith("no answer: ")


def test_addresses_come_from_texts_lessons_and_modules():
    found = addresses()
    assert {"README.md", "CITATION.cff"} <= set(found["https://arxiv.org/abs/2111.09298"])
    celeba = found["https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html"]
    assert celeba == ["data/README.md", "secgan_lite/commands/check.py"]
    files = {file for named in found.values() for file in named}
    assert any(file.startswith("notebooks/py/") for file in files)
    assert len(found) > 15 and all(address.startswith("https://") for address in found)


def test_a_fault_names_the_address_and_its_files():
    (line,) = link_faults(lambda address: "gone" if "CelebAMask-HQ" in address else "")
    assert line.startswith("https://github.com/switchablenorms/CelebAMask-HQ: gone (")
    assert "data/README.md" in line
