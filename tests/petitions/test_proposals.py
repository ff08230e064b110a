"""The category that is proposed at intake, how sure it is, and what is remembered of a person's choice."""

from pathlib import Path

import pytest

from petitions.models import Category
from petitions.proposals import Proposal, propose_category
from tests.factories import Cast, make_petition


class Fixed:
    """A classifier that says the same of everything."""

    def __init__(self, label: str, chance: float) -> None:
        self.answer = [(label, chance), ("别的", 1 - chance)]

    def ranked(self, title: str, text: str) -> list[tuple[str, float]]:
        return self.answer


def says(monkeypatch: pytest.MonkeyPatch, label: str, chance: float) -> None:
    monkeypatch.setattr("petitions.proposals.current", lambda: Fixed(label, chance))


def test_without_a_classifier_keywords_decide(cast: Cast, tmp_path: Path, settings: object) -> None:
    settings.CLASSIFIER_FILE = tmp_path / "none.npz"  # type: ignore[attr-defined]
    assert propose_category("", "停水了").words == "像是：水电气热 · 按关键词"
    assert propose_category("", "你好").words == "内容里看不出类别"


@pytest.mark.parametrize(
    ("label", "chance", "words"),
    [
        ("噪音扰民", 0.97, "像是：噪音扰民 · 很有把握"),
        ("noise", 0.8, "像是：噪音扰民 · 比较有把握"),
        ("噪音扰民", 0.55, "像是：噪音扰民 · 把握不大，请看一眼"),
        ("噪音扰民", 0.45, "像是：水电气热 · 按关键词"),
        ("商贸旅游", 0.9, "像是：水电气热 · 按关键词"),
    ],
)
def test_the_classifier_decides_when_it_is_sure_enough(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, label: str, chance: float, words: str
) -> None:
    says(monkeypatch, label, chance)
    assert propose_category("", "停水了").words == words


def test_a_label_that_is_no_category_is_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "商贸旅游", 0.9)
    assert propose_category("", "你好").words == "也许是“商贸旅游”，本门户没有这一类"


def test_words_of_danger_go_first(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "噪音扰民", 0.99)
    proposal = propose_category("", "楼道有燃气味")
    assert proposal.category is not None
    assert (proposal.category.code, proposal.chance) == ("safety", None)


def test_the_event_remembers_a_choice_against_the_proposal(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    says(monkeypatch, "噪音扰民", 0.91)
    taken = make_petition(cast, text="楼上每晚拖椅子")
    noise, staff = Category.objects.get(code="noise"), Category.objects.get(code="staff")
    agreed = make_petition(cast, text="楼上每晚拖椅子", category=noise, by=cast.head)
    other = make_petition(cast, text="楼上每晚拖椅子", category=staff, by=cast.head)
    from_outside = make_petition(cast, text="楼上每晚拖椅子", category=staff)
    kept = [each.events.get(verb="register").data for each in (taken, agreed, other, from_outside)]
    assert (taken.category, other.category) == (noise, staff)
    assert kept == [{"chance": 0.91}, {"chance": 0.91}, {"proposed": "noise", "chosen": "staff"}, {}]


def test_nothing_said_proposes_nothing(cast: Cast) -> None:
    assert propose_category("", " ") == Proposal()
