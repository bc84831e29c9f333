"""The parts of the harness that compute: no server, no clock."""

import json
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from xml.etree import ElementTree

import pytest

from tests.benchmarks import charts, goals, load, profile, report, servers
from tests.benchmarks.bare import Answer
from tests.benchmarks.conditions import Condition, Conditions, Template
from tests.benchmarks.datasets import Build, Dataset, Datasets, generator
from tests.benchmarks.goals import GOALS, Goal, Measured, Verdict, judged
from tests.benchmarks.load import Load
from tests.benchmarks.measure import NEXT, Series, joined
from tests.benchmarks.peers import OWN, PEERS, THIS
from tests.benchmarks.plan import FULL, QUICK
from tests.benchmarks.results import Latency, PeerResult, Results
from tests.benchmarks.servers import NotMeasuredError, Server

PRINTED = """Running 4s test @ http://127.0.0.1:8000/
  1 threads and 16 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     2.56ms    1.13ms  25.09ms   91.53%
    Req/Sec     6.35k   421.50     6.85k    85.00%
  Latency Distribution
     50%  812.00us
     75%    2.69ms
     90%    3.10ms
     99%    1.20s
  25280 requests in 4.00s, 1.38GB read
  Socket errors: connect 0, read 3, write 0, timeout 2
  Non-2xx or 3xx responses: 7
Requests/sec:   6319.42
Transfer/sec:    352.11MB
distinct: yes
"""


def test_what_wrk_prints_is_read() -> None:
    found = load.read(PRINTED, generator_cores=0.25)
    assert found == Load(6319.42, 0.812, 1200.0, 25280, 12, distinct=True, generator_cores=0.25)


def test_requests_of_a_cpu_second_need_a_cpu_second() -> None:
    assert Load(10, 1, 1, 30, 0, server_seconds=1.5).requests_per_cpu_second == 20
    assert Load(10, 1, 1, 30, 0).requests_per_cpu_second == 0


def test_repeated_requests_are_not_said_to_be_distinct() -> None:
    assert load.read(PRINTED.replace("distinct: yes\n", "")).distinct is None
    assert load.read(PRINTED.replace("distinct: yes", "distinct: no")).distinct is False


def test_a_load_that_measured_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="unable to connect"):
        load.read("unable to connect to 127.0.0.1:9 Connection refused\n")


# --------------------------------------------------------------------------------------------------------- conditions

FEW = Conditions(("us", "china"), tuple(f"2024-01-{day:02}" for day in range(1, 13)), ("2025-01-01", "2025-01-02"))
DAYS = tuple(f"20{year:02}-{month:02}-{day:02}" for year in range(6) for month in range(1, 13) for day in range(1, 29))
MANY = Conditions(("a", "b", "c", "d", "e", "f"), DAYS, DAYS[:-1])


def test_no_two_conditions_are_equal_and_none_is_left_out() -> None:
    found = {FEW.nth(number) for number in range(FEW.size)}
    assert len(found) == FEW.size == 2 * 12 * 2 * 2


def test_the_urls_of_many_conditions_differ_for_each_peer() -> None:
    for peer in PEERS:
        if peer.template is not None:
            assert len({peer.url(MANY.nth(number)) for number in range(5_000)}) == 5_000


def test_what_lua_computes_is_exact() -> None:
    assert MANY.size * MANY.step < 2**53


def test_a_url_says_all_of_a_condition() -> None:
    condition = Condition("us", "2024-01-05", "2025-02-06", descending=True)
    assert OWN.url(condition) == (
        "/v1/statements?party=us&said_on__gte=2024-01-05&said_on__lte=2025-02-06&sort=-said_on&limit=20"
    )


