"""How long messages that leave the portal are kept."""

from community_portal.notices.models import Notice
from community_portal.privacy.retention import Act, Rule

OUTSIDE = (Notice.Channel.SMS, Notice.Channel.MAIL)
SENT_RULE = Rule(
    code="notices.sms",
    label="发给居民的短信、发给工作人员的邮件，自生成起",
    model=Notice,
    rows=lambda before: Notice.objects.filter(channel__in=OUTSIDE, created_at__lt=before),
    days=183,
    act=Act.DELETE,
    source="网络安全法第二十一条：日志留存不少于六个月",
    certainty="S",
)
"""What was answered stays in the petition; the message and where it went are needed as a log only."""
