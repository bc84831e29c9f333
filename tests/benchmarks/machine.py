"""The machine and the software that were measured."""

import os
import platform
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("fastapi", "starlette", "uvicorn", "httptools", "uvloop", "pydantic", "sqlalchemy", "sqlmodel")


def cores() -> list[int]:
    """The cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def machine() -> Iterator[tuple[str, str]]:
    """What the machine is: name and value of each property."""
    processor = "unknown"
    with suppress(OSError):
        named = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        processor = named[1] if named else processor
    yield "processor", f"{processor}, {len(cores())} cores to use"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield "memory", f"{memory / 2**30:.0f} GiB"
    yield "system", f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield "load when it began", f"{os.getloadavg()[0]:.2f}"
    yield "Python", f"{sys.version.split()[0]} ({sys.implementation.name}), SQLite {sqlite3.sqlite_version}"
    yield "packages", ", ".join(f"{name} {found}" for name in PACKAGES if (found := _version(name)))
    if node := _said("node"):
        yield "Node", node


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _said(program: str) -> str:
    try:
        return subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""
