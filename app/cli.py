"""The command line: serve, build, check, openapi.

Exit codes: 0, done; 1, the input is wrong; 2, the call or the environment is wrong.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from app import __version__
from app.dataset_file import DatasetError
from app.settings import PREFIX, Settings, unknown_variables

OK, WRONG_INPUT, WRONG_CALL = 0, 1, 2
OPTIONS = {
    "seeds": (Path, "DIR", "folder of seeds"),
    "database": (Path, "FILE", "the dataset, a SQLite file"),
    "host": (str, "ADDRESS", "address to listen on"),
    "port": (int, "PORT", "port to listen on, 0 for a free one"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    problems = unknown_variables()
    try:
        settings = Settings()
        if not problems:
            options = vars(_parser(settings).parse_args(arguments))
            command = options.pop("command")
            # Once more through the settings' own checks: a port on the command line is held to the same limits.
            return int(command(Settings.model_validate(settings.model_dump() | options)))
    except ValidationError as error:
        problems += [
            f"{item['loc'][0]} ({PREFIX}{str(item['loc'][0]).upper()}): {item['msg']}" for item in error.errors()
        ]
    except DatasetError as error:
        problems.append(str(error))
    except KeyboardInterrupt:
        return 130
    return _done("\n".join(f"article-facts: {problem}" for problem in problems), WRONG_CALL)


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="article-facts",
        description="Serves structured facts read from news articles, each traceable to the words it rests on.",
        epilog="Exit codes: 0 done, 1 the input is wrong, 2 the call or the environment is wrong.",
    )
    parser.add_argument("--version", action="version", version=f"article-facts {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for function, names, about in (
        (serve, ("seeds", "database", "host", "port"), "start the server; build the dataset first if there is none"),
        (build, ("seeds", "database"), "verify the seeds and make the dataset from them"),
        (check, ("seeds",), "say everything that is wrong with the seeds; build nothing"),
        (openapi, ("database",), "print the OpenAPI document, with examples from the dataset"),
    ):
        command = commands.add_parser(function.__name__, help=about, description=f"{about.capitalize()}.")
        command.set_defaults(command=function)
        for name in names:
            kind, metavar, what = OPTIONS[name]
            shown = f"{what} (%(default)s; {PREFIX}{name.upper()})"
            command.add_argument(f"--{name}", type=kind, metavar=metavar, default=getattr(settings, name), help=shown)
    return parser


def check(settings: Settings) -> int:
    """Say everything that is wrong with the seeds."""
    # Imported here, as below, because a server that finds its dataset needs none of it.
    from app.seeding.build import check

    return _report(check(settings.seeds), "found") or _done("The seeds are in order.")


def build(settings: Settings) -> int:
    """Make the dataset from the seeds."""
    from app.seeding.build import build
    from app.seeding.problems import SeedError

    try:
        built = build(settings.seeds, settings.database)
    except SeedError as error:
        return _report(error.problems, "found; nothing was built")
    return _done(f"{settings.database}: dataset {built.version}, {built.records} records on {built.quotes} quotes")


def serve(settings: Settings) -> int:
    """Start the server."""
    if not settings.database.exists() and (failed := build(settings)):
        return failed
    from app.main import serve

    return serve(settings)


def openapi(settings: Settings) -> int:
    """Print the OpenAPI document."""
    from app.main import create_app
    from app.openapi import document

    app = create_app(settings)
    print(json.dumps(document(app, app.state.live.current), ensure_ascii=False, indent=1))
    return OK


def _report(problems: Iterable[object], end: str) -> int:
    lines = list(problems)
    if not lines:
        return OK
    print(*lines, sep="\n")
    return _done(f"{len(lines)} problem{'s' if len(lines) > 1 else ''} {end}.", WRONG_INPUT)


def _done(message: str, code: int = OK) -> int:
    print(message, file=sys.stderr)
    return code
