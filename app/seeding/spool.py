"""What a build sets aside on disk, so that its memory hardly grows with what it reads."""

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

KEPT_IN_MIND = 16 * 1024 * 1024
"""So many bytes come before the disk is used: most folders of seeds need none."""


class Spool:
    """Pieces of bytes, each known by its number; they are gone with the process, however it ends."""

    def __init__(self, folder: Path | None = None) -> None:
        """The file lies in the folder, without a name, or where temporary files lie."""
        self._folder, self._in_mind, self._written = folder, bytearray(), 0
        self._file: IO[bytes] | None = None
        self._ends = array("Q", [0])

    def put(self, piece: bytes) -> int:
        """Set a piece aside; its number. All are put before the first is asked for."""
        self._in_mind += piece
        self._ends.append(self._ends[-1] + len(piece))
        # Once the disk is used, fewer wait for each other.
        if len(self._in_mind) > (KEPT_IN_MIND // 16 if self._written else KEPT_IN_MIND):
            self._file = self._file or TemporaryFile(dir=self._folder)  # noqa: SIM115
            self._file.write(self._in_mind)
            self._file.flush()
            self._in_mind, self._written = bytearray(), self._ends[-1]
        return len(self._ends) - 2

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        start, end = self._ends[number], self._ends[number + 1]
        if self._file is None or start >= self._written:
            return bytes(self._in_mind[start - self._written : end - self._written])
        # Copies of this process have the file in common, and with it the place where it is read.
        return os.pread(self._file.fileno(), end - start, start)

    def close(self) -> None:
        """Give the room back."""
        if self._file is not None:
            self._file.close()
