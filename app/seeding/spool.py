"""What a build sets aside on disk, so that its memory hardly grows with what it reads."""

import os
from array import array
from collections.abc import Iterator
from pathlib import Path
from tempfile import SpooledTemporaryFile

KEPT_IN_MIND = 16 * 1024 * 1024
"""So many bytes come before the disk is used: most folders of seeds need none."""


class Spool:
    """Pieces of bytes, each known by its number; they are gone with the process, however it ends."""

    def __init__(self, folder: Path | None = None) -> None:
        """The file lies in the folder, without a name, or where temporary files lie."""
        self._file = SpooledTemporaryFile(KEPT_IN_MIND, dir=None if folder is None else str(folder))  # noqa: SIM115
        self._ends = array("Q", [0])

    def put(self, piece: bytes) -> int:
        """Set a piece aside; its number. All are put before the first is asked for."""
        self._file.write(piece)
        self._ends.append(self._ends[-1] + len(piece))
        return len(self._ends) - 2

    def __len__(self) -> int:
        return len(self._ends) - 1

    def __iter__(self) -> Iterator[bytes]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> bytes:
        start, end = self._ends[number : number + 2]
        if self._ends[-1] <= KEPT_IN_MIND:
            self._file.seek(start)
            return self._file.read(end - start)
        # Copies of this process have the file in common, and with it the place where it is read.
        self._file.flush()
        return os.pread(self._file.fileno(), end - start, start)

    def close(self) -> None:
        """Give the room back."""
        self._file.close()
