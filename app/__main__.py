"""`python -m app` is the command `article-facts`."""

import sys


def run() -> int:
    """Run the command line; who interrupts it while it is still being loaded is not told where."""
    try:
        from app.cli import main

        return main()
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(run())
