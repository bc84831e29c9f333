"""The JSON Schema of facts.yaml: it accepts what `check` accepts, refuses what a file alone shows to be wrong."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from app.models import RESOURCES
from app.references import Kind
from app.seeding.build import check
from app.seeding.problems import Report
from app.seeding.read import read_seeds
from app.seeding.scaffold import SCHEMA_LINE
from app.seeding.schema import schema, schema_text
from app.written import Plain
from tests.authoring.conftest import BERGEN, Run
from tests.conftest import ROOT, SEEDS

FILE = SEEDS / "facts.schema.json"
VALIDATOR = Draft202012Validator(schema())
FACTS = """\
article:
  name: Mackerel talks resume in Bergen
  title: Mackerel talks resume in Bergen
  language: en
  published: {edtf: 2026-03-03, stated: 3 March 2026}
  evidence:
    - quote: Mackerel talks resume in Bergen
      fields: [name, title]
    - quote: BERGEN, 3 March 2026.
      fields: [published]
  inferred:
    language: It is written in English.
    published: The day of the dateline is taken for the day of publication.

parties:
  - id: norway
    name: Norway
    evidence:
      - quote: Norway and Iceland resumed their mackerel talks.
        fields: [name]

people:
  - id: kari-nes
    name: Kari Nes
    party: norway
    aliases: [Nes]
    evidence:
      - quote: Kari Nes of Norway
        fields: [name, party, aliases]

topics: []

negotiations:

indicators:
  - id: "2026"
    name: Rain
    metric: rain
    amount: {value: null, comparator: none, stated: Rain}
    direction: null
    period: {edtf: 2026}
    evidence: [{quote: Rain is expected tomorrow., fields: [name, metric, amount]}]
    inferred: {period: The dateline prints it.}

statements:
  - id: nes-close
    name: "Kari Nes: we are close"
    speaker: kari-nes
    party: norway
    said_on: {edtf: 2026-03-03, stated: on Tuesday}
    mode: direct
    text: We are close,
    is_conditional: false
    evidence:
      - quote: “We are close,” Kari Nes of Norway said on Tuesday.
        fields: [name, speaker, said_on, mode, text, is_conditional]
      - quote: Norway
        occurrence: 2
        fields: [party]
    inferred:
      said_on: The dateline is 3 March 2026, and that was a Tuesday.

notes:
  - id: rain
    name: No rain
    type: not_stated
    about: [statements/nes-close, articles/bergen]
    text: Nothing is said of fish.
    evidence: [{quote: Rain, fields: [name, type, about, text]}]
"""
ADDITIONS = """
corroborates:
  - record: people/howard-lutnick
    aliases: [Kari]
    evidence: [{quote: Kari Nes, fields: [name, aliases]}]
    inferred: {office: It follows.}
  - record: parties/us
    evidence: [{quote: Norway, occurrence: 2, fields: [name]}]
disputes:
  - record: rounds/london
    field: started
    value: {edtf: 2026-03-03, stated: on Tuesday}
    evidence: [{quote: on Tuesday, fields: [started]}]
    inferred: {started: It follows.}
  - record: rounds/london
    field: number
    value: 3
    evidence: [{quote: on Tuesday, fields: [number]}]
  - record: statements/trump-difficulty
    field: topics
    value: [rare-earths]
    evidence: [{quote: on Tuesday, fields: [topics]}]
no_facts:
  - quote: Rain is expected tomorrow.
    why: It is about the weather.
