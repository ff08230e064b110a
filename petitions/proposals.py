"""What a message is probably about: by the trained classifier when it is sure enough, else by keywords."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from petitions.catalogue import URGENT_LEVELS, catalogue
from petitions.classifying.current import current
from petitions.models import Category
from petitions.titles import title_of

VERY_SURE, QUITE_SURE = 0.9, 0.7


@dataclass(frozen=True)
class Proposal:
    """A category, and how sure that is: `chance` from 0 to 1, None when keywords decided.

    `label` is what the classifier reads out of the message when no category of this portal bears that name.
    """

    category: Category | None = None
    chance: float | None = None
    label: str = ""

    @property
    def how_sure(self) -> str:
        """The confidence in words."""
        if self.category is None:
            return _("也许是“%s”，本门户没有这一类") % self.label if self.label else _("内容里看不出类别")
        if self.chance is None:
            return _("按关键词")
        if self.chance >= VERY_SURE:
            return _("很有把握")
        return _("比较有把握") if self.chance >= QUITE_SURE else _("把握不大，请看一眼")

    @property
    def words(self) -> str:
        """The whole of it in one line: 像是：供水 · 很有把握."""
        if self.category is None:
            return self.how_sure
        return _("像是：%(category)s · %(sure)s") % {"category": self.category.name, "sure": self.how_sure}

    def remembered(self, chosen: Category | None) -> dict[str, Any]:
        """What the registering event keeps: the chance of a proposal that was taken, or what a person chose instead."""
        if chosen is None or chosen == self.category:
            return {"chance": round(self.chance, 3)} if self.chance is not None else {}
        return {"proposed": self.category.code if self.category else "", "chosen": chosen.code}


def propose_category(title: str, text: str) -> Proposal:
    """What these words are about; an empty title counts as the text's first sentence.

    Words of danger (keywords of a category on an urgent level) go before the classifier: a wrong guess would cost
    them their clock.
    """
    said = f"{title} {text}"
    by_words = catalogue().propose(said)
    if by_words and by_words.level.code in URGENT_LEVELS:
        return Proposal(by_words)
    classifier = current() if said.strip() else None
    if classifier is None:
        return Proposal(by_words)
    label, chance = classifier.ranked(title.strip() or title_of(text), text)[0]
    if chance * 100 < settings.CLASSIFIER_PERCENT:
        return Proposal(by_words)
    category = catalogue().category(label)
    return Proposal(category, chance) if category else Proposal(by_words, None, label)
