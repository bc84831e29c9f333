"""Made-up corpora to measure on: any number of articles with their facts, which `check` finds nothing wrong with.

Nothing in them is true. The same seed gives the same bytes, and a smaller corpus is the beginning of a larger one:
article 17 of 20 is article 17 of 70,000. What articles share (people, parties, topics, talks) grows on the way.

    python -m tests.benchmarks.corpus --articles 70000 --seed 1 --output DIR
"""

import argparse
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.benchmarks.articles import Article, Correspondent
from tests.benchmarks.world import Shared, World

OnProgress = Callable[[int, int], None]
"""Is told how many articles of how many are done."""

POOLS_FILE = "corpus.json"
"""Stands beside the articles' folders: what `Corpus` tells, for whoever did not make the corpus."""
WORD = re.compile(r"[^\W\d_]+")
COUNTED = 8
"""The words of every so-manieth article are counted: enough to know which are frequent and which are rare."""


@dataclass
class Corpus:
    """What is in a corpus, and the values that a load generator can draw from: the most frequent first."""

    articles: int
    seed: int
    facts: dict[str, int]
    """How many records there are of each kind."""
    characters: int
    people: list[tuple[str, int]]
    """The ids of people, each with how many articles speak of them."""
    parties: list[tuple[str, int]]
    topics: list[tuple[str, int]]
    negotiations: list[tuple[str, int]]
    rounds: list[tuple[str, int]]
    statements: list[str] = field(repr=False)
    article_ids: list[str] = field(repr=False)
    words: list[tuple[str, int]] = field(repr=False)
    """The words of some of the texts in lower case, each with how often it stands there."""
    first_day: str
    last_day: str

    @property
    def total(self) -> int:
        """How many records there are."""
        return sum(self.facts.values())

    @classmethod
    def load(cls, folder: Path) -> "Corpus":
        """What `write_corpus` told about a folder."""
        given = json.loads((folder / POOLS_FILE).read_text("utf-8"))
        pools = ["people", "parties", "topics", "negotiations", "rounds", "words"]
        return cls(**given | {name: [(item, count) for item, count in given[name]] for name in pools})


def tell_nobody(done: int, total: int) -> None:
    """No progress is shown."""


def generate(world: World, articles: int) -> Iterator[Article]:
    """The articles, one after another, in a world that grows with them."""
    for number in range(1, articles + 1):
        yield Correspondent(world, number).write()


def survey(articles: int, seed: int = 1) -> Corpus:
    """What a corpus would hold, without writing it."""
    return _consumed(articles, seed, lambda article: None, tell_nobody)


def write_corpus(folder: Path, articles: int, seed: int = 1, on_progress: OnProgress = tell_nobody) -> Corpus:
    """Write a folder of seeds; the folder must not hold any yet."""
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty")

    def write(article: Article) -> None:
        path = f"{folder}/{article.id}"
        os.mkdir(path)
        for name, content in (("article.txt", article.text), ("facts.yaml", article.facts_file)):
            with open(f"{path}/{name}", "wb") as stream:
                stream.write(content.encode())

    corpus = _consumed(articles, seed, write, on_progress)
    (folder / POOLS_FILE).write_text(json.dumps(asdict(corpus), ensure_ascii=False) + "\n", "utf-8")
    return corpus


def _consumed(articles: int, seed: int, write: Callable[[Article], None], on_progress: OnProgress) -> Corpus:
    facts, words, days = Counter[str](), Counter[str](), list[str]()
    statements, ids, characters, world = list[str](), list[str](), 0, World(seed)
    for done, article in enumerate(generate(world, articles), 1):
        write(article)
        facts.update(article.facts)
        statements += article.statements
        ids.append(article.id)
        characters += len(article.text)
        if article.published:
            days.append(article.published)
        if done % COUNTED == 1:
            words.update(WORD.findall(article.text.lower()))
        on_progress(done, articles)
    return Corpus(
        articles=articles,
        seed=seed,
        facts=dict(facts),
        characters=characters,
        people=_by_mentions(world.people),
        parties=_by_mentions(world.parties),
        topics=_by_mentions(world.topics),
        negotiations=_by_mentions(world.negotiations),
        rounds=sorted(((it.id, it.mentions) for it in world.rounds), key=lambda it: -it[1]),
        statements=statements,
        article_ids=ids,
        words=words.most_common(),
        first_day=min(days, default=""),
        last_day=max(days, default=""),
    )


def _by_mentions(items: Sequence[Shared]) -> list[tuple[str, int]]:
    """What has come up, the most popular first."""
    return sorted(((it.id, it.mentions) for it in items if it.mentions), key=lambda it: -it[1])


def _progress_line() -> OnProgress:
    """A line on stderr that counts up."""
    started = shown = time.monotonic()

    def show(done: int, total: int) -> None:
        nonlocal shown
        now = time.monotonic()
        if done == total or now - shown > 0.2:
            shown = now
            end = "\n" if done == total else ""
            sys.stderr.write(f"\r{done:,} of {total:,} articles, {now - started:.1f} s{end}")
            sys.stderr.flush()

    return show


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.corpus", description="Write a made-up corpus.")
    parser.add_argument("--articles", type=int, default=1000, help="how many articles (default: 1000)")
    parser.add_argument("--seed", type=int, default=1, help="another seed gives another corpus (default: 1)")
    parser.add_argument("--output", type=Path, required=True, help="the folder of seeds to write; new or empty")
    given = parser.parse_args()
    try:
        corpus = write_corpus(given.output, given.articles, given.seed, _progress_line())
    except OSError as error:
        parser.exit(2, f"{parser.prog}: {error}\n")
    sys.stdout.write(f"{corpus.articles:,} articles with {corpus.total:,} facts in {given.output}\n")


if __name__ == "__main__":
    main()