def test_a_script_holds_all_that_it_needs() -> None:
    script = FEW.script(Template("/x?p={party}&from={start}&to={end}&{order}", "up", "down"), first=40, count=20)
    assert '"/x?p={party}&from={start}&to={end}&{order}", 96, ' in script
    assert 'parties, starts, ends, orders = {"us","china"}' in script
    assert '{"up","down"}' in script
    assert f"{FEW.size}, {FEW.step}, 40, 20" in script
    assert "%%" not in script


# -------------------------------------------------------------------------------------------------------------- goals

AT_LEAST = Goal("a", "peers", "one against the other", 10, at_least=True)
AT_MOST = Goal("b", "latency", "latency at a million", 1.5, at_least=False, of_a_million=True)


@pytest.mark.parametrize(
    ("goal", "measured", "verdict"),
    [
        (AT_LEAST, Measured((9.0, 10.0, 30.0)), Verdict.HOLDS),
        (AT_LEAST, Measured((9.0, 9.9, 30.0)), Verdict.MISSED),
        (AT_LEAST, Measured(note="wrk is missing"), Verdict.OPEN),
        (AT_LEAST, Measured((30.0,), undecided=True), Verdict.OPEN),
        (AT_MOST, Measured((1.5,), facts=1_000_000), Verdict.HOLDS),
        (AT_MOST, Measured((1.6,), facts=1_000_000), Verdict.MISSED),
        (AT_MOST, Measured((float("inf"),), facts=1_000_000), Verdict.MISSED),
        (AT_MOST, Measured((1.1,), facts=28_000), Verdict.OPEN),
    ],
)
def test_a_goal_is_judged_by_the_median_of_the_rounds(goal: Goal, measured: Measured, verdict: Verdict) -> None:
    assert judged(goal, measured) is verdict


def test_ratios_are_those_of_the_same_round() -> None:
    assert goals.ratios([10, 30], [5, 10]) == (2, 3)


def test_a_row_tells_the_spread_and_why_nothing_is_said() -> None:
    assert report.goal_row(AT_LEAST, Measured((9.0, 12.0, 30.0), "on one core")) == (
        *("one against the other", "≥ 10", "12.00 (9.00 to 30.0)", "yes", "on one core"),
    )
    small = report.goal_row(AT_MOST, Measured((1.1,), facts=28_000))
    assert small[2:] == ("1.10", "not measured", "at 28,000 facts, not at a million")


def test_goals_have_names_of_their_own() -> None:
    assert len({goal.key for goal in GOALS}) == len({goal.what for goal in GOALS}) == len(GOALS)


# ------------------------------------------------------------------------------------------------------------- report


def results() -> Results:
    """Made-up results of all parts."""
    builds = (Build(2.0, 4.0, 10**8), Build(20.0, 40.0, 10**9))
    path = Path("facts.db")
    two = Series((1.0, 2.0), 10, 0), Series((2.0, 4.0), 10, 0)
    return Results(
        plan="quick",
        machine=[("processor", "abacus")],
        datasets={
            "one": Dataset("one", path, 1, 103, 13, 10**6, builds[0]),
            "medium": Dataset("medium", path, 300, 4_000, 1_200, 10**7, builds[0]),
            "large": Dataset("large", path, 3_000, 40_000, 12_000, 10**8, builds[1]),
        },
        peers=[
            PeerResult(THIS, "this", "1", loads={"repeated": [Load(900, 1, 2, 900, 0), Load(1_100, 1, 2, 1_100, 0)]}),
            PeerResult("other", "that | one", "2", loads={"repeated": [Load(500, 1, 2, 500, 3)]}),
            PeerResult("third", "them", missing="it is not installed"),
        ],
        latencies=[Latency("one record", *two, 2.0, two[0], 1.0)],
        workers=[("distinct", "1", 100.0, 1.0, 0.1), ("distinct", "2", 190.0, 1.9, 0.2)],
        profiles={"never repeats": {"SQLite": 0.75, "JSON": 0.25}, "search": {"SQLite": 1.0}},
        functions={"find": 1.0},
        build_parts={"reading": 0.6, "checking": 0.4},
        measured={"workers": Measured((1.9,))},
    )


