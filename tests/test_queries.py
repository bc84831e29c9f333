"""What the API says of the first article: a table of queries and the ids that they find."""

from collections.abc import Callable

import httpx
import pytest

Api = Callable[..., httpx.Response]

QUERIES = {
    "statements?speaker=howard-lutnick": (
        "lutnick-all-day lutnick-progressing-smoothly lutnick-progressing-well lutnick-rare-earths-crucial"
    ),
    "statements?speaker=howard-lutnick&mode=direct": "lutnick-all-day lutnick-progressing-well",
    "statements?mode=mixed": "hassett-not-include-nvidia",
    "statements?is_conditional=true": "hassett-could-lift hassett-once-agreement",
    "statements?party=china": "",
    "statements?said_on__gte=2025-06-10": "lutnick-all-day lutnick-progressing-smoothly lutnick-progressing-well",
    "statements?said_on=2025-06-09": "hassett-could-lift trump-difficulty trump-progressing-well",
    "statements?said_on__isnull=true&speaker=howard-lutnick": "lutnick-rare-earths-crucial",
    "statements?topic=magnets": "hassett-could-lift",
    "statements?audience=REPORTERS": "lutnick-all-day lutnick-progressing-well",
    "people?party=china": "he-lifeng li-chenggang wang-wentao xi-jinping",
    "people?party__isnull=true": "lighthizer",
    "people?alias=hassett": "kevin-hassett",
    "people?name=l%C3%AFghthizer": "lighthizer",
    "people?office=us%20president": "trump",
    "delegates?attended=false": "howard-lutnick-geneva",
    "delegates?round=london&is_lead=true": (
        "he-lifeng-london howard-lutnick-london jamieson-greer-london scott-bessent-london"
    ),
    "delegates?is_lead__isnull=true&party=china": "li-chenggang-london wang-wentao-london",
    "rounds?started=2025-05": "geneva",
    "rounds?started__gt=2025-05": "london",
    "rounds?started__gte=2025-05-15": "geneva london",
    "rounds?started__gte=2025-05-15&date_match=certain": "london",
    "rounds?number__lt=2": "geneva",
    "rounds?city=london,geneva": "geneva london",
    "rounds?city__ne=London": "geneva",
    "rounds?country__isnull=true": "geneva london",
    "rounds?topic=rare-earths": "london",
    "policy-measures?status=proposed": (
        "china-release-rare-earths us-lift-recent-export-controls us-relax-latest-export-controls"
    ),
    "policy-measures?in_response_to=china-rare-earth-export-restrictions": "us-export-controls-on-china",
    "policy-measures?goods=chips": "us-export-controls-on-china",
    "policy-measures?imposed_by__ne=us": "china-rare-earth-export-restrictions china-release-rare-earths",
    "policy-measures?imposed_by__isnull=true": "nvidia-chip-sales-ban tariffs",
    "statements?negotiation__ne=us-china-trade-talks": "",
    "positions?topic=semiconductors": "china-relaxed-semiconductor-controls",
    "indicators?period=2025-06-01&date_match=possible": "tariff-impact-on-job-market tariff-impact-on-us-inflation",
    "notes?about=events/trump-xi-call": "last-week-days year-not-stated",
    "policy-measures?effect__isnull=true": "geneva-tariff-agreement tariffs",
    "policy-measures?proposed_in=hassett-once-agreement": "china-release-rare-earths us-relax-latest-export-controls",
    "positions?party=china": "china-reach-agreement china-relaxed-semiconductor-controls",
    "indicators?amount__gte=30": "chinese-exports-to-us",
    "indicators?amount=34.5": "chinese-exports-to-us",
    "indicators?direction=up": "pressure-on-us-dollar",
    "events?when=2025-06-05": "second-round-scheduled trump-xi-call",
    "events?when=2025-06-05&date_match=certain": "",
    "events?when__lt=2025-06-09&date_match=certain": "trump-xi-call",
    "events?participant=xi-jinping": "trump-xi-call",
    "notes?type=discrepancy": "headline-names-lighthizer over-6-hours-or-all-day",
    "notes?about=people/lighthizer": "headline-names-lighthizer",
    "facts?kind=negotiations,parties": "china us us-china-trade-talks",
    "facts?when__lt=2025-06&kind=rounds": "geneva",
    "articles?text=served": "us-china-london-2025-06-10",
    "articles?text=withheld": "",
    "statements?article=us-china-london-2025-06-10&speaker=trump": (
        "trump-difficulty trump-on-us-export-controls trump-open-up-china trump-progressing-well trump-team-would-call"
    ),
    "statements?q=%22rare%20earths%22&speaker=kevin-hassett&sort=id": "hassett-could-lift hassett-once-agreement",
    "people?q=hassett": "kevin-hassett",
    "people?sources__gte=2": "",
    "people?disputed=true": "",
    "topics?id__ne=tariffs,agreement&limit=2&sort=name": "export-controls magnets",
    "rounds?city=%25": "",
    "rounds?city=Lond_n": "",
}


@pytest.mark.parametrize("query", QUERIES)
def test_query_finds(api: Api, query: str) -> None:
    answer = api(f"/v1/{query}")
    assert answer.status_code == 200, answer.text
    assert [item["id"] for item in answer.json()["data"]] == QUERIES[query].split()


def test_the_london_round_as_the_article_tells_it(api: Api) -> None:
    data = api("/v1/rounds/london").json()["data"]
    monday, tuesday = data["sessions"]
    assert monday["duration"] == {"value": 6, "unit": "hour", "comparator": "more_than", "stated": "over 6 hours"}
    assert (monday["starts"], monday["ends"]["utc"]) == (None, "2025-06-09T19:00:00Z")
    assert (monday["ends"]["approximate"], tuesday["starts"]["approximate"]) == (True, False)
    assert tuesday["starts"]["utc"] == "2025-06-10T09:00:00Z"
    assert (data["country"], data["ended"], data["outcome"]) == (None, None, None)


def test_an_offer_says_where_it_was_made_on_which_condition_and_what_it_leaves_out(api: Api) -> None:
    answer = api("/v1/policy-measures/us-relax-latest-export-controls?include=proposed_in").json()
    assert answer["data"]["condition"] == "once an agreement is reached in London"
    assert answer["data"]["excludes"] == ["very high-end Nvidia products"]
    (statement,) = answer["included"]["statements"]
    assert (statement["speaker"]["id"], statement["is_conditional"]) == ("kevin-hassett", True)


def test_last_week_is_seven_days(api: Api) -> None:
    assert api("/v1/events/trump-xi-call").json()["data"]["when"] == {
        "edtf": "2025-06-02/2025-06-08",
        "earliest": "2025-06-02",
        "latest": "2025-06-08",
        "precision": "interval",
        "stated": "last week",
    }


def test_the_index_counts_what_the_lists_hold(api: Api) -> None:
    for entry in api("/v1").json()["resources"]:
        assert api(entry["href"]).json()["page"]["total"] == entry["records"]


def test_health_and_readiness(api: Api) -> None:
    assert api("/healthz").json() == {"status": "ok"}
    assert api("/readyz").json() == {"status": "ready", "dataset": api("/v1").json()["dataset"], "detail": None}
