"""The words of a strategy's workbook: headings, explanations and what is wrong, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

Words = tuple[str, str]
"""Chinese, English."""

SHEETS: Mapping[str, Words] = {
    "strategy": ("策略", "Strategy"),
    "calculations": ("计算", "Calculations"),
    "outputs": ("结果项", "Outputs"),
    "stages": ("阶段", "Stages"),
    "facts": ("事实", "Facts"),
}

HEADINGS: Mapping[str, Words] = {
    "code": ("代码", "Code"),
    "version": ("版本", "Version"),
    "title_zh": ("标题(中文)", "Title (Chinese)"),
    "title_en": ("标题(英文)", "Title (English)"),
    "result": ("结果决策", "Decision that the night carries out"),
    "table": ("决策表", "Table"),
    "hit_policy": ("命中规则", "Hit policy"),
    "aggregation": ("汇总", "Aggregation"),
    "if": ("条件", "If"),
    "then": ("结果", "Then"),
    "row": ("行", "Row"),
    "stage": ("阶段", "Stage"),
    "name": ("名称", "Name"),
    "type": ("类型", "Type"),
    "expression": ("算式", "Expression"),
    "allowed": ("允许的值", "Allowed values"),
    "default": ("缺省值", "Default"),
    "otherwise": ("无行命中时", "If no row fires"),
    "is_final": ("终止阶段", "Final stage"),
    "zh": ("中文", "Chinese"),
    "en": ("英文", "English"),
    "range": ("取值", "Values"),
    "is_read": ("本策略读取", "Read by this strategy"),
    "yes": ("是", "yes"),
}

TYPE_WORDS: Mapping[str, Words] = {
    "integer": ("整数", "integer"),
    "number": ("数字", "number"),
    "text": ("文本", "text"),
    "boolean": ("是/否", "yes or no"),
    "date": ("日期", "date"),
    "list": ("列表", "list"),
}

HIT_POLICY_WORDS: Mapping[str, Words] = {
    "UNIQUE": ("至多一行命中；多于一行是错误", "at most one row fires; more are an error"),
    "ANY": ("可多行命中，但结果必须相同", "several rows may fire, with the same result"),
    "FIRST": ("自上而下，第一条命中的行决定", "from the top, the first row that fires decides"),
    "PRIORITY": ("命中各行中，结果最优先者决定（按允许的值的顺序）",
                 "of the rows that fire, the result that stands first among the allowed values decides"),
    "RULE ORDER": ("全部命中的行，按表中顺序成列表", "all rows that fire, as a list in the table's order"),
    "OUTPUT ORDER": ("全部命中的行，按结果的优先顺序成列表", "all rows that fire, as a list in the order of the allowed values"),
    "COLLECT": ("全部命中的行，汇总或成列表", "all rows that fire, aggregated or as a list"),
}  # fmt: skip

HINTS: Mapping[str, Words] = {
    "strategy": ("在各表中修改单元格、增删行后上传。隐藏的列和表保存编号，请勿删除。",
                 "Change cells and add or remove rows in the tables, then upload. Hidden columns and sheets keep the ids: leave them."),
    "facts": ("仅供参考：条件中可以使用的事实。", "For reference: the facts that conditions may use."),
    "outputs": ("各表结果列的类型、允许的值（逗号分隔，顺序即优先顺序）与缺省值。",
                "Type, allowed values (separated by commas; their order is the priority) and default of each table's outputs."),
    "cells": ("条件写法：留空或 - 为任意；30；< 3；[1..30]；(0..5]；\"甲\",\"乙\"；not(\"甲\")；true；false；null 为缺失",
              "Conditions: blank or - is any value; 30; < 3; [1..30]; (0..5]; \"a\",\"b\"; not(\"a\"); true; "
              "false; null is a missing value"),
}  # fmt: skip

PROBLEMS: Mapping[str, Words] = {
    "too_large": ("文件有 {found} MB，最多 16 MB。请删除图片和无关的工作表后再上传。",
                  "The file has {found} MB; at most 16 MB are read. Remove pictures and sheets that do not belong to it."),
    "too_large_unpacked": ("文件解压后有 {found} MB，超出上限，未读取。请把内容复制到新下载的工作簿中再上传。",
                           "Unpacked the file has {found} MB, which is beyond the limit; it was not read. Copy what you "
                           "need into a workbook downloaded anew."),
    "old_or_locked": ("这是旧式 .xls 文件或有密码保护。请去掉密码并另存为 .xlsx。",
                      "This is an old .xls file, or one with a password. Remove the password and save it as .xlsx."),
    "no_workbook": ("这不是可读的 .xlsx 工作簿。请在 Excel 或 WPS 中打开并另存为 .xlsx。",
                    "This is no readable .xlsx workbook. Open it in Excel or WPS and save it as .xlsx."),
    "too_many_sheets": ("工作簿有 {found} 张工作表，超出上限。", "The workbook has {found} sheets, which is beyond the limit."),
    "too_many_rows": ("本表超过 {found} 行有内容。请拆成几张决策表，或删除表格下方多余的内容。",
                      "More than {found} rows of this sheet have something in them. Divide the table, or clear what stands below it."),
    "too_many_columns": ("内容一直到第 {found} 列，超出上限。请删除表格右侧多余的内容。",
                         "There is something as far right as column {found}. Clear what stands right of the table."),
    "not_ours": ("工作簿中没有策略的标记。请先下载策略的工作簿，在其中修改后上传。",
                 "The workbook does not carry a strategy's marks. Download the strategy as a workbook, change that and upload it."),
    "table_missing": ("缺少决策表「{found}」的工作表。请恢复该表；如确要删除整张决策表，请在编辑器中删除。",
                      "The sheet of the table “{found}” is missing. Put it back; a whole table is removed in the editor."),
    "table_twice": ("决策表「{found}」有两张工作表。请只保留一张。", "Two sheets say they are the table “{found}”. Keep one of them."),
    "keys_missing": ("隐藏的列名行不见了。请在新下载的工作簿中重新修改此表。",
                     "The hidden row with the names of the columns is gone. Change this table in a workbook downloaded anew."),
    "column_unknown": ("新列「{found}」不是已知的事实或结果项。请在第一行标题处填写事实名称（见「事实」表），或在编辑器中添加列。",
                       "The new column “{found}” is no known fact or output. Head it with a fact's name (see the "
                       "sheet of facts), or add it in the editor."),
    "column_twice": ("列「{found}」出现两次。请只保留一列。", "The column “{found}” stands twice. Keep one of them."),
    "headless": ("此处有内容，但该列没有标题。请填写标题或清空该列。",
                 "Something stands here in a column without a heading. Head the column or clear it."),
    "merged_across": ("单元格横跨多列合并。请取消合并，每列各填一格。",
                      "Cells are merged across columns. Unmerge them and fill each column."),
    "broken": ("单元格是错误值 {found}。请改为可读的值。", "The cell holds the error {found}. Give it a value."),
    "uncounted": ("公式 {found} 没有算出的值。请在 Excel 或 WPS 中打开并保存，或直接填写值。",
                  "The formula {found} has no value yet. Open and save the workbook in Excel or WPS, or type the value."),
    "title_only": ("此行只有标题，没有条件和结果。说明文字请移到表格之外；要删除此行请清空标题。",
                   "This row has a title, but no condition and no result. Put notes elsewhere; clear the title to drop the row."),
    "became_date": ("表格软件把内容变成了日期 {found}。请把单元格设为文本格式，重新输入，例如 [1..3]。",
                    "The spreadsheet turned this into the date {found}. Format the cell as text and type it again, such as [1..3]."),
    "unreadable": ("读不懂「{found}」。条件写法如：30、< 3、[1..30]、\"甲\",\"乙\"、not(\"甲\")、true；任意值用 - 或留空。",
                   "“{found}” cannot be read. Write conditions like 30, < 3, [1..30], \"a\",\"b\", not(\"a\"), "
                   "true; any value is - or blank."),
    "needs_quotes": ("文本要加双引号：写成 {found}。", "Texts stand in double quotes: write {found}."),
    "needs_range": ("范围请写成 {found}。", "Write the range as {found}."),
    "needs_number": ("此列是数字，不能填「{found}」。", "This column is a number; “{found}” is none."),
    "needs_whole": ("此列是整数，不能填「{found}」。", "This column is a whole number; “{found}” is none."),
    "needs_boolean": ("此列只能填 true、false 或 -。", "This column takes true, false or -."),
    "needs_date": ("此列是日期，写成 2026-11-22。", "This column is a date: write 2026-11-22."),
    "not_allowed": ("「{found}」不在允许的值之中：{allowed}。", "“{found}” is not one of the allowed values: {allowed}."),
    "value_missing": ("此结果项没有缺省值，必须填写。", "This output has no default: give it a value."),
    "formula": ("算式有误：{found}", "The expression cannot be read: {found}"),
}  # fmt: skip


def say(words: Words, language: str) -> str:
    """Return words in a language: Chinese for `zh…`, else English."""
    return words[0] if language.startswith("zh") else words[1]
