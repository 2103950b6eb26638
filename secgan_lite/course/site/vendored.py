"""What pages need from npm, unpacked: the named files of one version of a package."""

import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

# Version, a folder in it, and what is taken of that: files, and folders with all that is in them.
_PACKAGES = {
    "mathjax": ("3.2.2", "es5", ("tex-chtml.js", "output/chtml/fonts/woff-v2/")),
    "onnxruntime-web": (
        "1.30.0", "dist", ("ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm")
    ),
}  # fmt: skip


def unpack(package: str, folder: Path) -> None:
    """Fetch a package with npm and put the files that pages need into a folder.

    Raises:
        FileNotFoundError: npm is not installed.
        OSError: npm could not fetch it; the message has npm's words.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise FileNotFoundError("npm is missing: install Node.js, which brings it.")
    version, within, taken = _PACKAGES[package]
    with tempfile.TemporaryDirectory() as scratch:
        command = [npm, "pack", f"{package}@{version}", "--silent", "--pack-destination", scratch]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise OSError(f"npm could not fetch {package} {version}: {done.stderr.strip()}")
        (archive,) = Path(scratch).glob("*.tgz")
        with tarfile.open(archive) as packed:
            for member in packed:
                name = member.name.removeprefix(f"package/{within}/")
                if member.isfile() and name.startswith(taken):
                    target = folder / name
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(packed.extractfile(member).read())
