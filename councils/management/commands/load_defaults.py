"""The data that every portal starts with: calendar, levels, categories, colours, care tags, rules of councils."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from community_portal.worktime.actions import load_calendar
from councils.defaults import load_council_rules
from petitions.defaults import load_defaults
from residents.defaults import load_care_classes, load_checklists, load_schemes, load_tags


class Command(BaseCommand):
    """Adds what is missing and changes nothing that is there; safe to run at every start."""

    help = "装入默认数据：工作日历、响应级别、诉求类别、配色方案、照护标签、议事规则；已有的不改"

    def handle(self, *args: Any, **options: Any) -> None:
        """Load everything and say what was added."""
        years = load_calendar(until_year=timezone.localdate().year + 1)
        self.stdout.write(f"工作日历 {years[0]}–{years[-1]} 年")
        self.stdout.write(
            f"新增配色方案 {load_schemes()} 个，照护标签 {load_tags()} 个，走访类别 {load_care_classes()} 个，"
            f"工作法清单 {load_checklists()} 份，"
            f"响应级别和类别 {load_defaults()} 个，议事和表决规则 {load_council_rules()} 条"
        )
