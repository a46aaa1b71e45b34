"""The headers of columns about persons.

Names cannot be told from other words, so they are kept out by the columns they stand in.
"""

from __future__ import annotations

import re
from typing import Final

#: headers of columns about persons: these words anywhere in the name
_ANYWHERE: Final = (
    "姓名", "氏名", "联系人", "联络人", "联系电话", "联系方式", "联络电话", "手机", "身份证", "证件号", "公民身份",
    "银行卡", "卡号", "银行账", "银行帐", "收款账", "收款帐", "开户账", "开户帐", "开户行", "户名",
    "家庭住址", "家庭地址", "居住地址", "现住址", "户籍", "出生", "生年月日", "法定代表人", "法人代表",
    "微信号", "QQ号", "电子邮箱", "护照", "车牌", "口座番号", "電話", "携帯",
)  # fmt: skip
#: … these as the whole name
_WHOLE: Final = re.compile(
    r"(?:单位|项目|企业|班组|主要|直接|具体)?(?:负责人|责任人|经办人|承办人|填报人|代理人|包工头|班组长)"
    r"|投诉人|举报人|反映人|信访人|来访人|申请人|当事人|被投诉人|欠薪人员|被欠薪人|受害人|本人"
    r"|(?:办公|移动|固定|本人|家庭|单位|负责人|投诉人|反映人)?(?:电话|座机)(?:号码)?"
    r"|(?:个人)?(?:账号|帐号)|住址|住所|性别|民族|年龄|籍贯|微信|QQ|邮箱|E-?mail"
    r"|(?:worker|employee|complainant|claimant|patient|contact)(?: person)?(?: name)?"
    r"|name of (?:the )?(?:worker|employee|complainant|claimant|patient)"
    r"|(?:full |first |last |given |family )name|(?:tele|mobile |cell )?phone(?: number)?"
    r"|id (?:card|number)(?: no\.?)?|date of birth|home address|bank account(?: number)?",
    re.IGNORECASE,
)
#: a post is no person, and a number of heads is none either
_POSTS: Final = re.compile(r"岗位|职务|职位|人数|人次|\bpost\b", re.IGNORECASE)


def is_about_persons(*levels: str) -> bool:
    """Return whether a column holds personal data: names, numbers or addresses of persons, not posts.

    Args:
        levels: its header from the top row down.
    """
    # programs write first_name
    *above, last = (" ".join(level.replace("_", " ").split()) for level in levels)
    if _POSTS.search(last):
        return False
    grouped = any(word in name.replace(" ", "") for name in (*above, last) for word in _ANYWHERE)
    return grouped or _WHOLE.fullmatch(last) is not None
