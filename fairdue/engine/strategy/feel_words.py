"""What FEEL says of a cell that it cannot read, in Chinese: patterns of its English sentences."""

from __future__ import annotations

import re

_WANTED = {
    "a value, a name or '('": "值、名称或 '('",
    "an operator or the end": "运算符，或到此结束",
    "']' or ')' to close the range": "结束区间的 ']' 或 ')'",
    "')' to close the parenthesis": "与 '(' 对应的 ')'",
    "'..' between the two ends of a range": "区间两端之间的 '..'",
    "']' to close the list": "结束列表的 ']'",
    "a value; a comparison without its left side needs parentheses, as (< 5)": "值",
    "a value or a name": "值或名称",
    "a name": "名称",
}
_SENTENCES = (
    (r"expected (?P<wanted>.+), but the text ends", "此处应为{wanted}，但内容已经结束"),
    (
        r"expected (?P<wanted>.+), but found (?P<found>.+?); a text needs double quotes.*",
        "此处应为{wanted}，却是 {found}；文本须加双引号",
    ),
    (r"expected (?P<wanted>.+), but found (?P<found>.+)", "此处应为{wanted}，却是 {found}"),
    (
        r"(?P<found>'.+') is not read here: type the plain (?P<plain>.+) instead",
        "此处不能使用全角或排版字符 {found}，请改用半角 {plain}",
    ),
    (r"a text begins here but does not end.*", '文本从此处开始却没有结束，请补上 "'),
    (r"a remark begins here but does not end.*", "注释从此处开始却没有结束，请补上 */"),
    (r"the character (?P<found>'.+') \(.*\) has no meaning here.*", "字符 {found} 在此处没有意义，请删除"),
    (r"more than .* within one another.*", "嵌套过深，请拆分表达式"),
    (r"the text has .* characters.*", "内容过长"),
    (r"the number has more digits than can be kept", "数字位数过多"),
    (r"only a function can be called.*", "'(' 之前缺少运算符"),
)


def in_chinese(message: str) -> str:
    """Return a sentence of FEEL's parser in Chinese; one that is not known stays as it is."""
    for pattern, words in _SENTENCES:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found:
            parts = found.groupdict()
            parts["wanted"] = _WANTED.get(parts.get("wanted", ""), parts.get("wanted", ""))
            return words.format(**parts)
    return message