"""
WITHHELD = "  text: withheld\n  withheld_because: The publisher keeps its rights.\n"
ACCEPTED = {
    "all of it": FACTS + ADDITIONS,
    "a text that is withheld": FACTS.replace("  language: en\n", f"  language: en\n{WITHHELD}"),
    "a text that is served": FACTS.replace("  language: en\n", "  language: en\n  text: served\n"),
    "nothing but the article": FACTS.split("\nparties:")[0],
    "lists that are empty": FACTS.split("\nparties:")[0] + "\nno_facts:\ndisputes: []\ncorroborates:\n",
}


def typed(tree: Any) -> Any:
    """The tree as an editor's YAML reader has it: plain scalars typed by the core schema of YAML 1.2."""
    if isinstance(tree, dict):
        return {key: typed(value) for key, value in tree.items()}
    if isinstance(tree, list):
        return [typed(item) for item in tree]
    if not isinstance(tree, Plain):
        return tree
    if tree.lower() in ("true", "false") and tree in (tree.lower(), tree.upper(), tree.title()):
        return tree.lower() == "true"
    if re.fullmatch(r"[-+]?[0-9]+", tree):
        return int(tree)
    return float(tree) if re.fullmatch(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", tree) else str(tree)


def trees(seeds: Path) -> list[dict[str, Any]]:
    report = Report()
    found = [typed(source.facts) for source in read_seeds(seeds, report)]
    assert not len(report), [*map(str, report)]
    return found


def errors(facts: str, place: Path) -> list[str]:
    """What an editor would mark in a facts file."""
    folder = place / "seeds" / "bergen"
    folder.mkdir(parents=True)
    (folder / "article.txt").write_text(BERGEN, "utf-8")
    (folder / "facts.yaml").write_text(facts, "utf-8")
    (tree,) = trees(place / "seeds")
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(tree)]


def test_the_committed_file_is_what_the_models_say() -> None:
    assert FILE.read_text("utf-8") == schema_text(), "run: article-facts schema --output seeds/facts.schema.json"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    described = [path for path, shape in properties(schema(), "") if "description" not in shape]
    assert [path for path in described if not re.search(r"/(inferred|then|if|else)/|^/article$", path)] == []


def properties(shape: Any, path: str) -> list[tuple[str, dict[str, Any]]]:
    found = []
    for key, value in shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ():
        if key == "properties" and isinstance(value, dict):
            found += [(f"{path}/{name}", item) for name, item in value.items()]
        found += properties(value, path if key == "properties" else f"{path}/{key}")
    return found


def test_every_kind_and_every_field_that_can_be_written_is_in_it() -> None:
    document = schema()
    lists = {"article", *(kind for kind in Kind if kind is not Kind.ARTICLES), "no_facts", "corroborates", "disputes"}
    assert set(document["properties"]) == lists
    statement = document["$defs"]["statements"]
    assert set(statement["properties"]) == set(RESOURCES[Kind.STATEMENTS].record.model_fields) - {
        *("kind", "href", "sources", "disputed", "disputed_by", "cite")
    }
    assert statement["required"] == ["id", "name", "evidence", "speaker", "mode", "text", "is_conditional"]
    assert statement["properties"]["mode"]["enum"] == ["direct", "indirect", "mixed"]
    assert set(statement["properties"]["inferred"]["properties"]) >= {"said_on", "speaker", "text"}
    assert "id" not in document["$defs"]["articles"]["properties"]


def test_the_committed_seeds_are_valid_and_name_the_schema() -> None:
    for tree in trees(SEEDS):
        assert [error.message for error in VALIDATOR.iter_errors(tree)] == []
    for file in SEEDS.glob("*/facts.yaml"):
        assert file.read_text("utf-8").startswith(f"{SCHEMA_LINE}\n")
        assert (file.parent / SCHEMA_LINE.partition("$schema=")[2]).resolve() == FILE


def test_the_article_of_the_readme_is_valid(tmp_path: Path) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    (facts,) = (text for text in re.findall(r"```yaml\n(.*?)```", readme, re.DOTALL) if "\narticle:" in f"\n{text}")
    assert errors(facts, tmp_path) == []


@pytest.mark.parametrize("facts", ACCEPTED.values(), ids=ACCEPTED)
def test_what_is_in_order_is_valid(facts: str, tmp_path: Path) -> None:
    assert errors(facts, tmp_path) == []
    # `check` finds no fault with the file's form either, only with what it refers to and rests on.
    rules = {problem.rule for problem in check(tmp_path / "seeds")}
    form = {"wrong-shape", "unknown-field", "missing-field", "bad-value", "bad-id", "bad-date", "ambiguous-scalar"}
    assert rules & form == set()