def test_the_report_tells_goals_peers_and_what_is_missing() -> None:
    text = report.markdown(results(), QUICK, "make bench-quick", {"repeated": "quick/repeated.svg"})
    assert "| two workers, against one | ≥ 1.80 | 1.90 | yes |  |" in text
    assert "| other | 500 | 500 to 500 | 1.80 | 0 | 1.00 ms | 3 |" in text
    assert "| checking | 40.0 % |" in text
    assert "| third | missing | – | it is not installed |" in text
    assert "| other | 2 | – | that \\| one |" in text
    assert "(quick/repeated.svg)" in text
    assert "| SQLite | 75.0 % | 100.0 % |" in text


def test_the_tables_of_the_report_are_rectangular() -> None:
    text = report.markdown(results(), QUICK, "make bench-quick", {})
    for part in text.split("\n\n"):
        if part.startswith("|"):
            assert len({line.replace("\\|", "").count("|") for line in part.splitlines()}) == 1


def test_the_terminal_shows_what_was_asked_for() -> None:
    assert report.goals_text(results()) == "two workers, against one  ≥ 1.80  1.90  yes"


def test_charts_are_well_formed_and_described(tmp_path: Path) -> None:
    report.write(results(), QUICK, "make bench-quick", tmp_path / "quick.md")
    drawn = list(tmp_path.glob("quick/*.svg"))
    assert {file.stem for file in drawn} == {"repeated", "latency"}
    for file in drawn:
        assert f"](quick/{file.name})" in (tmp_path / "quick.md").read_text("utf-8")
        root = ElementTree.fromstring(file.read_text("utf-8"))
        assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]


@pytest.mark.parametrize(("values", "logarithmic"), [([3.0, 4_000.0], True), ([0.2, 7.1], False), ([10.0], True)])
def test_a_scale_holds_all_its_values(values: list[float], logarithmic: bool) -> None:
    scale = charts.Scale.over(values, logarithmic)
    assert all(0 <= scale.place(value) <= 1 for value in [*values, *scale.ticks])
    assert len(scale.ticks) > 1


# ------------------------------------------------------------------------------------------------------------- others


def test_stacks_are_counted_by_what_called_into_shared_code() -> None:
    serving = "run_until_complete (asyncio/base_events.py:1);find (/x/app/listing.py:9)"
    stacks = [
        f"{serving};dumps (/usr/lib/python3.11/json/__init__.py:1) 2",
        f"{serving};get_origin (/usr/lib/python3.11/typing.py:1) 1",
        f"{serving};do_execute (/x/site-packages/sqlalchemy/engine/default.py:1) 1",
        "load (<frozen importlib>:1) 50",
    ]
    assert profile.shares(stacks) == {"JSON": 0.5, "the application's own code": 0.25, "SQLite: running queries": 0.25}
    assert "do_execute (sqlalchemy/engine/default.py)" in profile.functions(stacks)


def test_a_server_is_at_rest_when_it_computes_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server, looks = Server("it", (), 0, tmp_path, tmp_path / "log", "/"), [0.5, 1.4, 2.0, 2.01]
    monkeypatch.setattr(Server, "cpu_seconds", lambda _: looks.pop(0))
    monkeypatch.setattr(servers, "time", SimpleNamespace(monotonic=time.monotonic, sleep=lambda _: None))
    server.settle()
    assert looks == []
    looks += [0.5, 1.4]
    with pytest.raises(NotMeasuredError, match="it did not come to rest in -1 s"):
        server.settle(-1)


