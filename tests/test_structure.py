"""The house: who may import whom is checked by import-linter; here is what it cannot say."""

import hashlib
import re
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text
from sqlmodel import SQLModel

from app.endpoints import router_for
from app.export import add_exports
from app.filters import Folded
from app.models import RESOURCES, SCHEMA_REVISION, People
from app.parameters import Texts
from app.queries import ListQuery
from app.references import Kind
from app.search_index import NAMED
from app.seeding.build import alembic_config, migrate
from app.values import Amount, Clock, Coverage, Evidence, Inferred, Session, When
from tests.conftest import ROOT

SOURCES = sorted((ROOT / "app").rglob("*.py"))


def tracked() -> list[Path]:
    """The files that git knows, or all where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_migrations_and_models_agree() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection)
        command.check(alembic_config(connection))
        assert ScriptDirectory.from_config(alembic_config(connection)).get_current_head() == SCHEMA_REVISION
    engine.dispose()


def test_migrations_make_what_the_models_say() -> None:
    # Alembic sees neither which columns of an index descend nor what the rows of a table are kept by.
    migrated, declared = create_engine("sqlite://"), create_engine("sqlite://")
    with migrated.connect() as ours, declared.connect() as theirs:
        migrate(ours)
        SQLModel.metadata.create_all(theirs)
        assert _statements(ours) == _statements(theirs)
    migrated.dispose()
    declared.dispose()


def _statements(connection: Connection) -> dict[str, list[str]]:
    """The parts of the statement that made each table and index; a migration adds columns in another order."""
    rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")).all()
    own = [(name, sql) for name, sql in rows if name != "alembic_version" and not name.startswith(NAMED)]
    return {name: sorted(map(str.strip, re.split(r",(?![^(]*\))|\(\n|\n\)", sql))) for name, sql in own}


def test_migrations_can_be_taken_back() -> None:
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        migrate(connection)
        command.downgrade(alembic_config(connection), "base")
    engine.dispose()


def test_every_kind_is_a_resource() -> None:
    assert list(RESOURCES) == list(Kind)
    assert {resource.row.__tablename__ for resource in RESOURCES.values()} == {k.replace("-", "_") for k in Kind}


def test_the_words_inside_values_are_those_that_are_checked() -> None:
    marked = {
        (model.__name__, name)
        for model in (Amount, Clock, Coverage, Evidence, Inferred, Session, When)
        for name, field in model.model_fields.items()
        if "Verbatim" in repr(field)
    }
    assert marked == {("Amount", "stated"), ("Clock", "stated"), ("When", "stated")}


def code_lines(file: Path) -> int:
    """Lines that are neither blank, nor a comment, nor a docstring."""
    text = re.sub(r'(?m)^\s*"""(?:[^"]|"(?!""))*"""\s*$', "", file.read_text("utf-8"))
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def test_the_application_stays_small() -> None:
    # A room that grows beyond this wants a door: see docs/decisions/0013.
    sizes = {str(file.relative_to(ROOT)): code_lines(file) for file in SOURCES}
    assert max(sizes.values()) < 480, max(sizes, key=lambda name: sizes[name])
    assert sum(size for name, size in sizes.items() if "seeding" in name) < 2_600
    assert sum(sizes.values()) < 9_200


def test_the_server_reads_no_yaml_and_no_seeds() -> None:
    code = "import sys, app.main; print(*[m for m in sys.modules if m.split('.')[0] == 'yaml' or 'seeding' in m])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_filter_is_two_lines() -> None:
    class NewQuery(ListQuery):
        table = People

        # These two lines are the filter; its operators, its sort keys and their documentation follow from them.
        office: Annotated[Texts, Folded(People.office_folded)] = []
        """The office, as the article words it."""

    fields = NewQuery.model_fields
    assert {"office", "office__ne", "office__isnull"} <= set(fields)
    assert fields["office__ne"].description == "All but these, where it is stated. The office, as the article words it."
    assert (
        "-office" in str(fields["sort"].annotation)
        or "-office" in NewQuery.model_json_schema()["$defs"]["PersonSort"]["enum"]
    )


def test_facets_follow_from_filters_and_an_export_is_a_line() -> None:
    class MoreQuery(ListQuery):
        table = People

        office: Annotated[Texts, Folded(People.office_folded)] = []
        """The office, as the article words it."""

    facets = MoreQuery.model_json_schema()["$defs"]["PersonFacet"]["enum"]
    assert facets == ["office", "article", "disputed"]
    router = router_for("more")
    add_exports(router, MoreQuery)
    assert [getattr(route, "path", "") for route in router.routes] == ["/v1/people.csv", "/v1/people.ndjson"]


def test_third_party_files_are_whole() -> None:
    folder = ROOT / "app" / "static" / "swagger-ui"
    sums = {line.split()[1]: line.split()[0] for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()}
    assert set(sums) == {file.name for file in folder.iterdir()} - {"SHA256SUMS", "README.md"}
    for name, expected in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == expected, name


def test_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lock = (ROOT / name).read_text("utf-8")
        assert "://" not in lock
        packages = re.findall(r"^([a-z0-9.-]+)==", lock, re.MULTILINE)
        assert len(packages) > 20
        assert len(re.findall(r"==[^\\]*\\\n    --hash=sha256:", lock)) == len(packages)


def test_nothing_names_a_place_that_only_one_machine_has() -> None:
    for file in tracked():
        assert str(ROOT) not in file.read_text("utf-8"), file
