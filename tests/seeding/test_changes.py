"""The file of changes: it tells what a plain comparison tells, over any number of builds, and it never stops one."""

import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from app import changes
from app.changes import Difference, Document, History, write_step
from app.dataset_file import changes_path, manifest_path, sha256_of, verify
from app.references import Kind
from app.seeding.build import build
from tests.seeding.test_build import in_one_line, limit_file_size

Run = Callable[..., tuple[int, str, str]]
State = dict[str, dict[str, str]]
"""What the small seed says: by kind and id, the text that can be edited."""


# --------------------------------------------------------------------------------------------- a seed to be edited

SENTENCES = [f"Party {number} sent somebody." for number in range(12)]
HEADLINE = "Twelve parties meet"


def write_seed(folder: Path, state: State) -> None:
    """An article on twelve parties, with those records that the state has."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "article.txt").write_text("\n\n".join([HEADLINE, *SENTENCES]), "utf-8")
    article: dict[str, Any] = {
        "name": HEADLINE,
        "title": HEADLINE,
        "language": "en",
        "evidence": [rests(HEADLINE, "name", "title")],
    }
    article |= {"inferred": {"language": "It is written in English."}}
    parties = [
        {"id": key, "name": name, "evidence": [rests(f"Party {key[1:]} sent", "name")]}
        for key, name in state["parties"].items()
    ]
    notes = [
        {"id": f"on-{key}", "name": f"On {key}", "type": "ambiguity", "about": [f"parties/{key}"], "text": text}
        | {"evidence": [rests(f"Party {key[1:]} sent", "name", "type", "about", "text")]}
        for key, text in state["notes"].items() if key in state["parties"]
    ]  # fmt: skip
    left = [SENTENCES[number] for number in range(12) if f"p{number}" not in state["parties"]]
    excuses = [{"quote": sentence, "why": "It is left out here."} for sentence in left]
    facts: dict[str, Any] = {"article": article, "parties": parties, "notes": notes, "no_facts": excuses}
    # JSON is YAML.
    content = json.dumps({name: value for name, value in facts.items() if value}, ensure_ascii=False, indent=1)
    (folder / "facts.yaml").write_text(content, "utf-8")


def rests(quote: str, *fields: str) -> dict[str, Any]:
    return {"quote": quote, "fields": list(fields)}


def edit(state: State, dice: random.Random) -> None:
    """One to four things are said otherwise, no longer, or for the first time."""
    for _ in range(dice.randint(1, 4)):
        key = f"p{dice.randrange(12)}"
        kind = dice.choice(["parties", "notes"])
        if key in state[kind] and dice.random() < 0.4:
            del state[kind][key]
        else:
            state[kind][key] = f"{kind.title()} {dice.choice(['one', 'two', 'drei', 'quatre', '五'])}"


def documents(database: Path, served: str = "facts JOIN documents USING (key)") -> dict[str, Document]:
    """All records, without what holds the version."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(f"SELECT ref, document FROM {served} ORDER BY key").fetchall()
    return {ref: {k: v for k, v in json.loads(text).items() if k != "cite"} for ref, text in rows}


def version_of(database: Path) -> str:
    with closing(sqlite3.connect(database)) as connection:
        return str(connection.execute("SELECT version FROM dataset_info").fetchone()[0])


def compared(old: dict[str, Document], new: dict[str, Document]) -> dict[str, Any]:
    """What differs, by plain comparison."""
    places = {kind.value: place for place, kind in enumerate(Kind)}

    def ordered(refs: set[str]) -> list[str]:
        return sorted(refs, key=lambda ref: (places[ref.split("/")[0]], ref.split("/")[1]))

    both = {ref for ref in old.keys() & new.keys() if old[ref] != new[ref]}
    return {
        "added": ordered(new.keys() - old.keys()),
        "changed": [(ref, old[ref], new[ref]) for ref in ordered(both)],
        "removed": [(ref, old[ref]) for ref in ordered(old.keys() - new.keys())],
    }


