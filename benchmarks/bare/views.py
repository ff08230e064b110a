"""The least that Django can do: one INSERT, and one page of 25 rows."""

import json

from django.db import connection, models
from django.http import HttpRequest, HttpResponse
from django.template import Context, Engine
from django.utils import timezone

TABLE = "bench_bare"
PAGE = 25
CELLS = ("number", "title", "state", "address", "registered_at")
ROW = "".join(f"<td>{{{{ row.{name} }}}}</td>" for name in CELLS)
LIST = Engine().from_string(
    f"<!doctype html><title>list</title><table>{{% for row in rows %}}<tr>{ROW}</tr>{{% endfor %}}</table>"
)


class Bare(models.Model):
    """A petition's plain columns and nothing else."""

    number = models.CharField(max_length=20)
    title = models.CharField(max_length=120)
    text = models.TextField()
    address = models.CharField(max_length=200)
    state = models.CharField(max_length=12)
    registered_at = models.DateTimeField()

    class Meta:
        app_label = "bench"
        managed = False
        db_table = TABLE

    def __str__(self) -> str:
        return self.number


def make_table(size: int) -> None:
    """A fresh table with so many rows of about a petition's size."""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")
        cursor.execute(
            f"CREATE TABLE {TABLE} (id bigserial PRIMARY KEY, number varchar(20), title varchar(120), text text,"
            " address varchar(200), state varchar(12), registered_at timestamptz)"
        )
        cursor.execute(
            f"INSERT INTO {TABLE} (number, title, text, address, state, registered_at)"
            " SELECT 'SQ' || n, '楼道漏水 ' || n, repeat('楼道顶往下滴水', 10), '3 号楼 2 单元', 'accepted', now()"
            " FROM generate_series(1, %s) n",
            [size],
        )
        cursor.execute(f"CREATE INDEX ON {TABLE} (registered_at)")
        cursor.execute(f"ANALYZE {TABLE}")


def insert(request: HttpRequest) -> HttpResponse:
    """One row from a JSON body."""
    said = json.loads(request.body)
    row = Bare.objects.create(
        number=said["order_no"],
        title=said["title"],
        text=said["text"],
        address=said["address"],
        state="accepted",
        registered_at=timezone.now(),
    )
    return HttpResponse(str(row.pk), status=201)


def latest(request: HttpRequest) -> HttpResponse:
    """The newest 25 rows as a plain table."""
    return HttpResponse(LIST.render(Context({"rows": Bare.objects.order_by("-id")[:PAGE]})))
