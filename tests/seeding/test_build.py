"""A build makes the same bytes everywhere, and whatever stops it leaves the old dataset whole and nothing else."""

import fcntl
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from app.dataset_file import DatasetError, manifest_path, verify
from app.models import SCHEMA_REVISION
from app.seeding.build import build

Run = Callable[..., tuple[int, str, str]]
Snapshot = Callable[[Path], dict[str, bytes]]
DRIVER = Path(__file__).with_name("build_and_die.py")


def changed(seed: Path) -> Path:
    """The folder of seeds, from which another dataset than the real one is built."""
    facts = seed / "facts.yaml"
    text = facts.read_text("utf-8")
    assert text.count('name: "Tariffs"') == 1
    facts.write_text(text.replace('name: "Tariffs"', 'name: "Tariffs, whoever imposed them"'), "utf-8")
    return seed.parent.resolve()


def in_one_line(err: str, *words: str) -> None:
    """What the command said in one line, with these words in it."""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    for word in words:
        assert word in err


# ------------------------------------------------------------------------------------------------ the same bytes

PLACES: dict[str, tuple[str, dict[str, str]]] = {
    "another folder": ("another folder, with an é and 100%", {}),
    "west of Greenwich": ("a", {"TZ": "America/Los_Angeles"}),
    "beyond the date line": ("b", {"TZ": "Pacific/Kiritimati"}),
    "a locale without UTF-8": ("c", {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "the POSIX locale": ("d", {"LC_ALL": "POSIX"}),
    "one hash seed": ("e", {"PYTHONHASHSEED": "1"}),
    "another hash seed": ("f", {"PYTHONHASHSEED": "4294967295"}),
    "optimised": ("g", {"PYTHONOPTIMIZE": "1"}),
    "a deep folder": ("h/" * 20, {}),
}


@pytest.mark.parametrize(("folder", "env"), PLACES.values(), ids=PLACES)
def test_the_same_seeds_make_the_same_bytes(
    folder: str, env: dict[str, str], dataset: Path, tmp_path: Path, real_seed: Path, run_process: Run
) -> None:
    place = tmp_path / folder
    shutil.copytree(real_seed, place / "seeds" / real_seed.name)
    code, _, err = run_process("build", "--seeds", place / "seeds", "--database", place / "facts.db", **env)
    assert code == 0, err
    assert (place / "facts.db").read_bytes() == dataset.read_bytes()
    assert manifest_path(place / "facts.db").read_bytes() == manifest_path(dataset).read_bytes()


def test_the_order_of_the_folders_on_disk_does_not_matter(tmp_path: Path, real_seed: Path) -> None:
    made = []
    for place, order in (("one", ("alpha", "beta", "gamma")), ("other", ("gamma", "beta", "alpha"))):
        for article_id in order:
            seed = tmp_path / place / article_id
            seed.mkdir(parents=True)
            (seed / "article.txt").write_text(f"It is {article_id}.", "utf-8")
            (seed / "facts.yaml").write_text(MINIMAL.format(id=article_id), "utf-8")
        build(tmp_path / place, tmp_path / place / "facts.db")
        made.append((tmp_path / place / "facts.db").read_bytes())
    assert made[0] == made[1]


MINIMAL = """\
article:
  name: "It is {id}."
  title: "It is {id}."
  language: en
  evidence: [{{quote: "It is {id}.", fields: [name, title, language]}}]
"""


def test_building_again_over_the_old_file_makes_the_same_bytes(old_dataset: Path, real_seed: Path) -> None:
    before = old_dataset.read_bytes()
    build(real_seed.parent, old_dataset)
    assert old_dataset.read_bytes() == before


NAMES = [
    "facts.db",
    "no suffix",
    "100%.db",
    "a[1].db",
    "a*.db",
    "question?.db",
    "#1;.db",
    "é📈.db",
    ".hidden",
    "a:b.db",
]


@pytest.mark.parametrize("name", NAMES)
def test_a_dataset_may_have_any_name(name: str, tmp_path: Path, real_seed: Path, dataset: Path) -> None:
    folder = tmp_path / "data" / name
    for _ in range(2):
        build(real_seed.parent, folder / name)
        verify(folder / name)
        assert (folder / name).read_bytes() == dataset.read_bytes()
        assert sorted(os.listdir(folder)) == sorted([name, manifest_path(Path(name)).name])
    assert os.listdir(tmp_path / "data") == [name]


@pytest.mark.parametrize("name", ["facts.db", "a[1].db"])
def test_what_a_killed_build_left_is_removed(name: str, tmp_path: Path, real_seed: Path) -> None:
    (tmp_path / f".{name}.abc.building").write_bytes(b"half")
    (tmp_path / f".{name}.manifest.json.abc.building").write_bytes(b"half")
    (tmp_path / f".{name}.changes.ndjson.abc.building").write_bytes(b"half")
    (tmp_path / "another.building").write_bytes(b"not ours")
    build(real_seed.parent, tmp_path / name)
    assert sorted(os.listdir(tmp_path)) == sorted([name, f"{name}.manifest.json", "another.building"])


# --------------------------------------------------------------------------------------------------------- killed


def test_a_build_killed_at_any_moment_leaves_a_whole_dataset(
    seed: Path, old_dataset: Path, tmp_path: Path, root: Path
) -> None:
    seeds = changed(seed)
    halves = [
        subprocess.Popen(
            [sys.executable, DRIVER, seeds, old_dataset, tmp_path / f"half-{half}", str(half), "2"],
            env=os.environ | {"PYTHONPATH": str(root)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for half in (0, 1)
    ]
    results = []
    for half in halves:
        out, err = half.communicate(timeout=120)
        assert half.returncode == 0, err.decode()
        results += [json.loads(line) for line in out.splitlines()]
    # What Python has cached since they were counted makes fewer moments, so that the last ones may not come.
    assert len([result for result in results if result["died"]]) >= 50
    for result in results:
        assert result["died"] or result["after"] == "new", result
        assert result["after"] in ("old", "new"), result
        assert result["next"], result
        assert result["found"] == ["facts.db", "facts.db.changes.ndjson", "facts.db.manifest.json"], result
        # A step that did not come about is not known of; the next build tells it once, be it anew.
        old, new = result["versions"]
        assert result["known"] == {"old": [old], "new": [new, old]}[result["after"]], result
        assert result["known_next"] == [new, old], result
    # Some moments lie before the exchange and some behind it.
    assert {result["after"] for result in results} == {"old", "new"}


def test_an_interrupted_build_leaves_nothing_behind(
    seed: Path, untouched: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        build(changed(seed), untouched)


# ------------------------------------------------------------------------------------------------------- disk full


def limit_file_size(size: int) -> Callable[[], None]:
    """What a full disk is like: nothing may be written beyond so many bytes of a file."""

    def prepare() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return prepare


SIZES = [0, 100, 512, 4096, 5000, 65_536, 200_000, 400_000]


@pytest.mark.parametrize("size", SIZES)
def test_a_full_disk_leaves_the_old_dataset_and_nothing_else(
    size: int, seed: Path, untouched: Path, root: Path
) -> None:
    assert size < untouched.stat().st_size
    done = subprocess.run(
        [sys.executable, "-m", "app", "build", "--seeds", changed(seed), "--database", untouched],
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit_file_size(size),
        capture_output=True,
        timeout=20,
        check=False,
    )
    err = done.stderr.decode()
    assert done.returncode == 2, err
    in_one_line(err, "facts.db")
    verify(untouched)


def test_a_full_disk_leaves_no_half_of_a_first_dataset(seed: Path, tmp_path: Path, root: Path) -> None:
    folder = tmp_path / "new"
    done = subprocess.run(
        [sys.executable, "-m", "app", "build", "--seeds", changed(seed), "--database", folder / "facts.db"],
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit_file_size(100_000),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2, done.stderr.decode()
    assert os.listdir(folder) == []


# ------------------------------------------------------------------------------------------- the call is wrong


def test_two_builds_at_once_are_one_too_many(seed: Path, untouched: Path, run: Run) -> None:
    descriptor = os.open(untouched.parent, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        code, out, err = run("build", "--seeds", changed(seed), "--database", untouched)
    finally:
        os.close(descriptor)
    assert (code, out) == (2, "")
    in_one_line(err, "another build")


def test_of_builds_at_once_one_wins_and_the_others_say_why(seed: Path, old_dataset: Path, root: Path) -> None:
    command = [sys.executable, "-m", "app", "build", "--seeds", str(changed(seed)), "--database", str(old_dataset)]
    environment = os.environ | {"PYTHONPATH": str(root)}
    builds = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    outcomes = [(item.communicate(timeout=30)[1], item.returncode) for item in builds]
    assert 0 in [code for _, code in outcomes]
    for err, code in outcomes:
        if code != 0:
            assert code == 2
            in_one_line(err, "another build")
    verify(old_dataset)
    assert sorted(os.listdir(old_dataset.parent)) == ["facts.db", "facts.db.changes.ndjson", "facts.db.manifest.json"]


@pytest.mark.parametrize("what", ["a device", "a link", "a link to nothing", "a text", "a database of others"])
def test_nothing_but_a_dataset_is_replaced(what: str, seed: Path, dataset: Path, tmp_path: Path, run: Run) -> None:
    file = tmp_path / "precious"
    if what == "a device":
        os.mkfifo(file)
    elif what == "a link":
        file.symlink_to(dataset)
    elif what == "a link to nothing":
        file.symlink_to(tmp_path / "nothing")
    elif what == "a text":
        file.write_text("precious", "utf-8")
    else:
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE precious (it)")
    before, kept = os.lstat(file), sorted(os.listdir(tmp_path))
    code, _, err = run("build", "--seeds", "seeds", "--database", file)
    assert code == 2
    in_one_line(err, "precious", "regular file" if what == "a device" else "link" if "link" in what else "no dataset")
    assert os.lstat(file)[:7] == before[:7]
    assert sorted(os.listdir(tmp_path)) == kept


def test_a_folder_is_no_database(seed: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "folder.db").mkdir()
    code, _, err = run("build", "--seeds", "seeds", "--database", tmp_path / "folder.db")
    assert code == 2
    in_one_line(err, "folder.db", "folder")
    assert os.listdir(tmp_path / "folder.db") == []


def test_a_manifest_that_is_a_folder_is_reported(seed: Path, tmp_path: Path, run: Run) -> None:
    folder = tmp_path / "data"
    manifest_path(folder / "facts.db").mkdir(parents=True)
    code, _, err = run("build", "--seeds", "seeds", "--database", folder / "facts.db")
    assert code == 2
    in_one_line(err, "facts.db.manifest.json")
    assert os.listdir(folder) == ["facts.db.manifest.json"]


@pytest.mark.parametrize("parent", ["file", "file/below"])
def test_a_file_is_no_folder_for_a_database(parent: str, seed: Path, tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("x")
    code, _, err = run("build", "--seeds", "seeds", "--database", tmp_path / parent / "facts.db")
    assert code == 2
    in_one_line(err, "facts.db")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_reported(seed: Path, untouched: Path, run: Run) -> None:
    untouched.parent.chmod(0o555)
    try:
        code, _, err = run("build", "--seeds", changed(seed), "--database", untouched)
    finally:
        untouched.parent.chmod(0o755)
    assert code == 2
    in_one_line(err, "facts.db")


def test_a_name_that_is_too_long_is_reported(seed: Path, tmp_path: Path, run: Run) -> None:
    code, _, err = run("build", "--seeds", "seeds", "--database", tmp_path / ("x" * 300))
    assert code == 2
    in_one_line(err)


# ------------------------------------------------------------------------------------------------ damaged datasets


def set_byte(database: Path, offset: int, count: int = 1) -> None:
    """Other bytes at an offset."""
    content = bytearray(database.read_bytes())
    for at in range(offset, offset + count):
        content[at] ^= 0xFF
    database.write_bytes(content)


def age(database: Path) -> None:
    """An older schema, in a file that agrees with its manifest."""
    with closing(sqlite3.connect(database)) as connection:
        table = connection.execute(
            "SELECT m.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE c.name = 'schema_revision'"
        ).fetchone()[0]
        connection.execute(f"UPDATE {table} SET schema_revision = '0000'")
        connection.commit()
    agree(database)


def other_database(database: Path) -> None:
    """A database of somebody else, in a file that agrees with its manifest."""
    database.unlink()
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("CREATE TABLE notes (text)")
    agree(database)


def no_database(database: Path) -> None:
    """A text, in a file that agrees with its manifest."""
    database.write_text("not a database at all\n" * 500)
    agree(database)


def empty_with_manifest(database: Path) -> None:
    database.write_bytes(b"")
    agree(database)


def agree(database: Path) -> None:
    from app.dataset_file import sha256_of

    manifest = json.loads(manifest_path(database).read_text())
    manifest["files"] = [{"name": database.name, "sha256": sha256_of(database)}]
    manifest_path(database).write_text(json.dumps(manifest))


def zero_page(database: Path) -> None:
    content = database.read_bytes()
    database.write_bytes(content[:8192] + bytes(4096) + content[12288:])


DAMAGES: dict[str, Callable[[Path], object]] = {
    "no manifest": lambda database: manifest_path(database).unlink(),
    "an empty manifest": lambda database: manifest_path(database).write_text(""),
    "a manifest that is no JSON": lambda database: manifest_path(database).write_text("{"),
    "a manifest that is a number": lambda database: manifest_path(database).write_text("7"),
    "a manifest that is a list": lambda database: manifest_path(database).write_text("[]"),
    "a manifest without files": lambda database: manifest_path(database).write_text('{"files": []}'),
    "a manifest of numbers": lambda database: manifest_path(database).write_text('{"files": [1]}'),
    "a manifest of lists": lambda database: manifest_path(database).write_text('{"files": [{"sha256": []}]}'),
    "a manifest that is not UTF-8": lambda database: manifest_path(database).write_bytes(b"\xff\xfe"),
    "a manifest nested 100,000 deep": lambda database: manifest_path(database).write_text("[" * 100_000),
    "an empty file": lambda database: database.write_bytes(b""),
    "a text": lambda database: database.write_text("facts\n"),
    "a byte too few": lambda database: os.truncate(database, database.stat().st_size - 1),
    "half of it": lambda database: os.truncate(database, database.stat().st_size // 2),
    "a page of zeros": zero_page,
    "the first byte flipped": lambda database: set_byte(database, 0),
    "a byte in the middle flipped": lambda database: set_byte(database, database.stat().st_size // 2),
    "the last byte flipped": lambda database: set_byte(database, database.stat().st_size - 1),
    "a byte too many": lambda database: database.write_bytes(database.read_bytes() + b"\0"),
    "the manifest of another": lambda database: manifest_path(database).write_text(
        json.dumps({"files": [{"name": database.name, "sha256": "0" * 64}]})
    ),
}
AGREEING: dict[str, Callable[[Path], object]] = {
    "an older schema": age,
    "a database of somebody else": other_database,
    "no database": no_database,
    "nothing": empty_with_manifest,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_dataset_is_not_verified(damage: Callable[[Path], object], old_dataset: Path) -> None:
    verify(old_dataset)
    damage(old_dataset)
    with pytest.raises(DatasetError) as error:
        verify(old_dataset)
    in_one_line(f"{error.value}\n", "facts.db", "build")


@pytest.mark.parametrize(
    "name",
    [
        *("no manifest", "an empty file", "a text", "half of it", "a page of zeros", "a byte in the middle flipped"),
        *("an older schema", "a database of somebody else", "no database", "nothing"),
    ],
)
def test_a_damaged_dataset_is_not_served(
    name: str, old_dataset: Path, run_process: Run, real_seed: Path, snapshot: Snapshot
) -> None:
    (DAMAGES | AGREEING)[name](old_dataset)
    before = snapshot(old_dataset.parent)
    code, out, err = run_process(
        "serve", "--seeds", real_seed.parent, "--database", old_dataset, "--port", "0", cwd=old_dataset.parent
    )
    assert (code, out) == (2, ""), err
    in_one_line(err, "facts.db", "build")
    assert snapshot(old_dataset.parent) == before


@pytest.mark.parametrize("damage", [DAMAGES["half of it"], DAMAGES["no manifest"], age, no_database])
def test_the_next_build_mends_a_damaged_dataset(
    damage: Callable[[Path], object], old_dataset: Path, dataset: Path, real_seed: Path
) -> None:
    damage(old_dataset)
    build(real_seed.parent, old_dataset)
    verify(old_dataset)
    assert old_dataset.read_bytes() == dataset.read_bytes()


def test_a_dataset_of_this_schema_is_verified(dataset: Path) -> None:
    verify(dataset)
    assert SCHEMA_REVISION


def test_serving_without_a_dataset_reports_what_is_wrong_with_the_seeds(
    seed: Path, tmp_path: Path, run_process: Run
) -> None:
    (seed / "facts.yaml").unlink()
    database = tmp_path / "data" / "facts.db"
    code, out, _ = run_process("serve", "--seeds", "seeds", "--database", database, "--port", "0")
    assert code == 1
    assert "missing-file" in out
    assert not database.exists()
