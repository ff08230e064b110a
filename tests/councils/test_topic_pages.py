"""The topics' pages, as staff and residents see them, and what they cost."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils.html import escape

from councils.actions.settling import topic_settle, topic_triage
from councils.actions.topics import household_codes_issue
from councils.codes import spelt
from councils.models import Council, Topic
from petitions.form_tokens import new_token
from petitions.models import Petition
from tests.councils.bodies import TEXT, make_topic
from tests.factories import NOW, Cast, make_petition
from tests.petitions.pages import MOST_QUERIES, client_of, queries_of, set_now, text_of


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    set_now(monkeypatch, NOW)


def test_what_waits_stands_first_and_costs_the_same(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    page = reverse("council-list")
    words = text_of(cast.worker, page)
    assert words.index("剩 3 天") < words.index(topic.title)
    client = client_of(cast.head)
    few = queries_of(client, page)
    ours = queries_of(client, reverse("council-detail", args=[council.pk]))
    own = queries_of(client, reverse("topic-detail", args=[topic.number]))
    for number in range(5):
        make_topic(cast, council, text=f"第 {number} 件")
    assert queries_of(client, page) == few <= MOST_QUERIES
    assert queries_of(client, reverse("council-detail", args=[council.pk])) == ours <= MOST_QUERIES
    assert own <= MOST_QUERIES


def test_a_missing_party_of_the_five_shows(cast: Cast, council: Council) -> None:
    words = text_of(cast.head, reverse("council-detail", args=[council.pk]))
    assert "缺社区社会组织" in words
    assert "缺物业" not in words
    assert "代**" in words
    assert "8/10 票" in words


def test_a_form_comes_back_with_every_word(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    client = client_of(cast.head)
    address = reverse("topic-act", args=[topic.number, "triage"])
    said = {
        "way": "dated",
        "until": "2020-01-01",
        "handler": cast.head.pk,
        "headline": "院里怎么停车",
        "text": "请快办",
    }
    page = client.post(address, {**said, "version": topic.version})
    assert page.status_code == 422
    assert "期限不能早于今天" in page.content.decode()
    assert "院里怎么停车" in page.content.decode()
    page = client.post(address, {**said, "until": "", "version": topic.version}, follow=True)
    assert "已分类，时限开始计算" in page.content.decode()
    page = client.post(address, {**said, "until": "", "version": topic.version})
    assert page.status_code == 422
    assert "刚刚有人改过" in page.content.decode()


def test_a_resident_proposes_on_a_phone_and_reads_the_outcome(cast: Cast, council: Council) -> None:
    client = client_of(None)
    address = f"{reverse('topic-ask', args=[council.pk])}?b={cast.building.pk}"
    said = {"text": TEXT, "phone": "", "name": "", "website": "", "token": new_token(NOW - timedelta(seconds=30))}
    assert "11 位手机号" in client.post(address, {**said, "phone": "12"}).content.decode()
    page = client.post(address, said, follow=True)
    topic = Topic.objects.get()
    assert (topic.source, topic.building) == ("stairway", cast.building)
    assert "这是您的回执" in page.content.decode()
    assert client.get(reverse("topic-public", args=[topic.number])).status_code == 404
    topic_triage(topic.number, by=cast.head, at=NOW, way="dated")
    topic_settle(topic.number, by=cast.head, at=NOW, text="划好了车位")
    own = reverse("topic-own", args=[topic.number, topic.query_code])
    assert "划好了车位" in client.get(own).content.decode()
    page = client.post(own, {"satisfied": "1", "text": ""}, follow=True)
    assert "谢谢您的评价" in page.content.decode()
    assert client.get(reverse("topic-own", args=[topic.number, "AAAAAA"])).status_code == 404


def test_a_neighbour_joins_by_code_and_guessing_ends(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    topic_triage(topic.number, by=cast.head, at=NOW, way="deliberate")
    (letter,) = household_codes_issue(council.pk, [cast.household.pk], by=cast.head, at=NOW)
    client, address = client_of(None), reverse("topic-public", args=[topic.number])
    page = client.post(address, {"code": spelt(letter.code)}, follow=True)
    assert "1 户附议" in page.content.decode()
    cache.clear()
    answers = [client.post(address, {"code": "ABCD-2345"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_numbers_in_a_text_are_not_published(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council, text="找 13800000909 的老王谈谈停车")
    topic_triage(topic.number, by=cast.head, at=NOW, way="deliberate")
    page = client_of(None).get(reverse("topic-public", args=[topic.number])).content.decode()
    assert "13800000909" not in page
    assert "138****0909" in page


def test_letters_and_posters_are_printed(cast: Cast, council: Council) -> None:
    client = client_of(cast.community_worker)
    page = client.post(reverse("council-letters", args=[council.pk]), {"building": cast.building.pk}).content.decode()
    assert page.count('<p class="code">') == 12
    poster = client.get(reverse("council-poster", args=[council.pk])).content.decode()
    assert "扫码提议题" in poster


def test_petitions_are_listed_from_the_order_page(cast: Cast, council: Council) -> None:
    orders = [make_petition(cast), make_petition(cast, caller_phone="13800000002")]
    client = client_of(cast.community_worker)
    address = f"{reverse('topic-from')}?petition={orders[0].number}"
    assert escape(address) in client.get(reverse("petition-detail", args=[orders[0].number])).content.decode()
    page = client.get(address).content.decode()
    assert all(f'value="{each.number}"' in page for each in orders)
    said = {"council": council.pk, "numbers": [each.number for each in orders], "title": "楼道灯", "text": "灯怎么修"}
    page = client.post(address, said, follow=True).content.decode()
    assert "2 位诉求人会收到消息" in page
    assert Petition.objects.filter(topics__title="楼道灯").count() == 2


def test_who_raised_it_is_shown_for_a_purpose(cast: Cast, council: Council) -> None:
    topic = make_topic(cast, council)
    client, address = client_of(cast.worker), reverse("topic-detail", args=[topic.number])
    assert "13800000201" not in client.get(address).content.decode()
    page = client.post(reverse("topic-reveal", args=[topic.number]), {"purpose": "petition"}).content.decode()
    assert "13800000201" in page
