"""FEEL's values: arithmetic of 34 digits, three-valued logic, dates, lists, built-in functions, limits."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fairdue.engine.feel import evaluate, parse_expression, parse_unary_tests, passes
from fairdue.engine.feel.values import string

NAMES = ("first name",)
CONTEXT = {"x": 2, "y": None, "flag": True, "first name": "Li", "loan": {"rate": 0.1, "parts": [1, 2.5]}}


def value(text: str, notes: list[str] | None = None) -> str:
    return string(evaluate(parse_expression(text, NAMES), CONTEXT, notes))


@pytest.mark.parametrize(
    ("text", "wanted"),
    [line.split(" => ") for line in """
1 / 3 => 0.3333333333333333333333333333333333
0.1 + 0.2 = 0.3 => true
-2 ** 2 => 4
2 ** 3 ** 2 => 64
10 ** -5 => 0.00001
1.20 * 3 => 3.60
1 / 0 => null
"a" + "b" => ab
"a" + 1 => null
null + 1 => null
null = null => true
null != 1 => true
"1" = 1 => null
true and null => null
false and null => false
true or null => true
null or false => null
"x" and true => null
y < 1 => null
x in [1..2) => false
x in (<1, >=2) => true
x in ("a", 2) => true
x in [1, 2, 3] => true
y in (null) => true
x between 1 and 3 => true
x between 3 and y => false
loan.rate * 10 => 1.0
loan.parts[2] => 2.5
loan.none => null
first name + "!" => Li!
[1, 2, 3][item > 1] => [2, 3]
[1, 2, 3][-1] => 3
[1, 2, 3][4] => null
[{a: 1}, {a: 2}][a > 1].a => [2]
5[true] => [5]
null[true] => []
{a: 1, b: a + 1}.b => 2
{a: 1, a: 2} => null
for i in 1..3 return i * i => [1, 4, 9]
for i in 3..1 return i => [3, 2, 1]
for i in 1..2, j in [10, 20] return i * j => [10, 20, 20, 40]
for i in 1..4 return if i = 1 then 1 else sum(partial) => [1, 1, 2, 4]
some i in [1, 2] satisfies i > 1 => true
every i in [1, null] satisfies i > 0 => null
if y then 1 else 2 => 2
(function(a, b) a + b)(1, 2) => 3
{f: function(n) if n = 0 then 1 else n * f(n - 1), r: f(10)}.r => 3628800
1 instance of number => true
null instance of number => false
[1, "a"] instance of list<number> => false
@"2026-01-31" instance of date => true
date("2024-02-29") + duration("P1Y") => 2025-02-28
date("2026-03-01") - date("2026-02-01") => P28D
date("2026-02-30") => null
date and time("2026-01-31T23:00:00") + duration("PT2H") => 2026-02-01T01:00:00
date and time("2026-01-31T23:00:00Z") = date and time("2026-02-01T07:00:00+08:00") => true
time("23:59:00") + duration("PT2M") => 00:01:00
is(time("23:00:50z"), time("23:00:50+00:00")) => true
duration("P1DT2H") * 2 => P2DT4H
duration("P1Y6M") => P1Y6M
duration("P1Y") > duration("P11M") => true
duration("P1D") / duration("PT6H") => 4
date("2026-11-22").weekday => 7
date and time("2026-01-31T10:00:00@Asia/Shanghai").timezone => Asia/Shanghai
years and months duration(date("2011-12-22"), date("2013-08-24")) => P1Y8M
day of week(date("2026-11-22")) => Sunday
week of year(date("2026-01-01")) => 1
sum([1, 2, 3]) => 6
sum([]) => null
min(1, 2) + max([1, 2]) => 3
mean(1, 2) => 1.5
median([6, 1, 2, 3]) => 2.5
stddev(2, 4, 7, 5) => 2.081665999466132735282297706979931
mode([6, 3, 9, 6, 6]) => [6]
all([true, null]) => null
count([1, null]) => 2
sublist([1, 2, 3], 2) => [2, 3]
append([1], 2, 3) => [1, 2, 3]
concatenate([1], [2, 3]) => [1, 2, 3]
insert before([1, 3], 2, 2) => [1, 2, 3]
remove([1, 2, 3], 2) => [1, 3]
list replace([2, 4, 7], 3, 6) => [2, 4, 6]
list replace([2, 4, 7], function(a, b) a < b, 5) => [5, 5, 7]
reverse([1, 2]) => [2, 1]
index of([1, 2, 1], 1) => [1, 3]
union([1, 2], [2, 3]) => [1, 2, 3]
distinct values([1, 2, 1]) => [1, 2]
flatten([1, [2, [3]]]) => [1, 2, 3]
sort([3, 1, 2], function(a, b) a < b) => [1, 2, 3]
string join(["a", null, "b"], "-") => a-b
substring("foobar", 3, 2) => ob
substring(string: "foobar", start position: -2) => ar
string length("桥长") => 2
upper case("aBc") => ABC
substring before("foobar", "bar") => foo
contains("foobar", "ob") => true
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]") => [1=ab][2=]cd
matches("foobar", "^fo*b") => true
matches("a", "(") => null
split("a;b;;c", ";") => ["a", "b", "", "c"]
decimal(2.5, 0) => 2
decimal(-0.005, 2) => 0.00
round half up(5.5, 0) => 6
round half down(-5.5, 0) => -5
round up(1.121, 2) => 1.13
floor(-1.5) => -2
ceiling(1.56, 1) => 1.6
decimal(150, -2) => 200
modulo(-12, 5) => 3
modulo(10, 0) => null
sqrt(16) => 4
even(-2) and odd(3) => true
abs(-1) => 1
number("1 000,5", " ", ",") => 1000.5
number("x") => null
string(1.10) => 1.10
string(["a", {b: null}]) => ["a", {b: null}]
not(null) => null
get value({a: 1}, "a") => 1
context put({a: 1}, ["b", "c"], 2) => {a: 1, b: {c: 2}}
context merge([{a: 1}, {b: 2}]) => {a: 1, b: 2}
before(1, [2..3]) => true
after([5..6], [1..5)) => true
meets([1..5], [5..8]) => true
overlaps([1..5], (5..8]) => false
during(5, [1..5]) => true
starts([1..3], [1..5]) => true
includes([1..5], [2..3]) => true
coincides([1..5], [1..5]) => true
[1..5].end included => true
is(@"2026-01-31", @"2026-01-31") => true
today() => null
unknown(1) => null""".strip().splitlines()],
)  # fmt: skip
def test_an_expression_comes_to_its_value(text: str, wanted: str) -> None:
    assert value(text) == wanted


def test_every_null_by_an_error_has_its_words() -> None:
    notes: list[str] = []
    assert value("1 / 0 + nobody", notes) == "null"
    assert notes[:2] == ["a number cannot be divided by zero", "the name nobody is not known"]


@pytest.mark.parametrize(
    ("cell", "tested", "wanted"),
    [
        ("-", None, True),
        ("< 30", 29, True),
        ("< 30", None, None),
        ("[1..30], 45", 45, True),
        ('not("a", "b")', "c", True),
        ('not("a")', None, True),
        ("not(< 5)", None, None),
        ("null", None, True),
        ("? > limit", 6, True),
        ("> limit", 5, False),
        ("[9..limit]", None, None),
        ("[9..limit]", 7, False),
        ('"a"', 1, None),
        ("not(< 5, > 9)", 7, True),
    ],
)
def test_a_cell_passes_fails_or_cannot_tell(cell: str, tested: Any, wanted: Any) -> None:
    assert passes(parse_unary_tests(cell), tested, {"limit": 5}) is wanted


RUNAWAYS = [
    ("for i in 1..1000000000 return i", "stopped"),
    ("for i in 1..1000, j in 1..1000, k in 1..1000 return 1", "stopped"),
    ("{f: function(x) f(x + 1), r: f(1)}.r", "too deeply"),
    (
        'for i in 1..100 return if i = 1 then "aaaaaaaaaa" else partial[-1] + partial[-1]',
        "characters at most",
    ),
    (
        "for i in 1..60 return if i = 1 then [1, 2] else concatenate(partial[-1], partial[-1])",
        "elements at most",
    ),
    ("string(for i in 1..40 return [partial[-1], partial[-1]])", "characters at most"),
    ("string(for i in 1..5000 return [partial[-1]])", "too deeply"),
    ("9.9 ** 9999999999999", "too large"),
    ("1e6000 * 1e6000", "too large"),
    ('count(split("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "(a+)+$"))', ""),
]


@pytest.mark.parametrize(("text", "words"), RUNAWAYS, ids=[text[:40] for text, _ in RUNAWAYS])
def test_what_would_never_end_or_grow_without_end_is_stopped(text: str, words: str) -> None:
    notes: list[str] = []
    start = time.process_time()
    evaluate(parse_expression(text), {}, notes)
    assert time.process_time() - start < 5
    assert any(words in note for note in notes) or not words
