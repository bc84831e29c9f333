"""The command line: serve, build, check.

Exit codes: 0, done; 1, the input is wrong; 2, the call or the environment is wrong.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import ValidationError

from app import __version__
from app.dataset_file import DatasetError
from app.settings import PREFIX, Settings, unknown_variables

OK, WRONG_INPUT, WRONG_CALL = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        return _run(arguments)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return WRONG_CALL


def _run(arguments: Sequence[str] | None) -> int:
    problems = unknown_variables()
    settings = None
    try:
        settings = Settings()
    except ValidationError as error:
        problems += [f"{PREFIX}{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors()]
    if problems or settings is None:
        return _fail("\n".join(problems))
    options = _parser(settings).parse_args(arguments)
    if not hasattr(options, "command"):
        _parser(settings).print_help()
        return WRONG_CALL
    try:
        return int(options.command(options, settings))
    except DatasetError as error:
        return _fail(str(error))


def _fail(message: str) -> int:
    for line in message.splitlines():
        print(f"article-facts: {line}", file=sys.stderr)
    return WRONG_CALL


def _parser(settings: Settings) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="article-facts",
        description="Serves structured facts read from news articles, each traceable to the words it rests on.",
        epilog="Exit codes: 0 done, 1 the input is wrong, 2 the call or the environment is wrong.",
    )
    parser.add_argument("--version", action="version", version=f"article-facts {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    seeds = argparse.ArgumentParser(add_help=False)
    seeds.add_argument(
        "--seeds", type=Path, default=settings.seeds, metavar="DIR", help="folder of seeds (%(default)s; FACTS_SEEDS)"
    )
    database = argparse.ArgumentParser(add_help=False)
    database.add_argument(
        "--database",
        type=Path,
        default=settings.database,
        metavar="FILE",
        help="the dataset, a SQLite file (%(default)s; FACTS_DATABASE)",
    )
    about = "start the server; build the dataset first where there is none"
    command = commands.add_parser("serve", parents=[seeds, database], help=about, description=about.capitalize() + ".")
    command.add_argument("--host", default=settings.host, help="address to listen on (%(default)s; FACTS_HOST)")
    command.add_argument(
        "--port",
        type=_port,
        default=settings.port,
        help="port to listen on, 0 for a free one (%(default)s; FACTS_PORT)",
    )
    command.set_defaults(command=_serve)
    about = "verify the seeds and make the dataset from them"
    command = commands.add_parser("build", parents=[seeds, database], help=about, description=about.capitalize() + ".")
    command.set_defaults(command=_build)
    about = "say everything that is wrong with the seeds; build nothing"
    command = commands.add_parser("check", parents=[seeds], help=about, description=about.capitalize() + ".")
    command.set_defaults(command=_check)
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"'{text}' is not a port (0 to 65535)")
    return int(text)


def _check(options: argparse.Namespace, _: Settings) -> int:
    from app.seeding.build import check

    report = check(options.seeds)
    for problem in report:
        print(problem)
    if len(report):
        print(f"{len(report)} problem{'s' if len(report) > 1 else ''} found.", file=sys.stderr)
        return WRONG_INPUT
    print("The seeds are in order.", file=sys.stderr)
    return OK


def _build(options: argparse.Namespace, _: Settings) -> int:
    # Imported here, because a server that finds its dataset needs none of it.
    from app.seeding.build import build
    from app.seeding.problems import SeedError

    try:
        built = build(options.seeds, options.database)
    except SeedError as error:
        for problem in error.problems:
            print(problem)
        count = len(error.problems)
        print(f"{count} problem{'s' if count > 1 else ''} found; nothing was built.", file=sys.stderr)
        return WRONG_INPUT
    print(
        f"{options.database}: dataset {built.version}, {built.records} records on {built.quotes} quotes",
        file=sys.stderr,
    )
    return OK


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    if not options.database.exists() and (failed := _build(options, settings)):
        return failed
    from app.main import serve

    chosen = {name: getattr(options, name) for name in ("database", "seeds", "host", "port")}
    return serve(settings.model_copy(update=chosen))
