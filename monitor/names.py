"""What a name tells of who bears it. Names are looked at as postings pass, and never kept."""

import re
from typing import Final

_LEGAL_FORM: Final = re.compile(
    r"公司|集团|商行|商店|商贸|超市|厂|合作社|事务所|工作室|经营部|中心|医院|学校|大学|银行|基金|有限|委员会|局$|店$"
    r"|\b(?:ltd|limited|llc|llp|inc|corp|company|co|gmbh|ag|kg|sarl|sas|srl|spa|bv|nv|plc|oy|ab|aps|pte|pty|trust|"
    r"foundation|holdings?|group|bank)\b\.?",
    re.IGNORECASE,
)


def is_entity(name: str | None) -> bool:
    """Whether the name has a legal form, and so is no natural person's. Names without one count as persons'.

    >>> (
    ...     is_entity("上海某某贸易有限公司"),
    ...     is_entity("Acme Trading Ltd."),
    ...     is_entity("王小明"),
    ...     is_entity(None),
    ... )
    (True, True, False, False)
    """
    return name is not None and _LEGAL_FORM.search(name) is not None
