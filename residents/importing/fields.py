"""The columns that communities keep, under the names they give them, and the words they write into cells. Data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

DWELLING, PERSON = "dwelling", "person"
TAG = "tag:"
"""A column for one care tag is the field "tag:" and the tag's code."""


@dataclass(frozen=True)
class Field:
    """One thing that a column can hold: what we call it, whether it is said of the dwelling or of a person."""

    label: object
    of: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class TagWord:
    """A care tag that can be given by hand: its words, and for 残疾 the kinds and how many grades there are."""

    code: str
    name: str
    kinds: tuple[str, ...] = ()
    grades: int = 0


def _field(label: object, of: str, synonyms: str) -> Field:
    return Field(label, of, tuple(synonyms.split()))


FIELDS: dict[str, Field] = {
    "estate": _field(_("小区"), DWELLING, "小区 小区名称 所属小区 院落 楼盘 小区名"),
    "building": _field(
        _("楼栋"), DWELLING, "楼栋 楼号 楼栋号 楼幢 楼幢号 幢号 幢 栋号 栋 座号 座 楼栋名称 楼 building"
    ),
    "unit": _field(_("单元"), DWELLING, "单元 单元号 门栋 门洞 门 门号 unit"),
    "floor": _field(_("楼层"), DWELLING, "楼层 层 所在楼层 floor"),
    "room": _field(_("房号"), DWELLING, "房号 室号 室 房间号 房屋号 户室号 房 户室 room"),
    "address": _field(
        _("地址"),
        DWELLING,
        "地址 住址 门牌 门牌号 现住址 现居住地址 现居住地 现住地 "
        "居住地址 家庭住址 家庭地址 房屋地址 房屋坐落 详细地址 详细住址 address",
    ),
    "grid": _field(_("网格"), DWELLING, "网格 所属网格 网格名称 网格号 网格编号"),
    "head": _field(_("户主"), DWELLING, "户主 户主姓名"),
    "name": _field(
        _("姓名"), PERSON, "姓名 居民姓名 人员姓名 成员姓名 家庭成员姓名 家庭成员 居住人 居住人姓名 人口姓名 name"
    ),
    "id_number": _field(
        _("身份证号"),
        PERSON,
        "身份证号 身份证号码 身份证 证件号码 证件号 公民身份号码 "
        "公民身份证号码 户主身份证号 户主身份证号码 户主身份证 户主证件号码 idnumber",
    ),
    "phone": _field(
        _("电话"),
        PERSON,
        "手机 手机号 手机号码 联系电话 电话 联系方式 电话号码 "
        "本人电话 户主电话 户主联系电话 户主联系方式 户主手机 phone mobile tel",
    ),
    "other_phone": _field(_("其他电话"), PERSON, "其他电话 备用电话 固定电话 座机 家庭电话 电话2 联系电话2"),
    "relation": _field(_("与户主关系"), PERSON, "与户主关系 关系 家庭关系 与户主的关系 户主关系 称谓 成员关系"),
    "sex": _field(_("性别"), PERSON, "性别 户主性别 sex"),
    "birth_date": _field(_("出生日期"), PERSON, "出生日期 出生年月日 出生年月 生日 出生时间 户主出生日期"),
    "registered_at": _field(_("户籍地"), PERSON, "户籍地 户籍地址 户籍所在地 户口所在地 户口地址"),
    "registered_here": _field(
        _("人户一致"), PERSON, "人户一致 是否人户一致 人户是否一致 户籍在本户 是否户籍人口 人户状态 户籍情况 户籍状态"
    ),
    "moved_in": _field(_("入住日期"), PERSON, "入住日期 入住时间 迁入日期 迁入时间 居住开始时间"),
    "tags": _field(_("人群类别"), PERSON, "人群类别 人员类别 特殊人群 特殊人群类别 重点人群 标签 照护标签"),
    "living": _field(
        _("居住状况"),
        DWELLING,
        "居住状况 居住状态 居住情况 居住性质 房屋性质 房屋状态 房屋现状 房屋使用情况 使用情况 入住情况 房屋情况",
    ),
    "area": _field(
        _("建筑面积"), DWELLING, "建筑面积 面积 房屋面积 住房面积 面积平方米 建筑面积平方米 建筑面积㎡ 面积㎡"
    ),
    "beds": _field(_("可住人数"), DWELLING, "可住人数 床位数 床位"),
    "owner_name": _field(_("产权人"), DWELLING, "产权人 产权人姓名 房主 房主姓名 业主 业主姓名 房屋产权人"),
    "owner_phone": _field(_("产权人电话"), DWELLING, "产权人电话 房主电话 业主电话 产权人联系方式 业主联系方式"),
    "landlord_name": _field(_("出租人"), DWELLING, "出租人 房东 房东姓名 出租人姓名"),
    "landlord_phone": _field(_("出租人电话"), DWELLING, "出租人电话 房东电话 房东联系方式"),
    "lease_ends_on": _field(
        _("租期到"), DWELLING, "租期到 租期 租期至 租赁期限 租赁到期 租赁到期日 合同到期 租期截止 租约到期"
    ),
    "pets": _field(_("宠物"), DWELLING, "宠物 犬只 养犬情况"),
    "vehicles": _field(_("车牌"), DWELLING, "车牌 车牌号 车辆 车牌号码"),
    "note": _field(_("备注"), DWELLING, "备注 上门须知 说明 备注说明"),
    "people_count": _field(_("人口数"), DWELLING, "人口数 家庭人口 家庭人口数 人数 居住人数 常住人口数 户内人数"),
}
PLACE = ("estate", "building", "unit", "floor", "room", "address", "grid")
FACTS = (
    "living", "area", "beds", "owner_name", "owner_phone", "landlord_name", "landlord_phone", "lease_ends_on", "pets",
    "vehicles", "note",
)  # fmt: skip

