"""What is said of a published file that cannot be used."""

from pathlib import Path


class DamagedFile(Exception):
    """A file is cut off, damaged or foreign; the message names it, what is wrong and the command that mends it."""

    def __init__(self, path: Path, trouble: str, mend: str = "python -m app real") -> None:
        super().__init__(f"{path.name} {trouble}; fetch it again with: {mend}")
