"""Which column of somebody else's file is which part of an order. Pure."""

from collections.abc import Iterable, Mapping

from community_portal.tables import headers

FIELDS: dict[str, str] = {
    "order_no": "受理编号 工单编号 工单号 诉求编号 诉求单号 受理单号 来单编号 案件编号 热线编号 留言编号 编号 单号 "
    "orderno ordernumber msgid messageid caseid ticketno id",
    "title": "标题 诉求主题 诉求标题 工单标题 留言主题 主题 事项 title subject",
    "text": "内容 诉求内容 诉求详情 工单内容 反映内容 来电内容 留言详情 留言内容 问题描述 事件描述 描述 详情 "
    "text content description detail body",
    "received_at": "受理时间 来电时间 登记时间 登记日期 留言时间 创建时间 提交时间 诉求时间 来单时间 受理日期 日期 "
    "时间 receivedat createdat created receivedtime createtime time date",
    "reply": "回复 答复 回复内容 答复内容 答复意见 回复意见 办理结果 处理结果 结果 reply answer response",
    "replied_at": "回复时间 答复时间 办结时间 完成时间 完成日期 办结日期 repliedat answeredat closedat resolvedat",
    "caller_name": "诉求人 诉求人姓名 来电人 来电人姓名 联系人 姓名 callername name",
    "caller_phone": "电话 诉求人电话 联系电话 来电号码 来电电话 手机号 手机 手机号码 callerphone phone mobile tel",
    "address": "地址 诉求地址 事发地址 事发地点 诉求人地址 详细地址 地点 address addr",
    "category": "类别 诉求类别 问题类别 问题类型 问题类型编码 分类 类型 category type",
    "level": "级别 响应级别 紧急程度 level priority urgency",
    "kind": "性质 诉求性质 诉求类型 kind",
    "anonymous": "匿名 是否匿名 anonymous",
}
SYNONYMS = {field: words.split() for field, words in FIELDS.items()}
# Parts of a nested object that belong to the order itself; what else lies deeper is kept as it is.
NESTED = frozenset({"category", "level", "caller_name", "caller_phone", "address"})


def match(found: Iterable[str]) -> dict[str, str]:
    """The header that holds each field of an order."""
    return headers.match(found, SYNONYMS, NESTED)


def is_usable(matched: Mapping[str, str]) -> bool:
    """Whether these columns make an order: something was said."""
    return "text" in matched or "title" in matched
