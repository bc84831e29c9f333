"""How a record is cited: a line for a footnote, and a link that opens the published page at the quoted words."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from urllib.parse import quote, urldefrag

from app.models import Article


class Described(NamedTuple):
    """What a citation says of an article, and its address where that is known."""

    words: str
    url: str | None


def described(article: Article) -> Described:
    """An article by what is known of it: nothing is said of what is not."""
    published = article.published.edtf if article.published else None
    words = ", ".join(filter(None, (article.title, article.publisher, article.credit, published, article.url)))
    return Described(words, article.url)


def cite(
    name: str, href: str, quotes: Sequence[tuple[str, str]], articles: Mapping[str, Described], version: str
) -> dict[str, str | None]:
    """The `Cite` of a record in a dataset of a version: from its quotes, each after its article's id."""
    named = "; ".join(
        articles[article_id].words for article_id in dict.fromkeys(article_id for article_id, _ in quotes)
    )
    text = f"“{name}”, in: {named}. Article facts, {href}, dataset {version}."
    return {"text": text, "href": href, "dataset": version, "url": _url(quotes, articles)}


def _url(quotes: Sequence[tuple[str, str]], articles: Mapping[str, Described]) -> str | None:
    """The first quote as a text fragment, where the address of its article is known."""
    for article_id, words in quotes:
        if address := articles[article_id].url:
            page, fragment = urldefrag(address)
            # A hyphen and a comma mean something in a text directive, so that they are encoded as well.
            return f"{page}#{fragment}:~:text={quote(words, safe='').replace('-', '%2D')}"
    return None
