"""FEEL's parser: what it reads, what it says of what it cannot read, and that it always ends."""

from __future__ import annotations

import time
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.engine.feel import FeelError, ast, names_in, parse_expression, parse_unary_tests, to_text

NAMES = ("days past due", "a-b", "金额（元）")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("(1+2)*3 - 4", "(1 + 2) * 3 - 4"),
        ("-2**2", "-2 ** 2"),
        ("a or b and not(c)", "a or b and not(c)"),
        ("(a or b) and c", "(a or b) and c"),
        ("x in (<5, >10, [1..3])", "x in (< 5, > 10, [1..3])"),
        ("x in ]1..5[", "x in (1..5)"),
        ("x between 1 and 2 and y", "x between 1 and 2 and y"),
        ("if a then b else c + 1", "if a then b else c + 1"),
        ("for i in 1..3, j in xs return i * j", "for i in 1..3, j in xs return i * j"),
        ("some x in xs satisfies x > 3", "some x in xs satisfies x > 3"),
        ('{a: 1, "b c": 2}.b c', '{a: 1, "b c": 2}.b c'),
        ("xs[item > 1][-1].name", "xs[item > 1][-1].name"),
        ("f(x: 1, long name: 2)", "f(x: 1, long name: 2)"),
        ("function(a: list<number>, b) a[1] + b", "function(a: list<number>, b) a[1] + b"),
        ("v instance of context<a: number>", "v instance of context<a: number>"),
        ("days past due - 5", "days past due - 5"),
        ("a-b", "a-b"),
        ("金额（元） > 3", "金额（元） > 3"),
        ("1 // a remark\n + /* another */ 2", "1 + 2"),
        ('@"P3D" + date("2026-01-31")', '@"P3D" + date("2026-01-31")'),
        ("1.5e3", "1500"),
        (r'"\u4e2d\n"', '"中\\n"'),
    ],
)
def test_an_expression_reads_as_it_is_grouped(text: str, printed: str) -> None:
    found = parse_expression(text, NAMES)
    assert to_text(found) == printed
    assert parse_expression(printed, {*NAMES, *names_in(found)}) == found


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("“正常”", 0, "type the plain '\"' instead"),
        ("1，2", 1, "type the plain ',' instead"),
        ("x ≥ 3", 2, "type the plain '>=' instead"),
        ("x ＜ 3", 2, "type the plain '<' instead"),
        ("f（1）", 1, "type the plain '(' instead"),
        ("[1…3]", 2, "type the plain '..' instead"),
        ("1 + １", 4, "type the plain '1' instead"),
        ('"正常”', 0, "do not close it"),
        ('"abc', 0, "add the closing"),
        ("3 +", 3, "the text ends"),
        ("a b", 2, "a text needs double quotes, and a name with spaces must be known"),
        ("(1, 2)", 2, "to close the parenthesis"),
        ("f(a: 1, 2)", 9, "either every argument has a name or none"),
        ("1(2)", 2, "only a function can be called"),
        ("a # b", 2, "has no meaning here"),
        ("/* never", 0, "add */"),
        (r'"\ud800"', 0, "half of a character"),
        ("if a then b", 11, "'else'"),
        ("", 0, "the text ends"),
        ("1e99999", 0, "more digits than can be kept"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_place_and_what_to_do(
    text: str, position: int, words: str
) -> None:
    with pytest.raises(FeelError) as caught:
        parse_expression(text)
    assert words in caught.value.message
    assert (caught.value.position, caught.value.source) == (position, text)
    assert f"character {position + 1} of" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "tests", "is_negated"),
    [
        ("-", (), False),
        ("-5", (ast.Negation(ast.Number(Decimal(5))),), False),
        ("< 30", (ast.Test("<", ast.Number(Decimal(30))),), False),
        ('"a", "b"', (ast.Text("a"), ast.Text("b")), False),
        ("not([0..5))", (ast.Range(ast.Number(Decimal(0)), ast.Number(Decimal(5)), False, True),), True),
        ("? > limit", (ast.Comparison(">", ast.Name("?"), ast.Name("limit")),), False),
        ("not(a), 3", (ast.Call(ast.Name("not"), (ast.Name("a"),)), ast.Number(Decimal(3))), False),
    ],
)
def test_a_cell_reads_as_its_tests(text: str, tests: tuple[ast.Node, ...], is_negated: bool) -> None:
    assert parse_unary_tests(text) == ast.UnaryTests(tests, is_negated)


HOSTILE = [
    *("(" * 50_000, "[" * 50_000, "-" * 300 + "1", "1" + "+1" * 5_000, "x in " * 300 + "1", "x in (" * 300),
    *("{a:" * 400, "if " * 500, "a" + ".b" * 3_000, "a" + "[1]" * 300, "not(" * 300, "1 in (" * 2_000),
    *("x instance of " + "list<" * 500, " and ".join(["a"] * 20_000), '"' * 99_999, "f(" * 99, "/*" * 40_000),
    *(
        "for a in " * 300,
        "a - " * 20_000 + ":",
        "function(" * 300,
        "{" + "a b " * 20_000,
        "x" * 100_001,
        "\\" * 9_999,
    ),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: f"{text[:12]}…{len(text)}")