def told(database: Path, since: str) -> dict[str, Any] | None:
    """What differs, by the file of changes."""
    history, found = History(changes_path(database)), documents(database)

    def current(refs: Sequence[str]) -> dict[str, str]:
        return {ref: json.dumps(found[ref]) for ref in refs if ref in found}

    all_changes = history.changes(since, version_of(database), current)
    if all_changes is None:
        return None
    added, changed, removed = (
        history.told(places, current) for places in (all_changes.added, all_changes.changed, all_changes.removed)
    )
    assert not [item for item in added if item.old is not None]
    assert not [item for item in removed if item.new is not None]
    return {
        "added": [f"{item.kind}/{item.id}" for item in added],
        "changed": [(f"{item.kind}/{item.id}", item.old, item.new) for item in changed],
        "removed": [(f"{item.kind}/{item.id}", item.old) for item in removed],
    }


def full_state() -> State:
    return {"parties": {f"p{n}": f"Party {n}" for n in range(9)}, "notes": {f"p{n}": f"Note {n}" for n in range(5)}}


# ------------------------------------------------------------------------------------------------- what is told


def test_two_hundred_builds_tell_what_a_plain_comparison_tells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MOST_STEPS", 30)
    dice, state, database = random.Random(20250610), full_state(), tmp_path / "facts.db"
    write_seed(tmp_path / "seeds" / "twelve", state)
    build(tmp_path / "seeds", database)
    assert not changes_path(database).exists()
    past = {version_of(database): documents(database)}
    order = [version_of(database)]
    for _ in range(200):
        edit(state, dice)
        write_seed(tmp_path / "seeds" / "twelve", state)
        build(tmp_path / "seeds", database)
        present = version_of(database)
        if present != order[-1]:
            order.append(present)
        past[present] = documents(database)
        known = order[::-1][:31]
        assert History(changes_path(database)).versions(present) == known
        for since in {order[-2], known[-1], dice.choice(known)}:
            assert told(database, since) == compared(past[since], past[present])
    assert len(order) > 150
    assert told(database, order[0]) is None or order[0] in known


def test_the_real_seed_edited_tells_what_a_plain_comparison_tells(real_seed: Path, tmp_path: Path) -> None:
    database, seed = tmp_path / "facts.db", tmp_path / "seeds" / real_seed.name
    shutil.copytree(real_seed, seed)
    build(seed.parent, database)
    past, order = {version_of(database): documents(database)}, [version_of(database)]
    names = re.findall(r'^    name: "(.*)"$', (seed / "facts.yaml").read_text("utf-8"), re.MULTILINE)
    for name in random.Random(7).sample(sorted(set(names)), 8):
        facts = (seed / "facts.yaml").read_text("utf-8")
        (seed / "facts.yaml").write_text(
            facts.replace(f'    name: "{name}"', f'    name: "{name}, so called"'), "utf-8"
        )
        build(seed.parent, database)
        present = version_of(database)
        past[present] = documents(database)
        order.append(present)
        for since in order:
            found = told(database, since)
            assert found == compared(past[since], past[present])
        assert told(database, order[-2]) != told(database, present)


def test_what_changed_back_has_not_changed(tmp_path: Path) -> None:
    database, state = tmp_path / "facts.db", full_state()
    versions = []
    for name, note in (("Party 1", "a"), ("Another", "b"), ("Party 1", "c")):
        state["parties"]["p1"], state["notes"]["p1"] = name, note
        write_seed(tmp_path / "seeds" / "twelve", state)
        build(tmp_path / "seeds", database)
        versions.append(version_of(database))
    found = told(database, versions[0])
    assert found
    assert [ref for ref, *_ in found["changed"]] == ["notes/on-p1"]


def test_a_version_that_comes_back_is_where_one_is(tmp_path: Path) -> None:
    database = tmp_path / "facts.db"
    past = {}
    for name in ("a", "b", "a", "c"):
        write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": name}, "notes": {}})
        build(tmp_path / "seeds", database)
        past[name] = version_of(database), documents(database)
    assert History(changes_path(database)).versions(past["c"][0]) == [past[name][0] for name in "caba"]
    for name in "abc":
        assert told(database, past[name][0]) == compared(past[name][1], past["c"][1])


def test_seeds_that_say_the_same_otherwise_are_a_step_without_changes(seed: Path, old_dataset: Path) -> None:
    before = version_of(old_dataset)
    facts = seed / "facts.yaml"
    facts.write_text(facts.read_text("utf-8") + "\n# A remark.\n", "utf-8")
    build(seed.parent, old_dataset)
    assert version_of(old_dataset) != before
    assert told(old_dataset, before) == {"added": [], "changed": [], "removed": []}