SPOILED = [
    ("\nparties:", "\npartys:"),
    ("article:\n", "article:\n  id: bergen\n"),
    ("  language: en\n", ""),
    ("language: en", "language: English"),
    ("  language: en\n", "  language: en\n  characters: 5\n"),
    ("  language: en\n", "  language: en\n  text: withheld\n"),
    ("  language: en\n", "  language: en\n  withheld_because: For no reason.\n"),
    ("  language: en\n", "  language: en\n  text: secret\n"),
    ("{edtf: 2026-03-03, stated: 3 March 2026}", "3 March 2026"),
    ("{edtf: 2026-03-03, stated: 3 March 2026}", "{stated: 3 March 2026}"),
    ("{edtf: 2026-03-03, stated: 3 March 2026}", "{edtf: 2026-03-03, precision: day}"),
    ("- id: norway\n    name: Norway\n", "- id: norway\n"),
    ("- id: norway\n    name: Norway\n", "- id: norway\n    name:\n"),
    ("- id: norway", "- id: Norway"),
    ("- id: norway", "- id: the-norway-"),
    ("party: norway\n    aliases", "party: [norway]\n    aliases"),
    ("party: norway\n    aliases", "party: parties/norway\n    aliases"),
    ("aliases: [Nes]", "aliases: Nes"),
    ("aliases: [Nes]", "aliases: [Nes, Nes]"),
    ("fields: [name, party, aliases]", "fields: [name, office, speaker]"),
    ("fields: [name, party, aliases]", "fields: []"),
    ("fields: [name, party, aliases]", "field: name"),
    ("mode: direct", "mode: verbatim"),
    ("is_conditional: false", "is_conditional: no"),
    ("is_conditional: false", 'is_conditional: "false"'),
    ("occurrence: 2\n", "occurrence: 0\n"),
    ("occurrence: 2\n", "occurrence: second\n"),
    ("        occurrence: 2\n", "        start: 5\n"),
    ("said_on: The dateline", "said: The dateline"),
    ("    inferred:\n      said_on: The", "    inferred: The"),
    ("about: [statements/nes-close,", "about: [nes-close,"),
    ("about: [statements/nes-close, articles/bergen]", "about: []"),
    ("amount: {value: null", "amount: {value: much"),
    ("comparator: none, ", ""),
    ("metric: rain", "metric: true"),
    ("metric: rain", "metric: 2026"),
    ("record: people/howard-lutnick", "record: howard-lutnick"),
    ("record: people/howard-lutnick", "record: persons/howard-lutnick"),
    ("aliases: [Kari]", "alias: Kari"),
    ("  - record: parties/us\n", "  - record: parties/us\n    aliases: [US]\n"),
    ("inferred: {office: It", "inferred: {speaker: It"),
    ("field: started", "field: begun"),
    ("field: started", "field: evidence"),
    ("    value: {edtf: 2026-03-03, stated: on Tuesday}\n", ""),
    ("value: {edtf: 2026-03-03, stated: on Tuesday}", "value: null"),
    ("value: {edtf: 2026-03-03, stated: on Tuesday}", "value: 2026-03-03"),
    ("value: 3\n", "value: three\n"),
    ("value: [rare-earths]", "value: rare-earths"),
    ("fields: [started]", "fields: [speaker]"),
    ("    why: It is about the weather.\n", ""),
]


@pytest.mark.parametrize(("old", "new"), SPOILED, ids=[f"{old.strip()} → {new.strip()}" for old, new in SPOILED])
def test_what_is_spoiled_is_not_valid_and_check_says_so_too(old: str, new: str, tmp_path: Path) -> None:
    facts = FACTS + ADDITIONS
    assert facts.count(old) == 1, facts.count(old)
    assert errors(facts.replace(old, new), tmp_path) != []
    before = tmp_path / "before"
    assert errors(facts, before) == []
    new_problems, old_problems = (
        {(problem.rule, problem.message) for problem in check(place / "seeds")} for place in (tmp_path, before)
    )
    assert new_problems - old_problems


def test_the_command_prints_it_or_writes_it(place: Path, run: Run) -> None:
    assert run("schema") == (0, schema_text(), "")
    assert run("schema", "--output", "schema.json") == (0, "", "")
    assert json.loads(Path("schema.json").read_text("utf-8")) == schema()
    assert run("schema", "--output", "none/schema.json").code == 2
    assert [file.name for file in place.iterdir()] == ["schema.json"]
