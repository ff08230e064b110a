"""The demo's money, lived through the real actions: a levy settled, one being collected, one drawn up, two funds."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from random import Random
from typing import Any

from django.utils.timezone import localtime
from PIL import Image, ImageDraw

from community_portal.worktime.deadlines import ZONE
from councils.actions import funds
from councils.actions.books import IN_FORCE, money_move, month_close
from councils.actions.levies import levy_draft, levy_issue, levy_settle
from councils.actions.payments import payment_take
from councils.actions.spendings import spending_record, spending_sign
from councils.bills import tally
from councils.fund_uses import load_fund_uses
from councils.levy_shares import sharing
from councils.models import Account, Council, Fund, FundItem, FundKind, FundUse, Levy, Payment, Resolution
from grid.access import Role, in_force
from grid.models import Staff
from petitions.demo.cast import HOME_CODE
from residents.models import Building

SUPERVISOR = "赵国庆"
DOORS, DOOR_HOUSEHOLDS, LAMPS, LAMP_HOUSEHOLDS, BARRIER = 1_280_00, 40, 959_75, 256, 300_00
PAYING, IN_PART, IN_CASH = 0.72, 0.1, 0.6
YEARLY = (
    (FundKind.SERVICE, 100_000_00, "关于下达服务群众专项经费的通知"),
    (FundKind.PARTY, 20_000_00, "党组织活动经费的通知"),
)
# title, reason, use, budget, how many steps of its way it has come
ITEMS = (
    ("磨刀修伞便民日", "老人不用跑远路，每月一次，惠及全小区", "便民服务", 3_600_00, 6),
    ("7 号楼南侧添 6 把长椅", "老人走累了有地方坐", "公共设施小修小补", 8_400_00, 2),
    ("独居老人家装紧急按钮", "独居老人出事能按一下就有人来", "扶老助残、困难帮扶", 12_000_00, 1),
    ("重阳节邻里饺子会", "楼上楼下认识认识", "文化体育、邻里活动", 2_500_00, 0),
)


def live_money(at: datetime, seed: int) -> str:
    """Live the money of the demo's council up to an instant; returns what there is, in words."""
    load_fund_uses()
    council = Council.objects.select_related("community__division").get(
        community__division__code=HOME_CODE, kind=Council.Kind.COUNCIL
    )
    purse = Purse(council, Random(f"{seed}:money"), at)
    purse.doors()
    purse.barrier()
    purse.lamps()
    purse.close_last_month()
    purse.funds()
    receipts = Payment.objects.filter(council=council).count()
    return f"分摊 {council.levies.count()} 份，收据 {receipts} 张，经费项目 {len(ITEMS)} 个，上月已结账"


