"""The command line: for those who serve, those who add articles, and those who ask.

Exit codes: 0, done; 1, the input is wrong; 2, the call or the environment is wrong.
"""

import argparse
import asyncio
import gc
import json
import os
import sys
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import ValidationError

from app import __version__, terminal
from app.dataset_file import DatasetError
from app.references import Kind
from app.settings import PREFIX, Settings, unknown_variables
from app.suggest import closest
from app.terminal import say

if TYPE_CHECKING:
    # As everywhere below where an import stands in a function: a server that finds its dataset needs none of it.
    from app.seeding.problems import Problem

OK, WRONG_INPUT, WRONG_CALL = 0, 1, 2


class CallError(Exception):
    """The call is wrong; the message says what is."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    terminal.prepare()
    problems = unknown_variables()
    try:
        settings = Settings()
        if not problems:
            given = _parsed(settings, arguments)
            options = {name: given.pop(name) for name in Settings.model_fields if name in given}
            run = given.pop("run")
            # Once more through the settings' own checks: a port on the command line is held to the same limits.
            return int(run(Settings.model_validate(settings.model_dump() | options), Namespace(**given)))
    except ValidationError as error:
        problems += [
            f"{item['loc'][0]} ({PREFIX}{str(item['loc'][0]).upper()}): {item['msg']}" for item in error.errors()
        ]
    except (DatasetError, CallError) as error:
        problems.append(str(error))
    except KeyboardInterrupt:
        return 130
    return _done("\n".join(f"article-facts: {problem}" for problem in problems), WRONG_CALL)


# ------------------------------------------------------------------------------------------------------- the commands


def serve(settings: Settings, given: Namespace) -> int:
    """Start the server."""
    if not os.path.exists(settings.database) and (failed := build(settings, Namespace(format="text"))):
        return failed
    # While a server is made, hardly anything is thrown away: not to look for it saves a tenth of the start.
    gc.set_threshold(1_000_000)
    from app.main import serve

    return serve(settings)


def build(settings: Settings, given: Namespace) -> int:
    """Make the dataset from the seeds."""
    # What a build remembers is no garbage, nor does it make any that has to be looked for: a twentieth of its time.
    gc.set_threshold(100_000)
    from app.seeding.build import build
    from app.seeding.problems import SeedError

    try:
        with terminal.progress() as on_progress:
            built = build(settings.seeds, settings.database, on_progress)
    except SeedError as error:
        return _report(error.problems, given.format, "found; nothing was built")
    if given.format == "json":
        counts = {"dataset": built.version, "records": built.records, "quotes": built.quotes}
        terminal.show_json({"database": str(settings.database), **counts})
    return _done(f"{settings.database}: dataset {built.version}, {built.records} records on {built.quotes} quotes")


def check(settings: Settings, given: Namespace) -> int:
    """Say everything that is wrong with the seeds."""
    from app.seeding.build import check

    return _report(list(check(settings.seeds)), given.format, "found") or _done("The seeds are in order.")


def new(settings: Settings, given: Namespace) -> int:
    """Begin the facts file of an article."""
    from app.seeding import accounts
    from app.seeding.new_article import AlreadyThereError, NoIdError, begin
    from app.seeding.problems import SeedError, printable, reason

    try:
        begun = begin(given.path, given.id, settings.seeds)
    except SeedError as error:
        return _report(error.problems, given.format, "found; nothing was written")
    except AlreadyThereError as error:
        return _done(f"article-facts: {error}", WRONG_INPUT)
    except NoIdError as error:
        raise CallError(error) from None
    except OSError as error:
        verb = "read" if error.filename is not None and Path(error.filename) == given.path else "write"
        raise CallError(f"cannot {verb} {printable(str(error.filename or given.path))}: {reason(error)}") from None
    if given.format == "json":
        terminal.show_json(begun.as_json())
    else:
        terminal.show(accounts.what_next(begun))
    return OK


def locate(settings: Settings, given: Namespace) -> int:
    """Say where words stand."""
    from app.seeding import accounts, locate
    from app.seeding.problems import Report, printable

    if not given.words.strip():
        raise CallError("which words? Those given are empty")
    report = Report()
    with _known_article():
        articles = locate.texts(settings.seeds, given.article, report)
    found = locate.located(articles, given.words)
    near = [] if found else locate.most_alike(articles, given.words)
    if given.format == "json":
        places, alike = ([locate.as_json(*place) for place in places] for places in (found, near))
        problems = [problem.as_json() for problem in report]
        terminal.show_json({"words": given.words, "places": places, "nearest": alike, "problems": problems})
    else:
        terminal.show(accounts.problem(item) for item in report)
        terminal.show(line for place in found for line in accounts.place(*place))
        terminal.show(accounts.nearest_passage(*place) for place in near)
    if not found:
        say(f"'{printable(given.words)}' stands in none of {_count(len(articles), 'article')}.")
    return OK if found and not len(report) else WRONG_INPUT


def coverage(settings: Settings, given: Namespace) -> int:
    """Say what is not yet read."""
    from app.seeding import accounts
    from app.seeding.coverage import coverage

    with _known_article():
        articles, problems = coverage(settings.seeds, given.article)
    if given.format == "json":
        read = [article.as_json() for article in articles]
        terminal.show_json({"articles": read, "problems": [problem.as_json() for problem in problems]})
    else:
        terminal.show(accounts.problem(item) for item in problems)
        terminal.show_table(accounts.COVERAGE, *accounts.coverage(articles))
        terminal.show(accounts.unread(article, passage) for article in articles for passage in article.unread)
    if unread := sum(len(article.unread) for article in articles):
        return _done(f"{_count(unread, 'sentence')} not yet read.", WRONG_INPUT)
    if problems:
        return _done(f"{_count(len(problems), 'problem')} found.", WRONG_INPUT)
    return _done("Every sentence carries a fact or is excused.")


def schema(settings: Settings, given: Namespace) -> int:
    """Print the JSON Schema of facts files."""
    from app.seeding.schema import schema_text

    with terminal.output(given.output) as write:
        write(schema_text().encode())
    return OK


def export(settings: Settings, given: Namespace) -> int:
    """Print what an export of the API answers."""
    from app.ask import AnswerError, ask
    from app.main import create_app

    path = _export_path(given.resource, given.format)
    parameters = [_parameter(item) for item in given.parameters]
    if path.endswith(".sqlite") and given.output is None and sys.stdout.isatty():
        raise CallError("a database is nothing for a terminal; give --output FILE")
    try:
        with terminal.output(given.output) as write:
            ask(create_app(settings), path, parameters, write)
    except AnswerError as error:
        lines = "\n".join(error.lines())
        return _done(f"article-facts: {lines}", WRONG_INPUT if error.is_of_the_question else WRONG_CALL)
    return OK


def openapi(settings: Settings, given: Namespace) -> int:
    """Print the OpenAPI document."""
    from app.main import create_app
    from app.openapi import document

    app = create_app(settings)
    described = asyncio.run(document(app, app.state.live.current))
    with terminal.output(None) as write:
        write((json.dumps(described, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "backslashreplace"))
    return OK


# ------------------------------------------------------------------------------------------------- how they are called


class Command(NamedTuple):
    """A command, what it does, and the names of its arguments."""

    run: Callable[[Settings, Namespace], int]
    about: str
    arguments: str


COMMANDS = (
    Command(serve, "start the server; build the dataset first if there is none", "seeds database host port workers"),
    Command(
        new, "begin an article: copy its text to the seeds, and propose what may become facts", "path id seeds format"
    ),
    Command(
        locate,
        "say where words stand in the articles, with the quote to put into a facts file",
        "words article seeds format",
    ),
    Command(coverage, "say how much of each article is read, and which sentences are not", "article seeds format"),
    Command(check, "say everything that is wrong with the seeds; build nothing", "seeds format"),
    Command(build, "verify the seeds and make the dataset from them", "seeds database format"),
    Command(
        export,
        "print all records that some filters let through, as the API exports them",
        "resource parameters exported output database",
    ),
    Command(schema, "print the JSON Schema of facts.yaml, which editors complete and check by", "output"),
    Command(openapi, "print the OpenAPI document, with examples from the dataset", "database"),
)
EXPORTS: dict[str, tuple[str, ...]] = dict.fromkeys((*Kind, "facts"), ("csv", "ndjson"))
EXPORTS |= {"bundle": ("json",), "dataset": ("sqlite",)}
"""What can be exported, and in which formats; the first is the one that is meant where none is named."""
ARGUMENTS: dict[str, tuple[str, dict[str, Any]]] = {
    "seeds": ("--seeds", {"type": Path, "metavar": "DIR", "help": "folder of seeds"}),
    "database": ("--database", {"type": Path, "metavar": "FILE", "help": "the dataset, a SQLite file"}),
    "host": ("--host", {"metavar": "ADDRESS", "help": "address to listen on"}),
    "port": ("--port", {"type": int, "metavar": "PORT", "help": "port to listen on, 0 for a free one"}),
    "workers": ("--workers", {"type": int, "metavar": "NUMBER", "help": "processes that serve"}),
    "format": (
        "--format",
        {"choices": ("text", "json"), "default": "text", "help": "for people or for programs (text)"},
    ),
    "output": ("--output", {"type": Path, "metavar": "FILE", "help": "write to this file, once all is there"}),
    "article": ("--article", {"metavar": "ID", "help": "only this article"}),
    "path": (
        "path",
        {
            "type": Path,
            "metavar": "PATH",
            "help": "the text, a UTF-8 file; or a folder of the seeds with an article.txt",
        },
    ),
    "id": ("--id", {"metavar": "SLUG", "help": "the article's id; otherwise it is made of the file's name"}),
    "words": ("words", {"metavar": "WORDS", "help": "words of an article, as they stand there"}),
    "resource": ("resource", {"metavar": "RESOURCE", "help": f"what to export: {', '.join(EXPORTS)}"}),
    "parameters": (
        "parameters",
        {
            "metavar": "PARAMETER=VALUE",
            "nargs": "*",
            "help": "filters and sort, as in the API: speaker=trump sort=-said_on",
        },
    ),
    "exported": (
        "--format",
        {
            "choices": ("csv", "ndjson", "json", "sqlite"),
            "help": "csv or ndjson (csv); a bundle is json, a dataset sqlite",
        },
    ),
}


def _parsed(settings: Settings, arguments: Sequence[str] | None) -> dict[str, Any]:
    parser = argparse.ArgumentParser(
        prog="article-facts",
        description="Serves structured facts read from news articles, each traceable to the words it rests on.",
        epilog="Exit codes: 0 done, 1 the input is wrong, 2 the call or the environment is wrong.",
    )
    parser.add_argument("--version", action="version", version=f"article-facts {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for run, about, names in COMMANDS:
        command = commands.add_parser(run.__name__, help=about, description=f"{about[0].upper()}{about[1:]}.")
        command.set_defaults(run=run)
        for name in names.split():
            flag, options = ARGUMENTS[name]
            if name in Settings.model_fields:
                shown = f"{options['help']} (%(default)s; {PREFIX}{name.upper()})"
                options = options | {"default": getattr(settings, name), "help": shown}
            command.add_argument(flag, **options)
    known, rest = parser.parse_known_args(arguments)
    given = vars(known)
    # Parameters may stand after options too, where argparse does not look for them.
    if rest and ("parameters" not in given or any(item.startswith("-") for item in rest)):
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    return given | ({"parameters": [*given["parameters"], *rest]} if rest else {})


def _export_path(resource: str, ending: str | None) -> str:
    if resource not in EXPORTS:
        near = closest(resource, EXPORTS, limit=1)
        hint = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(EXPORTS)}"
        raise CallError(f"there is no resource '{resource}'; {hint}")
    endings = EXPORTS[resource]
    if ending not in (None, *endings):
        raise CallError(f"{resource} can be exported as {' or '.join(endings)}, not as {ending}")
    return f"/v1/{resource}.{ending or endings[0]}"


def _parameter(item: str) -> tuple[str, str]:
    name, equals, value = item.partition("=")
    if not equals:
        raise CallError(f"'{item}' is no parameter; one is written as name=value, such as speaker=trump")
    return name, value


@contextmanager
def _known_article() -> Iterator[None]:
    from app.seeding.locate import UnknownArticleError

    try:
        yield
    except UnknownArticleError as error:
        raise CallError(error) from None


def _report(problems: Sequence["Problem"], form: str, end: str) -> int:
    from app.seeding import accounts

    if form == "json":
        terminal.show_json([problem.as_json() for problem in problems])
    elif problems:
        terminal.show(accounts.problem(item) for item in problems)
    return _done(f"{_count(len(problems), 'problem')} {end}.", WRONG_INPUT) if problems else OK


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'s' if number != 1 else ''}"


def _done(message: str, code: int = OK) -> int:
    say(message)
    return code
