"""Words for invented people, firms and banks. Any likeness to real ones is chance."""

from typing import Final

BANKS: Final = (
    "东海银行",
    "南江银行",
    "西岭银行",
    "北原银行",
    "中州农商银行",
    "临港银行",
    "云川银行",
    "金湖银行",
)
OWN_BANK: Final = "本行"
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧田董袁潘于蒋蔡余杜"
_GIVEN: Final = (
    "伟芳娜秀敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红梅辉建文博宇浩然子轩梓涵欣怡雨晨思远佳琪"
)
_CITIES: Final = ("江临", "海宁川", "山阳", "东屏", "南浦", "西泽", "北湖", "永昌", "清河", "云岭")
_WORDS: Final = (
    "恒达",
    "瑞丰",
    "新源",
    "博远",
    "鼎盛",
    "华信",
    "联创",
    "天成",
    "康泰",
    "嘉禾",
    "宏图",
    "正和",
)
_FIELDS: Final = ("商贸", "科技", "食品", "建材", "物流", "服饰", "电子", "餐饮", "机械", "文化")
_ABROAD: Final = (
    "Anders",
    "Belmont",
    "Corvin",
    "Delmar",
    "Estrel",
    "Farrow",
    "Galen",
    "Haldor",
    "Ilmar",
    "Jorvan",
)


def person_name(bits: int) -> str:
    """A person's name from the low bits of a hash."""
    bits, surname = divmod(bits, len(_SURNAMES))
    bits, first = divmod(bits, len(_GIVEN))
    bits, second = divmod(bits, len(_GIVEN))
    return _SURNAMES[surname] + _GIVEN[first] + (_GIVEN[second] if bits % 4 else "")


def company_name(bits: int, field: str | None = None) -> str:
    """A firm's name from the low bits of a hash; `field` is the trade in it."""
    bits, city = divmod(bits, len(_CITIES))
    bits, word = divmod(bits, len(_WORDS))
    return f"{_CITIES[city]}{_WORDS[word]}{field or _FIELDS[bits % len(_FIELDS)]}有限公司"


def foreign_name(bits: int, *, firm: bool) -> str:
    """A name from abroad, of a person or a firm."""
    bits, first = divmod(bits, len(_ABROAD))
    bits, second = divmod(bits, len(_ABROAD))
    return f"{_ABROAD[first]} {_ABROAD[second]}{' Trading Ltd' if firm else ''}"