LIVING: dict[str, tuple[str, ...]] = {
    "owner": ("自住", "自有", "自有自住", "业主自住", "自用", "常住", "居住", "有人", "已入住", "自有住房", "自购"),
    "rented": ("出租", "租户", "租住", "租赁", "承租", "租房", "出租房", "已出租", "出租户", "租赁户", "合租", "群租"),
    "vacant": ("空置", "空", "空房", "无人", "无人居住", "未入住", "空闲", "闲置", "空户", "空置房"),
    "borrowed": ("借住", "借用", "借宿", "暂住"),
    "registered_only": ("空挂户", "空挂", "挂户", "空挂户口"),
    "elsewhere": ("人户分离", "户在人不在", "户籍在外居住"),
}
LIVING_WORDS = {word: living for living, words in LIVING.items() for word in words}
YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "1", "y", "yes", "true", "对", "享受", "在享", "在保"})
NO = frozenset({"否", "×", "✗", "x", "无", "没有", "0", "n", "no", "false", "不是", "/", "-", "—", "☐", "未享受"})
HERE = frozenset({"一致", "人户一致", "在户", "户籍人口", "本户", "人在户在", "人户合一", "本社区", "户籍"})
ELSEWHERE = frozenset({"不一致", "人户分离", "流动人口", "非户籍人口", "外地", "人在户不在", "非户籍", "外来", "流动"})
SEXES = {
    "男": "male",
    "男性": "male",
    "m": "male",
    "1": "male",
    "女": "female",
    "女性": "female",
    "f": "female",
    "2": "female",
}
HEADS = frozenset({"本人", "户主", "户主本人", "房主", "本人(户主)", "户主(本人)"})
NOTHING = frozenset({"/", "-", "--", "—", "——", "无", "空", "不详", "未知", "暂无", "\\", "0"})


def synonyms(tags: Iterable[TagWord] = ()) -> Mapping[str, tuple[str, ...]]:
    """Every field with the headers it is known by; a tag's column goes by the tag's name, 是否 and 情况 allowed."""
    found = {name: field.synonyms for name, field in FIELDS.items()}
    for tag in tags:
        found[TAG + tag.code] = (
            tag.name,
            f"是否{tag.name}",
            f"{tag.name}情况",
            f"{tag.name}户",
            f"{tag.name}人员",
            f"{tag.name}对象",
            f"{tag.name}类别等级",
            f"{tag.name}类别",
            f"{tag.name}等级",
        )
    return found


def label_of(field: str, tags: Iterable[TagWord] = ()) -> str:
    """What a field is called."""
    if field.startswith(TAG):
        code = field.removeprefix(TAG)
        return next((tag.name for tag in tags if tag.code == code), code)
    return str(FIELDS[field].label)


def is_of_dwelling(field: str) -> bool:
    """Whether a field says something of the dwelling, so that one merged cell stands for all its rows."""
    return field in FIELDS and FIELDS[field].of == DWELLING