def test_a_build_is_parted_by_what_its_stacks_belong_to_first() -> None:
    build, check = (
        "build (/x/app/seeding/build.py:9)",
        "_do (/x/app/seeding/crew.py:9);check (/x/app/seeding/check.py:9)",
    )
    stacks = [
        f"{build};{check};check_file (/x/app/seeding/check.py:9);BaseModel.model_validate (/y/pydantic/main.py:9) 3",
        f"{build};{check};check_file (/x/app/seeding/check.py:9);_words (/x/app/seeding/rules.py:9) 2",
        f"{build};load (/x/app/seeding/load.py:9);DefaultDialect.do_executemany (/y/default.py:9) 2",
        f"{build};load (/x/app/seeding/load.py:9);_cited (/x/app/seeding/load.py:9) 1",
        f"{build};_do (/x/app/seeding/crew.py:9);dumps (/y/multiprocessing/reduction.py:9) 1",
        f"{build} 1",
        "py-spy> a remark",
    ]
    assert profile.parts_of_a_build(stacks) == {
        "checking: values, by Pydantic and the models": 0.3,
        "checking: the rules": 0.2,
        "SQLite: writing, indexing, checking": 0.2,
        "rows: how each record is cited, and what its tables hold": 0.1,
        "between the processes": 0.1,
        "everything else": 0.1,
    }


def test_a_captured_answer_is_kept_without_what_the_server_writes(tmp_path: Path) -> None:
    file = tmp_path / "answer.json"
    Answer(200, [("Date", "today"), ("ETag", 'W/"1"'), ("Content-Length", "2")], b"{}").write(file)
    kept, by_server = Answer.read(file)
    assert kept == Answer(200, [("ETag", 'W/"1"'), ("Content-Length", "2")], b"{}")
    assert by_server == {"date_header": True, "server_header": False}


def test_the_next_page_is_found_at_the_end_of_an_answer() -> None:
    page = json.dumps({"total": 3, "next": "/v1/facts?cursor=a", "prev": None}, separators=(",", ":"))
    found = NEXT.search(f'{{"data":[],"page":{page}}}'.encode())
    assert found is not None
    assert found[1] == b"/v1/facts?cursor=a"
    assert NEXT.search(b'"page":{"next":null}').groups() == (None,)  # type: ignore[union-attr]


def test_series_of_several_rounds_are_one() -> None:
    whole = joined([Series((1.0, 3.0), 10, 0), Series((5.0,), 20, 1)])
    assert (whole.median, whole.refused) == (3.0, 1)


def test_a_dataset_belongs_to_all_modules_that_generate_it() -> None:
    assert {"corpus.py", "words.py"} <= {file.name for file in generator()}
    assert "steps.py" not in {file.name for file in generator()}


@pytest.mark.parametrize(
    ("least", "seconds", "articles"),
    [
        (0.0, 1_000.0, 70_000),  # there is time for all
        (0.0, 100.0, 8_000),
        (10.0, 100.0, 13_000),  # what any build takes is not counted for each article
        (0.0, 1.0, 3_600),  # it is never so small that nothing could be compared
    ],
)
def test_the_large_corpus_is_as_large_as_there_is_time_for(
    tmp_path: Path, least: float, seconds: float, articles: int
) -> None:
    datasets = Datasets(cast(Any, SimpleNamespace(work=tmp_path, application=tmp_path)), 1.0, fresh=False)
    datasets.generating["medium"] = 5.0
    medium = Dataset("medium", tmp_path / "facts.db", 1_800, 20_000, 7_000, 1, Build(20.0, 20.0, 1))
    # A corpus of 1,800 articles took 25 s: 12.5 ms for an article of a larger one.
    assert datasets.fitting("large", 70_000, medium, least, seconds) == articles
    (tmp_path / "large").mkdir()
    (tmp_path / "large" / "articles.made").write_text(f"{datasets._key(70_000)}\n100.0")
    assert datasets.fitting("large", 70_000, medium, least, seconds) == 70_000


def test_the_plans_keep_their_promise() -> None:
    assert QUICK.expected_seconds(loads=20, series=20) < 150
    assert FULL.expected_seconds(loads=20, series=20) < 15 * 60