def test_deep_or_long_texts_are_refused_soon(text: str) -> None:
    start = time.process_time()
    for parse in (parse_expression, parse_unary_tests):
        with pytest.raises(FeelError):
            parse(text)
    assert time.process_time() - start < 3


def test_long_lists_of_terms_and_tests_are_read() -> None:
    assert len(parse_unary_tests(", ".join(f'"{n}"' for n in range(5_000))).tests) == 5_000
    tree = parse_expression(" or ".join(f"a = {n}" for n in range(3_000)))
    assert isinstance(tree, ast.Or)
    assert len(tree.terms) == 3_000


# -- random texts and trees -----------------------------------------------------------------------

WORDS = [
    "not",
    "in",
    "and",
    "or",
    "if ",
    "then ",
    "else ",
    "for ",
    "return ",
    "some ",
    "satisfies ",
    "between ",
    "instance of ",
    "function",
    "external ",
    "null",
    "true",
    "\ndate and time",
    "days past due",
    " ",
    "\n",
    "\u3000",
    "..",
    "**",
    "!=",
    "<=",
    "//",
    "/*",
    "*/",
    '"a"',
    "1",
    ".5",
    "1e3",
    "x",
]
PIECES = st.sampled_from([*"()[]{}<>=+-*/,.:?@\"'“”（）《》≥…", *WORDS])
TEXTS = st.one_of(st.text(max_size=40), st.lists(PIECES, max_size=25).map("".join))
FUZZ = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))


@FUZZ
@given(text=TEXTS)
def test_no_text_makes_the_parser_fail_otherwise_than_in_words_and_what_is_read_prints_as_itself(
    text: str,
) -> None:
    for parse in (parse_expression, parse_unary_tests):
        try:
            found = parse(text, NAMES)
        except FeelError as error:
            assert 0 <= error.position <= len(text)
            continue
        assert parse(to_text(found), {*NAMES, *names_in(found)}) == found


WORD = st.sampled_from(["a", "b", "days past due", "金额", "x1"])
LEAVES = st.one_of(
    st.decimals(min_value=0, max_value=10**12, places=3).map(ast.Number),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8).map(ast.Text),
    st.booleans().map(ast.Boolean),
    st.just(ast.Null()),
    WORD.map(ast.Name),
    st.just(ast.Temporal("2026-11-22")),
)


def _grown(inner: st.SearchStrategy[ast.Node]) -> st.SearchStrategy[ast.Node]:
    some = st.lists(inner, min_size=2, max_size=3).map(tuple)
    sign = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
    test = st.one_of(inner, st.builds(ast.Test, sign, inner))
    iterations = st.lists(
        st.builds(ast.Iteration, WORD, inner, st.none() | inner), min_size=1, max_size=2
    ).map(tuple)
    return st.one_of(
        st.builds(ast.Negation, inner),
        st.builds(ast.Arithmetic, st.sampled_from(["+", "-", "*", "/", "**"]), inner, inner),
        st.builds(ast.Comparison, sign, inner, inner),
        st.builds(ast.And, some),
        st.builds(ast.Or, some),
        st.builds(ast.Between, inner, inner, inner),
        st.builds(ast.In, inner, st.lists(test, min_size=1, max_size=3).map(tuple)),
        st.builds(ast.If, inner, inner, inner),
        st.builds(ast.For, iterations, inner),
        st.builds(ast.Quantified, st.sampled_from(["some", "every"]), iterations, inner),
        st.builds(ast.Path, inner, WORD),
        st.builds(ast.Filter, inner, inner),
        st.builds(ast.Call, WORD.map(ast.Name), st.lists(inner, max_size=2).map(tuple)),
        st.builds(ast.ListOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(ast.Context, st.lists(st.builds(ast.Entry, WORD, inner), max_size=2).map(tuple)),
        st.builds(ast.Range, inner, inner, st.booleans(), st.booleans()),
        st.builds(ast.InstanceOf, inner, st.just(ast.TypeName("list", (ast.TypeName("date and time"),)))),
        st.builds(
            ast.Function, st.just((ast.Parameter("a"), ast.Parameter("b", ast.TypeName("number")))), inner
        ),
    )


def _flat(node: ast.Node) -> bool:
    """Whether terms of one word are one list, as the parser makes them."""
    return not any(
        isinstance(one, ast.And | ast.Or) and type(one.terms[0]) is type(one) for one in node.walk()
    )


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=st.recursive(LEAVES, _grown, max_leaves=12).filter(_flat))
def test_a_tree_that_is_printed_and_parsed_is_the_same_tree(tree: ast.Node) -> None:
    assert parse_expression(to_text(tree), names_in(tree)) == tree
