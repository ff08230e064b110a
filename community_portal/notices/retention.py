"""How long messages to residents are kept."""

from community_portal.notices.models import Notice
from community_portal.privacy.retention import Act, Rule

SMS_RULE = Rule(
    code="notices.sms",
    label="发给居民的短信，自生成起",
    model=Notice,
    rows=lambda before: Notice.objects.filter(channel=Notice.Channel.SMS, created_at__lt=before),
    days=183,
    act=Act.DELETE,
    source="网络安全法第二十一条：日志留存不少于六个月",
    certainty="S",
)
"""What was answered stays in the petition; the message with the phone it went to is needed as a log only."""
