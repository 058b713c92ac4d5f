"""From text to tree: a Pratt parser of FEEL expressions and unary tests.

Binding, from loose to tight: or, and, comparison (with `in`, `between`, `instance of`), sum, product,
power, sign, path and filter and call. Operators of one strength group from the left. A minus sign binds
tighter than the power, as the standard has it: `-2 ** 2` is 4.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from fairdue.engine.feel import ast
from fairdue.engine.feel.cursor import MAX_DEPTH, Cursor
from fairdue.engine.feel.errors import FeelError
from fairdue.engine.feel.names import KEYWORDS, KnownNames
from fairdue.engine.feel.tokens import Token

_STRENGTH = {"or": 10, "and": 20, "in": 30, "between": 30, "+": 40, "-": 40, "*": 50, "/": 50, "**": 60}
_STRENGTH |= dict.fromkeys(("=", "!=", "<", "<=", ">", ">="), 30) | {
    "instance": 65,
    ".": 80,
    "[": 80,
    "(": 80,
}
_COMPARISONS = ("=", "!=", "<", "<=", ">", ">=")
_SIGN = 70
_OPENING = ("(", "[", "]", "{", "-")
_STARTS = _OPENING + _COMPARISONS


def parse_expression(text: str, names: Iterable[str] | KnownNames = ()) -> ast.Node:
    """Return the tree of an expression.

    :param names: names of variables, functions and components that have spaces or signs in them
    :raises FeelError: if it is not an expression; it says what, where, and what to do
    """
    parser = _Parser(text, names)
    found = parser.expression()
    parser.finish()
    return found


def parse_unary_tests(text: str, names: Iterable[str] | KnownNames = ()) -> ast.UnaryTests:
    """Return the tree of a cell: `-`, `< 30`, `[1..30], 45`, `not("a", "b")`, `? > limit`.

    :param names: as for `parse_expression`
    :raises FeelError: if it is not a list of unary tests
    """
    parser = _Parser(text, names)
    found = parser.unary_tests()
    parser.finish()
    return found


class _Parser(Cursor):
    """Reads one source from left to right."""

    # -- expressions --------------------------------------------------------------------------

    def expression(self, strength: int = 0) -> ast.Node:
        """Read an expression whose operators all bind tighter than a strength."""
        self.level += 1
        if self.level > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} brackets or operators within one another: split the expression"
            raise self.error(message, self.token)
        left = self.continued(self.prefix(), strength)
        self.level -= 1
        return left

    def continued(self, left: ast.Node, strength: int) -> ast.Node:
        """Read the operators that follow a node and bind tighter than a strength."""
        while (found := self.operator_strength()) > strength:
            left = self.keep(self.infix(left, found))
        return left

    def operator_strength(self) -> int:
        token = self.token
        if token.kind not in ("word", "mark"):
            return 0
        if token.text == "[" and not self.can_start(self.peek()):
            return 0  # the closing end of a range as `[1..5[`
        return _STRENGTH.get(token.text, 0)

    def can_start(self, token: Token) -> bool:
        """Whether an expression may begin with a token."""
        if token.kind == "word":
            return token.text not in ("and", "or", "then", "else", "return", "satisfies", "in", "between")
        return token.kind in ("number", "text", "at", "wide") or (
            token.kind == "mark" and token.text in _OPENING
        )

    def infix(self, left: ast.Node, strength: int) -> ast.Node:
        operator = self.take()
        text, place = operator.text, left.position
        if text in ("and", "or"):
            return self.logic(left, text, strength)
        if text in _COMPARISONS:
            return ast.Comparison(text, left, self.expression(strength), position=place)  # type: ignore[arg-type]
        if text == "in":
            return ast.In(left, self.in_tests(), position=place)
        if text == "between":
            return self.between(left)
        if text == "instance":
            self.expect_word("of", "after 'instance'")
            return ast.InstanceOf(left, self.type_name(), position=place)
        if text in (".", "[", "("):
            return self.postfix(left, text)
        return ast.Arithmetic(text, left, self.expression(strength), position=place)  # type: ignore[arg-type]

    def logic(self, left: ast.Node, word: str, strength: int) -> ast.Node:
        """Terms joined by one word: a flat list, however many."""
        terms = [left, self.expression(strength)]
        while self.is_word(word):
            self.take()
            terms.append(self.expression(strength))
        node = ast.And if word == "and" else ast.Or
        return node(tuple(terms), position=left.position)

    def between(self, value: ast.Node) -> ast.Node:
        low = self.expression(30)
        self.expect_word("and", "between the two ends of 'between'")
        return ast.Between(value, low, self.expression(30), position=value.position)

    def in_tests(self) -> tuple[ast.Node, ...]:
        """What follows `in`: one test, or several in parentheses."""
        if not self.is_mark("("):
            return (self.test(30),)
        place = self.take().start
        first = self.test()
        if self.is_mark(".."):
            return (self.continued(self.keep(self.range_from(first, True, place)), 30),)
        tests = [first]
        while self.is_mark(","):
            self.take()
            tests.append(self.test())
        self.expect_mark(")", "after the tests of 'in'")
        return tuple(tests) if len(tests) > 1 else (self.continued(first, 30),)

    def postfix(self, left: ast.Node, mark: str) -> ast.Node:
        place = left.position
        if mark == ".":
            return ast.Path(left, self.component(), position=place)
        if mark == "[":
            condition = self.expression()
            self.expect_mark("]", "to close the filter")
            return ast.Filter(left, condition, position=place)
        if not isinstance(left, ast.Name | ast.Path | ast.Function | ast.Call | ast.Filter | ast.If):
            raise self.error("only a function can be called: an operator is missing before '('", self.token)
        return self.call(left)

    def call(self, function: ast.Node) -> ast.Node:
        names: list[str] = []
        arguments: list[ast.Node] = []
        while not self.is_mark(")"):
            if (name := self.key_before_colon()) is not None:
                names.append(name)
            arguments.append(self.expression())
            if not self.is_mark(","):
                break
            self.take()
            if self.is_mark(")"):
                raise self.unexpected("an argument after ','")
        if names and len(names) != len(arguments):
            raise self.error("either every argument has a name or none", self.token)
        self.expect_mark(")", "after the arguments")
        return ast.Call(function, tuple(arguments), tuple(names), position=function.position)

    # -- what an expression begins with -------------------------------------------------------

    def prefix(self) -> ast.Node:
        token = self.token
        known = self.names.match(self.tokens, self.at)
        if known is not None:
            self.at += known[1]
            return ast.Name(known[0], position=token.start)
        if token.kind == "number":
            return self.number()
        if token.kind == "text":
            return ast.Text(self.take().text, position=token.start)
        if token.kind == "at":
            return ast.Temporal(self.take().text, position=token.start)
        if token.kind == "word":
            return self.word()
        if token.kind == "mark" and token.text in _STARTS:
            return self.keep(self.bracket())
        raise self.unexpected("a value, a name or '('")

    def number(self) -> ast.Node:
        token = self.take()
        try:
            value = Decimal(token.text)
        except InvalidOperation:  # an exponent beyond what can be told
            raise self.error("the number has more digits than can be kept", token) from None
        if len(value.as_tuple().digits) > 400 or abs(value.adjusted()) > 6144:
            raise self.error("the number has more digits than can be kept", token)
        return ast.Number(value, position=token.start)

    def word(self) -> ast.Node:
        token = self.token
        read = {
            "if": self.conditional,
            "for": self.loop,
            "some": self.quantified,
            "every": self.quantified,
            "function": self.function,
        }.get(token.text)
        if read is not None:
            return self.keep(read())
        if token.text in ("true", "false"):
            return ast.Boolean(self.take().text == "true", position=token.start)
        if token.text == "null":
            self.take()
            return ast.Null(position=token.start)
        if token.text in KEYWORDS:
            raise self.unexpected("a value or a name")
        return ast.Name(self.take().text, position=token.start)

    def bracket(self) -> ast.Node:
        token = self.token
        if token.text == "-":
            self.take()
            return ast.Negation(self.expression(_SIGN), position=token.start)
        if token.text in _COMPARISONS:
            raise self.unexpected("a value; a comparison without its left side needs parentheses, as (< 5)")
        if token.text == "{":
            return self.context()
        if token.text == "(":
            return self.parenthesised()
        return self.range_or_list()

    def parenthesised(self) -> ast.Node:
        """`(a)`, `(1..5]`, or a comparison without its left side, `(< 5)`."""
        place = self.take().start
        if self.is_mark(*_COMPARISONS):
            test = self.test()
            self.expect_mark(")", "after the comparison")
            return test
        inner = self.expression()
        if self.is_mark(".."):
            return self.range_from(inner, True, place)
        self.expect_mark(")", "to close the parenthesis")
        return inner

    def range_or_list(self) -> ast.Node:
        opening = self.take()
        if opening.text == "[" and self.is_mark("]"):
            self.take()
            return ast.ListOf((), position=opening.start)
        first = self.expression()
        if self.is_mark("..") or opening.text == "]":
            return self.range_from(first, opening.text == "]", opening.start)
        items = [first]
        while self.is_mark(","):
            self.take()
            items.append(self.expression())
        self.expect_mark("]", "to close the list")
        return ast.ListOf(tuple(items), position=opening.start)

    def range_from(self, low: ast.Node, is_low_open: bool, place: int) -> ast.Node:
        self.expect_mark("..", "between the two ends of a range")
        high = self.expression()
        if not self.is_mark("]", ")", "["):
            raise self.unexpected("']' or ')' to close the range")
        return ast.Range(low, high, is_low_open, self.take().text != "]", position=place)

    def context(self) -> ast.Node:
        place = self.take().start
        entries: list[ast.Entry] = []
        while not self.is_mark("}"):
            entries.append(self.entry())
            if not self.is_mark(","):
                break
            self.take()
            if self.is_mark("}"):
                raise self.unexpected("an entry after ','")
        self.expect_mark("}", "to close the context")
        return ast.Context(tuple(entries), position=place)

    def entry(self) -> ast.Entry:
        start = self.token
        if start.kind == "text":
            key: str | None = self.take().text
            self.names.add(start.text)
            self.expect_mark(":", "after the key")
        else:
            key = self.key_before_colon()
        if key is None:
            raise self.unexpected("a key and ':'")
        return self.keep(ast.Entry(key, self.expression(), position=start.start))

    def conditional(self) -> ast.Node:
        place = self.take().start
        condition = self.expression()
        self.expect_word("then", "after the condition of 'if'")
        then = self.expression()
        self.expect_word("else", "after the first branch of 'if'")
        return ast.If(condition, then, self.expression(), position=place)

    def loop(self) -> ast.Node:
        place = self.take().start
        iterations = self.iterations()
        self.expect_word("return", "after what 'for' goes over")
        return ast.For(iterations, self.expression(), position=place)

    def quantified(self) -> ast.Node:
        word = self.take()
        iterations = self.iterations()
        self.expect_word("satisfies", f"after what {word.text!r} goes over")
        condition = self.expression()
        return ast.Quantified(word.text, iterations, condition, position=word.start)  # type: ignore[arg-type]

    def iterations(self) -> tuple[ast.Iteration, ...]:
        found = [self.iteration()]
        while self.is_mark(","):
            self.take()
            found.append(self.iteration())
        return tuple(found)

    def iteration(self) -> ast.Iteration:
        place = self.token.start
        name = self.new_name("in")
        self.expect_word("in", "after the name")
        source, end = self.expression(), None
        if self.is_mark(".."):
            self.take()
            end = self.expression()
        return self.keep(ast.Iteration(name, source, end, position=place))

    def function(self) -> ast.Node:
        place = self.take().start
        self.expect_mark("(", "after 'function'")
        parameters: list[ast.Parameter] = []
        while not self.is_mark(")"):
            parameters.append(self.parameter())
            if not self.is_mark(","):
                break
            self.take()
        self.expect_mark(")", "after the parameters")
        is_external = self.is_word("external")
        if is_external:
            self.take()
        return ast.Function(tuple(parameters), self.expression(), is_external, position=place)

    def parameter(self) -> ast.Parameter:
        place = self.token.start
        name, kind = self.new_name(",", ")", ":"), None
        if self.is_mark(":"):
            self.take()
            kind = self.type_name()
        return self.keep(ast.Parameter(name, kind, position=place))

    # -- unary tests --------------------------------------------------------------------------

    def unary_tests(self) -> ast.UnaryTests:
        if self.token.kind == "mark" and self.token.text == "-" and self.peek().kind == "end":
            self.take()
            return ast.UnaryTests()
        place = self.token.start
        if self.is_word("not") and self.peek().text == "(":
            return self.negated(place)
        return ast.UnaryTests(self.tests(), position=place)

    def negated(self, place: int) -> ast.UnaryTests:
        """`not(…)` around the whole cell; else `not(…)` was a call that begins a test, and is read again."""
        start, fault = self.at, None
        try:
            self.at += 2
            tests = self.tests()
            self.expect_mark(")", "to close 'not('")
            if self.token.kind == "end":
                return ast.UnaryTests(tests, True, position=place)
        except FeelError as error:
            fault = error
        self.at, self.level = start, 0
        try:
            return ast.UnaryTests(self.tests(), position=place)
        except FeelError as error:
            raise error if fault is None or fault.position < error.position else fault from None

    def tests(self) -> tuple[ast.Node, ...]:
        found = [self.test()]
        while self.is_mark(","):
            self.take()
            found.append(self.test())
        return tuple(found)

    def test(self, strength: int = 0) -> ast.Node:
        """One test: `< 30`, or an expression, a range among them."""
        if self.is_mark(*_COMPARISONS):
            operator = self.take()
            operand = self.expression(30)
            return self.keep(ast.Test(operator.text, operand, position=operator.start))  # type: ignore[arg-type]
        return self.expression(strength)
