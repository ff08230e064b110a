"""Money paid out of a levy: entered with photos of its vouchers, looked at by the supervisor, a wrong one reversed."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from councils.actions.books import MoneyRefused, check_pot, note, open_books, post, reverse
from councils.actions.levies import open_levy
from councils.actions.payments import ACCOUNTS
from councils.models import Account, Council, Journal, Levy, Payment, SignOff, Spending, Voucher
from councils.money_rights import Deed
from councils.money_words import yuan
from grid.models import Staff
from residents import photos

MOST_PHOTOS = 10


@transaction.atomic
def spending_record(
    levy_id: int, *, by: Staff, at: datetime, amount: int, way: str, day: date, payee: str, text: str,
    pictures: Sequence[bytes],
) -> Spending:  # fmt: skip
    """Enter cents paid out for a levy, with JPEGs of its vouchers (photos.redraw).

    Raises Levy.DoesNotExist, and MoneyRefused without a voucher, for more than there is, or in a closed month.
    """
    levy = open_levy(levy_id, Deed.SPEND, by=by, at=at, states={Levy.State.ISSUED})
    check_pictures(pictures)
    account = ACCOUNTS[Payment.Way(way)]
    check_pot(levy.council, account, amount, levy=levy)
    journal = post(
        levy.council, Journal.Kind.SPENDING, {Account.SPENT: amount, account: -amount}, day=day, by=by, at=at,
        levy=levy, text=_("“%(levy)s”支出：%(text)s") % {"levy": levy, "text": text},
    )  # fmt: skip
    spending = Spending.objects.create(
        council=levy.council, levy=levy, amount=amount, day=day, payee=payee, text=text, journal=journal, by=by, at=at
    )
    keep_pictures(spending, pictures, by=by, at=at)
    return spending


@transaction.atomic
def spending_reverse(spending_id: int, *, by: Staff, at: datetime, reason: str) -> Spending:
    """Take a wrong spending back. Raises Spending.DoesNotExist, MoneyRefused when that was done already."""
    wrong = Spending.objects.select_related("journal__levy", "journal__fund").get(pk=spending_id)
    try:
        council = open_books(wrong.council_id, Deed.REVERSE, by=by, at=at)
    except Council.DoesNotExist as error:
        raise Spending.DoesNotExist from error
    if wrong.item_id:
        raise MoneyRefused(_("专项经费的支出请在项目上办"))
    own = {"council": council, "levy": wrong.levy, "payee": wrong.payee}
    back = reverse(council, wrong, text=reason, by=by, at=at, **own)
    text = _("支出“%(what)s”%(amount)s 元冲销：%(why)s") % {
        "what": wrong.text, "amount": yuan(wrong.amount), "why": reason,
    }  # fmt: skip
    note(council, Deed.REVERSE, text, by=by, at=at, levy=wrong.levy_id)
    return back


@transaction.atomic
def spending_sign(code: str, spending_id: int, *, at: datetime, agrees: bool, text: str = "") -> SignOff:
    """What the supervisor says of a spending; `code` is theirs, of the levy. A doubt needs words.

    Raises Levy.DoesNotExist for a wrong code, Spending.DoesNotExist, MoneyRefused.
    """
    levy = Levy.objects.select_related("council").select_for_update(of=("self",)).get(code=code)
    spending = Spending.objects.get(pk=spending_id, levy=levy)
    if not agrees and not text.strip():
        raise MoneyRefused(_("请写明哪里有疑问"), "text")
    if spending.reverses_id or Spending.objects.filter(reverses=spending).exists():
        raise MoneyRefused(_("这一笔已经冲销，不用签了"))
    last = spending.signoffs.last()
    if last and last.agrees:
        raise MoneyRefused(_("这一笔您已经签过字了"))
    said = _("监督人同意") if agrees else _("监督人有疑问：%s") % text.strip()
    note(levy.council, Deed.SIGN, f"{spending.text}：{said}", by=None, at=at, levy=levy.pk)
    return SignOff.objects.create(
        spending=spending, agrees=agrees, name=levy.supervisor, text=text.strip()[:200], at=at
    )


def voucher_picture(voucher: Voucher) -> bytes:
    """The JPEG. Raises MoneyRefused when its file is gone: the books stand all the same."""
    try:
        return photos.read(voucher.name, voucher.key)
    except FileNotFoundError as error:
        raise MoneyRefused(_("这张凭证照片的文件不见了，账目不受影响；请管理员从备份恢复")) from error


def keep_pictures(spending: Spending, pictures: Sequence[bytes], *, by: Staff, at: datetime) -> None:
    """Keep photos behind a spending. A file whose transaction did not hold cannot be opened: its key was in the row."""
    for picture in pictures:
        voucher = Voucher(spending=spending, key=photos.new_key(), kept_at=at, kept_by=by)
        voucher.save()
        photos.keep(voucher.name, voucher.key, picture)


def check_pictures(pictures: Sequence[bytes]) -> None:
    """Raises MoneyRefused on "pictures" for none, or too many."""
    if not pictures:
        raise MoneyRefused(_("请附上发票或收据的照片"), "pictures")
    if len(pictures) > MOST_PHOTOS:
        raise MoneyRefused(_("一笔支出最多 %d 张照片") % MOST_PHOTOS, "pictures")
