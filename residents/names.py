"""Names in the order of their pinyin, as Chinese lists have them."""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import models
from pypinyin import lazy_pinyin

if TYPE_CHECKING:
    _TextBase = models.CharField[str, str]
else:
    _TextBase = models.CharField

LONGEST = 120

# Surnames that are read otherwise than the character usually is; the library gives the usual reading.
SURNAMES = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "曾": "zeng", "区": "ou", "盖": "ge", "朴": "piao",
    "翟": "zhai", "乐": "yue", "缪": "miao", "员": "yun", "覃": "qin", "种": "chong", "秘": "bi", "折": "she",
    "祭": "zhai", "召": "shao", "都": "du", "郇": "xun", "卜": "bu", "隗": "wei", "洗": "xian", "繁": "po",
    "句": "gou", "尉迟": "yuchi", "单于": "chanyu", "万俟": "moqi", "澹台": "tantai", "长孙": "zhangsun",
}  # fmt: skip


def name_key(name: str) -> str:
    """What names sort by, syllable by syllable: 张三 gives "zhang san 张三"."""
    plain = "".join(name.split())
    longest = next((size for size in (2, 1) if plain[:size] in SURNAMES), 0)
    surname = [SURNAMES[plain[:longest]]] if longest else []
    return " ".join([*surname, *map(_letters, plain[longest:]), plain])[:LONGEST]


@lru_cache(maxsize=20_000)
def _letters(char: str) -> str:
    return "".join(lazy_pinyin(char)).lower()


class NameKeyField(_TextBase):
    """The pinyin key of the name in `source`, made anew at each save and bulk_create."""

    def __init__(self, *args: Any, source: str, **kwargs: Any) -> None:
        self.source = source
        kwargs |= {"editable": False, "max_length": LONGEST}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["editable"], kwargs["max_length"]
        return name, path, args, kwargs | {"source": self.source}

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """The key of the name as it is now."""
        setattr(model_instance, self.attname, name_key(getattr(model_instance, self.source)))
        return str(getattr(model_instance, self.attname))
