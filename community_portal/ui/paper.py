"""Pages that go out as PDF: HTML of ours set on A4 by WeasyPrint, in a Chinese font that the portal brings along.

WeasyPrint needs the system library Pango; it is loaded only here, when a PDF is asked for.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

PDF = "application/pdf"
SHEET = "css/paper.css"
FACE = "@font-face {{ font-family: Paper; src: url({address}); }}"


class PaperUnavailable(Exception):
    """This machine cannot set PDFs; the text says what is missing."""


def pdf(template: str, context: dict[str, Any]) -> bytes:
    """A template as PDF, with static/css/paper.css. What the page names by address is not fetched.

    Raises PaperUnavailable.
    """
    try:
        from weasyprint import HTML
        from weasyprint.text.fonts import FontConfiguration
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise PaperUnavailable(
            _("这台服务器没有安装 Pango，排不出 PDF；可以先下载 Excel，或用浏览器打印这一页")
        ) from error
    fonts = FontConfiguration()
    page = HTML(string=render_to_string(template, context), url_fetcher=URLFetcher(allowed_protocols=("data",)))
    return bytes(page.write_pdf(stylesheets=_sheets(fonts), font_config=fonts))


def _sheets(fonts: Any) -> list[Any]:
    from weasyprint import CSS

    return [CSS(string=_face(), font_config=fonts), CSS(filename=str(finders.find(SHEET)), font_config=fonts)]


@cache
def _face() -> str:
    """The font of the wheel, so that a PDF looks alike wherever it is made."""
    font = files("pylopdf_fonts_zh_cn") / "NotoSansSC-Regular.otf"
    return FACE.format(address=f"file://{font}")