# ---------------------------------------------------------------------------- what there is nothing to tell about


def test_the_same_seeds_make_no_step(old_dataset: Path, real_seed: Path) -> None:
    build(real_seed.parent, old_dataset)
    assert not changes_path(old_dataset).exists()


def set_schema(database: Path) -> None:
    """An older schema, in which the records stand all the same."""
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE dataset_info SET schema_revision = '0001', version = 'ffffffffffffffff'")
        connection.execute("ALTER TABLE facts ADD COLUMN document VARCHAR")
        served = "SELECT json_remove(document, '$.sources') FROM documents WHERE documents.key = facts.key"
        connection.execute(f"UPDATE facts SET document = ({served})")
        connection.execute("DELETE FROM facts WHERE kind = 'notes'")
        connection.execute("DROP TABLE documents")
        connection.execute("DROP TABLE summaries")
        connection.commit()
    agree(database)


def agree(database: Path) -> None:
    content = {"files": [{"name": database.name, "sha256": sha256_of(database)}]}
    manifest_path(database).write_text(json.dumps(content))


def test_an_older_schema_is_compared_by_its_records(old_dataset: Path, real_seed: Path) -> None:
    set_schema(old_dataset)
    before = documents(old_dataset, "facts")
    build(real_seed.parent, old_dataset)
    found = told(old_dataset, "f" * 16)
    assert found == compared(before, documents(old_dataset))
    assert found["added"]
    assert found["changed"]
    assert not found["removed"]


