"""What a process that runs a student's code may do: compute, and write into its own folder.

It is a guard against accidents and simple tricks, in two layers. A hook on Python's own events,
which no code can remove, refuses on every system: writing elsewhere, reading what others handed
in, other programs, the network, signals to others. On Linux the kernel (Landlock) also refuses
writing, programs and connections, whoever asks. It does not promise more: on other systems machine
code can pass by the hook, and files that any user may read can be read.
"""

import ctypes
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_REFUSED = (
    *("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork"),
    *("os.forkpty", "os.killpg", "os.startfile", "pty.spawn", "socket.connect", "socket.bind"),
    *("socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "winreg.ConnectRegistry"),
)
_READS = ("os.listdir", "os.scandir", "glob.glob")
_WRITES = (
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.truncate", "os.link", "os.symlink"),
    *("os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr", "sqlite3.connect"),
)
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


@dataclass(frozen=True)
class Limits:
    """``seconds`` of a notebook on the clock, ``memory`` in bytes, of the process in RAM."""

    seconds: float
    memory: int


def environment(home: str) -> dict[str, str]:
    """The variables of the environment that a sandbox sees: none of the lecturer's secrets."""
    kept = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT", "PATHEXT", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        "OMP_NUM_THREADS": "1",
        **at_home(home),
    }


def at_home(folder: str) -> dict[str, str]:
    """The variables that say where programs keep their files."""
    names = ("HOME", "USERPROFILE", "TMPDIR", "TEMP", "TMP", "IPYTHONDIR", "MPLCONFIGDIR")
    return dict.fromkeys((*names, "SECGAN_LITE_RUNS", "SECGAN_LITE_CACHES"), folder)


def enter(folder: Path, hidden: Sequence[Path], limits: Limits) -> None:
    """Confine this process for the rest of its life.

    Args:
        folder: its own, the only place where it can write.
        hidden: files and folders that it must not read.
        limits: those that the system can keep by itself; the clock is kept from outside.
    """
    sys.dont_write_bytecode = True
    os.chdir(folder)
    os.environ |= at_home(str(folder))
    with suppress(ImportError):  # Windows has no such limits
        import resource

        for kind, most in (
            (resource.RLIMIT_CORE, 0),
            (resource.RLIMIT_FSIZE, 2**28),
            (resource.RLIMIT_DATA, limits.memory),
        ):
            with suppress(ValueError, OSError):  # macOS does not know each
                resource.setrlimit(kind, (most, most))
    if sys.platform == "linux":
        _confine(folder)
    sys.addaudithook(_hook(folder.resolve(), [path.resolve() for path in hidden]))


def _hook(folder: Path, hidden: Sequence[Path]):
    own, others = os.fspath(folder), [os.fspath(path) for path in hidden]
    inside, fsdecode, realpath, getpid = _inside, os.fsdecode, os.path.realpath, os.getpid

    def refuse(event: str, arguments: tuple) -> None:
        if event in _REFUSED or (event == "os.kill" and arguments[0] != getpid()):
            raise PermissionError(f"a submission may not use {event}")
        opened = event == "open"
        writes = event in _WRITES or (opened and bool((arguments[2] or 0) & _WRITING))
        if not (writes or opened or event in _READS):
            return
        paths = arguments[:2] if event in ("os.rename", "os.link", "os.symlink") else arguments[:1]
        for given in paths:
            if not isinstance(given, str | bytes | os.PathLike):
                continue  # a file that is open already
            path = realpath(fsdecode(given))
            if writes and not inside(path, own) and path != os.devnull:
                raise PermissionError(f"a submission may write in its own folder only, not {path}")
            if not inside(path, own) and any(inside(path, other) for other in others):
                raise PermissionError(f"a submission may not read {path}")

    return refuse


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


# Landlock, as the kernel's headers number it (linux/landlock.h): rights of files by version.
_CREATE, _ADD, _RESTRICT, _NO_NEW_PRIVILEGES = 444, 445, 446, 38
_EXECUTE, _WRITE_FILE, _REFER, _TRUNCATE = 1, 1 << 1, 1 << 13, 1 << 14
_CHANGE = sum(1 << bit for bit in range(4, 13))  # remove and make whatever kind


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "net", "scoped")]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def _confine(folder: Path) -> None:
    """Ask the kernel to refuse writing elsewhere, and to start programs; old ones can't."""
    libc = ctypes.CDLL(None)
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return
    files = _WRITE_FILE | (_TRUNCATE if version >= 3 else 0)
    rights = files | _CHANGE | (_REFER if version >= 2 else 0)
    ruleset = _Ruleset(rights | _EXECUTE, 3 if version >= 4 else 0, 3 if version >= 6 else 0)
    size = 8 * (1 + (version >= 4) + (version >= 6))
    rules = libc.syscall(_CREATE, ctypes.byref(ruleset), size, 0)
    for path, allowed in ((folder, rights), (os.devnull, files)):
        parent = os.open(path, os.O_PATH)
        rule = _Beneath(allowed, parent)
        libc.syscall(_ADD, rules, 1, ctypes.byref(rule), 0)
        os.close(parent)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.syscall(_RESTRICT, rules, 0)
    os.close(rules)