class Purse:
    """One council's money: who handles it, and the days on which things happen."""

    def __init__(self, council: Council, rng: Random, at: datetime) -> None:
        self.council, self.rng, self.at = council, rng, at
        self.today = localtime(at).date()
        division = council.community.division
        self.head = self._one(Role.COMMUNITY_HEAD, division.pk)
        self.clerk = self._one(Role.COMMUNITY_WORKER, division.pk)
        self.street = self._one(Role.STREET_OFFICER, division.parent_id)

    def _one(self, role: str, division: int | None) -> Staff:
        return in_force(self.today).filter(role=role, division=division).select_related("staff").order_by("id")[0].staff

    def doors(self) -> None:
        """Paid by everybody, spent, signed and settled, last month."""
        begun = self._on((self.today.replace(day=1) - timedelta(days=1)).replace(day=2))
        levy = self._issued(
            begun, purpose="单元门闭门器维修", way="equal", total=DOORS, buildings=self._buildings(DOOR_HOUSEHOLDS)
        )
        for number, bill in enumerate(levy.bills.order_by("id")):
            self._take(bill.pk, bill.amount, begun + timedelta(minutes=7 * number))
        later = begun + timedelta(days=6)
        self._to_bank(levy, later)
        for cents, text, payee in ((980_00, "闭门器 14 只", "垡头五金商行"), (300_00, "安装人工", "个人")):
            self._spend(levy, cents, text, payee, later)
        levy_settle(levy.pk, by=self.head, at=later + timedelta(days=1))

    def barrier(self) -> None:
        """Being collected, by the resolution on parking; one spending waits for the supervisor."""
        begun = self._on(self.today - timedelta(days=18))
        resolution = Resolution.objects.filter(council=self.council, state__in=IN_FORCE).order_by("id").first()
        levy = self._issued(
            begun, purpose="安装停车道闸", way="price", total=None, price=BARRIER, count="vehicles", share_word="车",
            resolution=resolution,
        )  # fmt: skip
        if levy.state == Levy.State.DRAFT:
            return
        for bill in levy.bills.order_by("id"):
            if self.rng.random() < PAYING:
                part = bill.amount // 2 if self.rng.random() < IN_PART else bill.amount
                self._take(bill.pk, part, begun + timedelta(minutes=self.rng.randrange(60, 15 * 24 * 60)))
        later = self._on(self.today - timedelta(days=2))
        self._to_bank(levy, later)
        if not (half := tally(levy).bank // 2):
            return
        self._spend(levy, half, "道闸定金", "朝阳安防设备有限公司", later)
        self._spend(levy, half // 4, "地感线圈", "朝阳安防设备有限公司", self._on(self.today), signed=False)

    def lamps(self) -> None:
        """Drawn up for the coming meeting: 959.75 yuan over 256 households."""
        levy_draft(
            self.council.pk, by=self.clerk, at=self.at, purpose="楼道灯电费", basis="待本月议事会商议", way="equal",
            count="one", share_word="份", total=LAMPS, price=None, ties="up", supervisor=SUPERVISOR,
            due_on=self.today + timedelta(days=30), buildings=self._buildings(LAMP_HOUSEHOLDS),
        )  # fmt: skip

    def close_last_month(self) -> None:
        """The books of last month are closed."""
        before = self.today.replace(day=1) - timedelta(days=1)
        month_close(self.council.pk, by=self.head, at=self.at, year=before.year, month=before.month)

    def funds(self) -> None:
        """The year's budgets, and items each a little further on their way."""
        at = self._on(self.today.replace(day=1))
        service, _party = (
            funds.fund_grant(
                self.council.pk, by=self.head, at=at, kind=kind, year=at.year, amount=cents, day=at.date(), text=paper
            )
            for kind, cents, paper in YEARLY
        )
        for title, reason, use, cents, steps in ITEMS:
            self._item(service, at, steps, title=title, reason=reason, amount=cents,
                       use=FundUse.objects.get(kind=FundKind.SERVICE, name=use))  # fmt: skip

    def _item(self, fund: Fund, at: datetime, steps: int, **facts: Any) -> FundItem:
        item = funds.item_propose(fund.pk, by=self.clerk, at=at, **facts)
        paid = {"amount": facts["amount"] - 45_00, "day": at.date(), "payee": "双合邻里志愿队"}
        way: tuple[tuple[Any, Staff, dict[str, Any]], ...] = (
            (funds.item_agree, self.clerk, {"basis": "上月议事会会议，到会 8 人都同意"}),
            (funds.item_file, self.street, {"filing_no": f"垡服备 {item.pk:03}"}),
            (funds.item_pay, self.clerk, {**paid, "pictures": [_invoice(paid["amount"])]}),
            (funds.item_finish, self.clerk, {"outcome": "磨刀 86 把，修伞 23 把"}),
            (funds.item_accept, self.head, {"accepted_by": "李玉兰、孙秀英：满意"}),
            (funds.item_publish, self.clerk, {}),
        )
        for act, by, values in way[:steps]:
            act(item.pk, by=by, at=at, **values)
        return item

    def _issued(self, at: datetime, **facts: Any) -> Levy:
        """A levy with its bills; a draft where nobody has anything to pay for."""
        given = {"count": "one", "share_word": "份", "price": None, "ties": "up", "supervisor": SUPERVISOR} | facts
        levy = levy_draft(
            self.council.pk, by=self.clerk, at=at, basis=f"{at:%Y-%m-%d} 议事会会议表决通过",
            due_on=self.today + timedelta(days=12), **given,
        )  # fmt: skip
        shared = sharing(levy)
        return levy_issue(levy.pk, by=self.head, at=at, seen=shared.fingerprint) if shared.complete else levy

    def _take(self, bill: int, cents: int, at: datetime) -> None:
        way = Payment.Way.CASH if self.rng.random() < IN_CASH else Payment.Way.BANK
        payment_take(bill, by=self.clerk, at=at, amount=cents, way=way, day=localtime(at).date())

    def _to_bank(self, levy: Levy, at: datetime) -> None:
        """All cash of a levy goes to the bank."""
        if cash := tally(levy).cash:
            money_move(
                self.council.pk, by=self.clerk, at=at, levy_id=levy.pk, amount=cash, to=Account.BANK, day=at.date()
            )

    def _spend(self, levy: Levy, cents: int, text: str, payee: str, at: datetime, *, signed: bool = True) -> None:
        spending = spending_record(
            levy.pk, by=self.clerk, at=at, amount=cents, way=Payment.Way.BANK, day=at.date(), payee=payee, text=text,
            pictures=[_invoice(cents)],
        )  # fmt: skip
        if signed:
            spending_sign(levy.code, spending.pk, at=at + timedelta(hours=3), agrees=True)

    def _on(self, day: date) -> datetime:
        """Nine in the morning of a day, but not after now."""
        return min(datetime.combine(day, time(9), ZONE), self.at.astimezone(ZONE))

    def _buildings(self, households: int) -> Sequence[int]:
        """The estate's buildings from the first on, until they have so many households."""
        found, count = list[int](), 0
        rows = Building.objects.filter(estate=self.council.estate).order_by("position", "pk")
        for building in rows.prefetch_related("households"):
            if count >= households:
                break
            found.append(building.pk)
            count += len(building.households.all())
        return found


def _invoice(cents: int) -> bytes:
    """A JPEG that stands for the photo of an invoice."""
    picture = Image.new("RGB", (600, 800), "#f4f1ea")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 560, 760), outline="#8a8378", width=4)
    for line in range(9):
        draw.line((80, 220 + line * 50, 520, 220 + line * 50), fill="#c9c2b4", width=3)
    draw.text((80, 110), f"No. {cents}   {cents / 100:.2f}", fill="#403c36", font_size=36)
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()