def spoil_table(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE dataset_info SET version = 'ffffffffffffffff'")
        connection.execute("UPDATE documents SET document = 'no JSON' WHERE key = 30")
        connection.commit()
    agree(database)


def write_other(database: Path) -> None:
    database.write_text("not a database\n" * 500)
    agree(database)


def rename_version(database: Path) -> None:
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("UPDATE dataset_info SET version = '\"; DROP TABLE'")
        connection.commit()
    agree(database)


@pytest.mark.parametrize(
    "damage",
    [
        lambda database: database.write_bytes(database.read_bytes()[:-1]),
        lambda database: manifest_path(database).unlink(),
        spoil_table,
        write_other,
        rename_version,
    ],
)
def test_an_old_file_that_is_not_whole_is_not_compared(
    damage: Callable[[Path], object], old_dataset: Path, real_seed: Path, dataset: Path
) -> None:
    damage(old_dataset)
    build(real_seed.parent, old_dataset)
    verify(old_dataset)
    assert sorted(os.listdir(old_dataset.parent)) == ["facts.db", "facts.db.manifest.json"]


# ------------------------------------------------------------------------------------------- what happens to the file


@pytest.fixture
def after_two(tmp_path: Path) -> tuple[Path, list[str]]:
    """A dataset that was built three times, and its versions."""
    database, versions = tmp_path / "data" / "facts.db", []
    for name in ("one", "two", "three"):
        write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": name}, "notes": {}})
        build(tmp_path / "seeds", database)
        versions.append(version_of(database))
    return database, versions


def cut(content: bytes, at: int) -> bytes:
    return content[:at]


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda content: b"",
    "a text": lambda content: b"changes\n",
    "bytes": lambda content: bytes(range(256)) * 100,
    "half of it": lambda content: content[: len(content) // 2],
    "without its last line": lambda content: content[: content[:-1].rindex(b"\n") + 1],
    "a byte flipped": lambda content: content.replace(b"two", b"twO"),
    "a line too few": lambda content: b"".join(content.splitlines(keepends=True)[1:]),
    "brackets": lambda content: b"[" * 100_000,
    "a seal that is a number": lambda content: b'{"sha256":7}\n',
    "a seal of nothing": lambda content: b'{"sha256":{}}\n',
    "a line of something else": lambda content: b"{}\n" + content,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_of_a_damaged_file_nothing_is_known_and_the_next_build_begins_anew(
    damage: Callable[[bytes], bytes], after_two: tuple[Path, list[str]], tmp_path: Path
) -> None:
    database, versions = after_two
    file = changes_path(database)
    file.write_bytes(damage(file.read_bytes()))
    assert History(file).versions(versions[-1]) == [versions[-1]]
    write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": "four"}, "notes": {}})
    build(tmp_path / "seeds", database)
    assert History(file).versions(version_of(database)) == [version_of(database), versions[-1]]
    assert sorted(os.listdir(database.parent)) == ["facts.db", "facts.db.changes.ndjson", "facts.db.manifest.json"]


def test_of_a_file_that_is_cut_off_while_it_is_read_nothing_is_known(after_two: tuple[Path, list[str]]) -> None:
    database, (one, _, three) = after_two
    history = History(changes_path(database))
    assert len(history.versions(three)) == 3
    os.truncate(changes_path(database), 70)
    assert history.changes(one, three, lambda refs: {}) is None
    assert history.versions(three) == [three]


def test_a_step_that_did_not_come_about_is_forgotten(after_two: tuple[Path, list[str]], tmp_path: Path) -> None:
    database, (one, two, three) = after_two
    stream = BytesIO()
    assert write_step(stream, three, "0" * 16, [("parties", "p1", None)], History(changes_path(database)))
    changes_path(database).write_bytes(stream.getvalue())
    assert History(changes_path(database)).versions(three) == [three, two, one]
    write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": "four"}, "notes": {}})
    build(tmp_path / "seeds", database)
    assert History(changes_path(database)).versions(version_of(database)) == [version_of(database), three, two, one]


def test_a_file_of_changes_that_is_a_folder_is_reported(
    after_two: tuple[Path, list[str]], tmp_path: Path, run: Run
) -> None:
    database, versions = after_two
    changes_path(database).unlink()
    changes_path(database).mkdir()
    before = database.read_bytes()
    assert History(changes_path(database)).versions(versions[-1]) == [versions[-1]]
    write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": "four"}, "notes": {}})
    code, _, err = run("build", "--seeds", tmp_path / "seeds", "--database", database)
    assert code == 2
    in_one_line(err, "facts.db.changes.ndjson")
    assert database.read_bytes() == before
    verify(database)


def lines_of(count: int) -> list[Difference]:
    return [("parties", f"p{number:05}", json.dumps({"name": "x" * 100})) for number in range(count)]


def test_the_oldest_steps_make_room(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "changes"
    monkeypatch.setattr(changes, "MOST_BYTES", 10_000)
    for number in range(10):
        stream = BytesIO()
        assert write_step(stream, f"{number:016}", f"{number + 1:016}", lines_of(20), History(file))
        file.write_bytes(stream.getvalue())
        assert file.stat().st_size < 10_100
        kept = History(file).versions(f"{number + 1:016}")
        assert len(kept) == min(number + 2, 4)
    assert not write_step(BytesIO(), "a" * 16, "b" * 16, lines_of(100), History(file))


def test_a_disk_too_full_for_the_changes_leaves_the_old_dataset(
    after_two: tuple[Path, list[str]], tmp_path: Path, root: Path
) -> None:
    database, (*_, three) = after_two
    stream = BytesIO()
    assert write_step(stream, "0" * 16, three, lines_of(20_000), History(changes_path(database)))
    changes_path(database).write_bytes(stream.getvalue())
    limit = database.stat().st_size + 500_000
    assert limit < len(stream.getvalue())
    before = {file.name: file.read_bytes() for file in database.parent.iterdir()}
    write_seed(tmp_path / "seeds" / "twelve", {"parties": {"p1": "four"}, "notes": {}})
    done = subprocess.run(
        [sys.executable, "-m", "app", "build", "--seeds", tmp_path / "seeds", "--database", database],
        env=os.environ | {"PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limit_file_size(limit),
        capture_output=True,
        timeout=20,
        check=False,
    )
    assert done.returncode == 2, done.stderr.decode()
    in_one_line(done.stderr.decode(), "facts.db")
    assert {file.name: file.read_bytes() for file in database.parent.iterdir()} == before


def test_a_build_says_how_far_it_has_come(seed: Path, old_dataset: Path) -> None:
    said: list[tuple[str, int, int]] = []
    build(seed.parent, old_dataset, on_progress=lambda *progress: said.append(progress))
    phases = list(dict.fromkeys(phase for phase, *_ in said))
    assert phases[-1] == "writing"
    for phase in phases:
        done = [count for name, count, _ in said if name == phase]
        assert done == sorted(done)
        assert done[-1] == next(total for name, _, total in reversed(said) if name == phase)
