"""Tokens taken one by one: what is expected, what is wrong instead, names, types, and how deep it goes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from fairdue.engine.feel import ast
from fairdue.engine.feel.errors import FeelError
from fairdue.engine.feel.names import KEYWORDS, NAME_MARKS, KnownNames, built_in, joined
from fairdue.engine.feel.tokens import Token, plain_counterpart, tokenise

N = TypeVar("N", bound=ast.Node)

MAX_DEPTH = 90
"""How deep a tree may be: brackets within brackets, or operators in one chain."""


class Cursor:
    """Reads the tokens of one source from left to right."""

    def __init__(self, source: str, names: Iterable[str] | KnownNames) -> None:
        self.source = source
        self.tokens = tokenise(source)
        self.at = 0
        self.level = 0
        self.names = names.copy_with() if isinstance(names, KnownNames) else built_in().copy_with(names)
        self.depths: dict[int, int] = {}
        self.kept: list[ast.Node] = []

    # -- tokens -------------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def peek(self, ahead: int = 1) -> Token:
        return self.tokens[min(self.at + ahead, len(self.tokens) - 1)]

    def take(self) -> Token:
        found = self.token
        if found.kind != "end":
            self.at += 1
        return found

    def is_mark(self, *marks: str) -> bool:
        return self.token.kind == "mark" and self.token.text in marks

    def is_word(self, *words: str) -> bool:
        return self.token.kind == "word" and self.token.text in words

    def expect_mark(self, mark: str, purpose: str) -> Token:
        if not self.is_mark(mark):
            raise self.unexpected(f"{mark!r} {purpose}")
        return self.take()

    def expect_word(self, word: str, purpose: str) -> Token:
        if not self.is_word(word):
            raise self.unexpected(f"{word!r} {purpose}")
        return self.take()

    def finish(self) -> None:
        if self.token.kind != "end":
            raise self.unexpected("an operator or the end")

    def unexpected(self, wanted: str) -> FeelError:
        """The error for a token that cannot stand where it stands."""
        token = self.token
        if token.kind == "bad":
            return self.error(token.text, token)
        if token.kind == "wide":
            plain = plain_counterpart(token.text)
            return self.error(f"{token.text!r} is not read here: type the plain {plain!r} instead", token)
        if token.kind == "end":
            return self.error(f"expected {wanted}, but the text ends", token)
        shown = '"' + token.text[:30] + '"' if token.kind == "text" else repr(token.text[:30])
        hint = ""
        before = self.tokens[self.at - 1] if self.at else None
        if token.kind == "word" and before is not None and before.kind in ("word", "number"):
            hint = "; a text needs double quotes, and a name with spaces must be known"
        return self.error(f"expected {wanted}, but found {shown}{hint}", token)

    def error(self, message: str, token: Token) -> FeelError:
        return FeelError(message, self.source, token.start)

    # -- depth --------------------------------------------------------------------------------

    def keep(self, node: N) -> N:
        """Return the node, its depth noted, unless it is too deep."""
        depth = 1 + max((self.depths.get(id(child), 1) for child in node.children()), default=0)
        if depth > MAX_DEPTH:
            message = f"more than {MAX_DEPTH} operators or brackets within one another: split the expression"
            raise FeelError(message, self.source, node.position)
        self.depths[id(node)] = depth
        self.kept.append(node)  # alive, so that its id is not given to another node
        return node

    # -- names ------------------------------------------------------------------------------------

    def component(self) -> str:
        known = self.names.match(self.tokens, self.at)
        if known is not None:
            self.at += known[1]
            return known[0]
        if self.token.kind != "word" or self.token.text == "?":
            raise self.unexpected("the name of a component after '.'")
        return self.take().text

    def key_before_colon(self) -> str | None:
        """Take a name and the colon after it, if that is what comes next."""
        end = self.at
        while self.tokens[end].kind in ("word", "number", "wide") or (
            self.tokens[end].kind == "mark" and self.tokens[end].text in NAME_MARKS
        ):
            end += 1
        colon = self.tokens[end]
        if end == self.at or colon.kind != "mark" or colon.text != ":":
            return None
        name = joined(self.tokens[self.at : end])
        if self.token.kind != "word":
            return None
        self.at = end + 1
        self.names.add(name)
        return name

    def new_name(self, *ends: str) -> str:
        """Take a name that is declared here: the tokens up to one of the ends."""
        start = self.at
        while self.token.text not in ends and (
            self.token.kind in ("word", "number", "wide") or self.is_mark(*NAME_MARKS)
        ):
            self.take()
        found = self.tokens[start : self.at]
        if not found or found[0].kind != "word" or found[0].text in KEYWORDS | {"?"}:
            self.at = start
            raise self.unexpected("a name")
        name = joined(found)
        self.names.add(name)
        return name

    # -- types --------------------------------------------------------------------------------

    def type_name(self) -> ast.TypeName:
        """`number`, `date and time`, `list<number>`, `context<a: text>`, `function<number> -> text`."""
        self.level += 1
        if self.level > MAX_DEPTH:
            raise self.error(f"more than {MAX_DEPTH} types within one another", self.token)
        place = self.token.start
        if self.is_word("function"):
            name = self.take().text
        else:
            name = self.qualified_name()
        of, keys = self.type_arguments(name) if self.is_mark("<") else ((), ())
        result = None
        if name == "function" and self.is_mark("->"):
            self.take()
            result = self.type_name()
        self.level -= 1
        return self.keep(ast.TypeName(name, of, keys, result, position=place))

    def qualified_name(self) -> str:
        name = self.component()
        while self.is_mark("."):
            self.take()
            name += "." + self.component()
        return name

    def type_arguments(self, name: str) -> tuple[tuple[ast.TypeName, ...], tuple[str, ...]]:
        self.take()
        of: list[ast.TypeName] = []
        keys: list[str] = []
        while not self.is_mark(">"):
            if name == "context":
                keys.append(self.new_name(":"))
                self.expect_mark(":", "after the key")
            of.append(self.type_name())
            if not self.is_mark(","):
                break
            self.take()
        self.expect_mark(">", "after the types")
        return tuple(of), tuple(keys)
