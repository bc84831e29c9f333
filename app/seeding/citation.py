"""How a record is cited: a line for a footnote, and a link that opens the published page at the quoted words."""

from collections.abc import Mapping
from urllib.parse import quote, urldefrag

from app.models import Article, Record
from app.values import Cite


def cite(record: Record, articles: Mapping[str, Article], version: str) -> Cite:
    """The citation of a record in a dataset of a version; `articles` are all articles by id."""
    used = list(dict.fromkeys(item.article.id for item in record.evidence))
    named = "; ".join(_described(articles[article_id]) for article_id in used)
    text = f"“{record.name}”, in: {named}. Article facts, {record.href}, dataset {version}."
    return Cite(text=text, href=record.href, dataset=version, url=_url(record, articles))


def _described(article: Article) -> str:
    """An article by what is known of it: nothing is said of what is not."""
    published = article.published.edtf if article.published else None
    return ", ".join(filter(None, (article.title, article.publisher, article.credit, published, article.url)))


def _url(record: Record, articles: Mapping[str, Article]) -> str | None:
    """The first quote as a text fragment, where the address of its article is known."""
    for item in record.evidence:
        if address := articles[item.article.id].url:
            page, fragment = urldefrag(address)
            # A hyphen and a comma mean something in a text directive, so that they are encoded as well.
            words = quote(item.quote, safe="").replace("-", "%2D")
            return f"{page}#{fragment}:~:text={words}"
    return None
