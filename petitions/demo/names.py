"""Generated names, identity numbers and phones; pure. None of them is anybody's.

Identity numbers carry county codes 99xxxx: no province has a code above 82, so nobody was ever given one. Phones begin
with 154, which the regulator has given to no operator; they still look like mobile numbers to every form.
"""

from datetime import date
from random import Random

from community_portal.privacy.id_number import check_digit

PHONE_PREFIX = "154"
COUNTY_PREFIX = "99"
SERIALS_A_COUNTY = 500

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔温庞樊葛"
)
_COMMON = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗" * 6
_POOL = _SURNAMES + _COMMON
_OLD_MEN = "国建志德福永明玉春长文振学宝庆树兴世金广全生林荣贵华军良义山海"
_OLD_WOMEN = "秀桂玉淑凤兰英珍芬芳萍琴素文翠云霞荣华金香梅莲贞敏惠春"
_MEN = "伟强磊军洋勇杰涛超明刚平辉鹏浩宇轩博然泽睿子俊晨昊天佳旭凯"
_WOMEN = "芳娜敏静丽艳娟霞燕玲婷雪慧倩颖琳欣怡佳梦雨涵诗琪思悦晓月"
OLD_BORN_BEFORE = 1966
_POOLS = {
    ("male", True): _OLD_MEN,
    ("female", True): _OLD_WOMEN,
    ("male", False): _MEN,
    ("female", False): _WOMEN,
}


def surname(rng: Random) -> str:
    """A surname, the frequent ones oftener."""
    return rng.choice(_POOL)


def given_name(rng: Random, sex: str, born: int) -> str:
    """One or two characters of the time when the person was born."""
    pool = _POOLS[sex, born < OLD_BORN_BEFORE]
    return rng.choice(pool) + (rng.choice(pool) if rng.random() < 0.72 else "")


def phone(serial: int) -> str:
    """The phone of person number `serial`, one of a hundred million."""
    return f"{PHONE_PREFIX}{(serial * 7919 + 20240607) % 100_000_000:08d}"


def id_number(serial: int, birth_date: date, sex: str) -> str:
    """A number whose check digit passes and whose county does not exist; different for five million people."""
    county = serial // SERIALS_A_COUNTY % 10_000
    order = serial % SERIALS_A_COUNTY * 2 + (sex == "male")
    first = f"{COUNTY_PREFIX}{county:04d}{birth_date:%Y%m%d}{order:03d}"
    return first + check_digit(first)
