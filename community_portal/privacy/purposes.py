"""Why somebody may need to see or take out personal data: a list to choose from, with words of one's own; pure."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

VISIT = "visit"
PETITION = "petition"
EMERGENCY = "emergency"
IDENTITY = "identity"
SUBJECT = "subject"
REPORT = "report"
OTHER = "other"

PURPOSES = {
    VISIT: gettext_lazy("走访"),
    PETITION: gettext_lazy("办理诉求"),
    EMERGENCY: gettext_lazy("应急联系"),
    IDENTITY: gettext_lazy("核对身份"),
    SUBJECT: gettext_lazy("居民本人要求"),
    REPORT: gettext_lazy("上级交办的统计或台账"),
    OTHER: gettext_lazy("其他"),
}
NEEDS_WORDS = frozenset({REPORT, OTHER})
MIN_WORDS = 2


def purpose_words(code: str, words: str = "") -> str:
    """The purpose as the access log keeps it: 走访, or 其他：拆迁登记.

    Raises ValidationError (on "purpose") for a code that is not in the list, and where the list alone says too little.
    """
    words = words.strip()
    if code not in PURPOSES:
        raise ValidationError({"purpose": _("请选一项用途。")})
    if code in NEEDS_WORDS and len(words) < MIN_WORDS:
        raise ValidationError({"purpose": _("选“%s”时，请写明做什么用。") % PURPOSES[code]})
    return f"{PURPOSES[code]}：{words}" if words else str(PURPOSES[code])


def code_of(said: str) -> str:
    """Which purpose of the list some words begin with; OTHER for a purpose in one's own words."""
    head = said.split("：", 1)[0].strip()
    return next((code for code, label in PURPOSES.items() if head in (code, str(label))), OTHER)


def said_in(form: Mapping[str, str]) -> str:
    """The purpose of a posted form with `purpose` and, where there is room for words, `purpose_words`.

    A `purpose` that is not of the list counts as somebody's own words. Raises ValidationError as `purpose_words`.
    """
    code, words = form.get("purpose", "").strip(), form.get("purpose_words", "")
    return purpose_words(code, words) if code in PURPOSES else code
