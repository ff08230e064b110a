"""A file of orders as rows."""

from django.utils.translation import gettext_lazy as _

from community_portal.tables import table
from community_portal.tables.table import Kind, Table
from petitions.importing import columns

ORDERS = Kind(columns.match, columns.is_usable, needs=_("要有“内容”或“标题”一列"), thing=_("工单"))


def read_table(content: bytes) -> Table:
    """A whole file. Raises FileRefused for one that is empty, too long, of another kind, or without usable columns."""
    return table.read_table(content, ORDERS)
