"""Cents as people write them: 1,234.50, and 壹仟贰佰叁拾肆元伍角整 on receipts; pure."""

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
GROUPS = ("", "万", "亿", "万亿")


def yuan(cents: int) -> str:
    """959.75, -1,200.00: yuan with two decimals and commas."""
    sign = "-" if cents < 0 else ""
    whole, part = divmod(abs(cents), 100)
    return f"{sign}{whole:,}.{part:02}"


def capital(cents: int) -> str:
    """An amount in capital characters, as receipts have it (源自《支付结算办法》附一 [S]); 负 before one below zero."""
    whole, part = divmod(abs(cents), 100)
    tens, ones = divmod(part, 10)
    text = f"{_whole(whole)}元" if whole else ""
    if not part:
        return f"{'负' if cents < 0 else ''}{text or '零元'}整"
    if tens:
        text += f"{DIGITS[tens]}角"
    elif whole:
        text += "零"
    text += f"{DIGITS[ones]}分" if ones else "整"
    return f"负{text}" if cents < 0 else text


def _whole(number: int) -> str:
    """A whole number above zero in capital characters."""
    text, gap = "", False
    for place in range(len(GROUPS) - 1, -1, -1):
        group = number // 10_000**place % 10_000
        if not group:
            gap = bool(text)
            continue
        if text and (gap or group < 1000):
            text += "零"
        text += _group(group) + GROUPS[place]
        gap = False
    return text


def _group(group: int) -> str:
    """Up to four digits: 1050 → 壹仟零伍拾."""
    text, gap = "", False
    for place in range(3, -1, -1):
        digit = group // 10**place % 10
        if digit:
            text += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = bool(text)
    return text
