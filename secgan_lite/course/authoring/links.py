"""Which addresses on the web the course names, and which of them are gone.

The audit looks at their form alone, because no test may depend on other people's servers.
"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from secgan_lite.course.audit import TEXTS
from secgan_lite.course.builder import PACKAGE, lessons
from secgan_lite.support.files import REPOSITORY

_ADDRESS = re.compile(r"https?://[\w-]+(?:[.:][\w-]+)+[^\s()<>\"'`|\]]*")
_REFUSED = (401, 403, 405, 429)  # to a program; a person may see the page


def addresses() -> dict[str, list[str]]:
    """Addresses in the texts, the lessons and the package, each with the files that name it."""
    found: dict[str, list[str]] = {}
    for path in (*TEXTS, REPOSITORY / "CITATION.cff", *lessons().values(), *PACKAGE.rglob("*.py")):
        named = _ADDRESS.findall(path.read_text(encoding="utf-8"))
        for address in dict.fromkeys(address.rstrip(".,;:") for address in named):
            found.setdefault(address, []).append(_short(path))
    return found


def asked(address: str, seconds: float = 30) -> str:
    """What is wrong with an address, "" if a page is there; a redirection is followed."""
    request = Request(address, headers={"User-Agent": "Mozilla/5.0 (secgan-lite author links)"})
    try:
        urlopen(request, timeout=seconds).close()
    except HTTPError as error:
        return "" if error.code in _REFUSED else f"{error.code} {error.reason}"
    except (URLError, TimeoutError) as error:
        return f"no answer: {getattr(error, 'reason', error)}"
    return ""


def link_faults(ask: Callable[[str], str] = asked) -> Iterator[str]:
    """A line for each address that is gone, with the files that name it."""
    for address, files in addresses().items():
        if fault := ask(address):
            yield f"{address}: {fault} ({', '.join(files)})"


def _short(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()
