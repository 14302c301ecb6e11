"""Functions of Go files: parsed as far as acceptance tests of Terraform's provider need it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_LEXEME = re.compile(
    r"""(?P<space>\s+|//[^\n]*|/\*.*?\*/)
      | (?P<raw>`[^`]*`)
      | (?P<text>"(?:\\.|[^"\\])*")
      | (?P<rune>'(?:\\.|[^'\\])*')
      | (?P<number>\d[\w.]*)
      | (?P<word>[^\W\d]\w*)
      | (?P<mark>:=|\.\.\.|&&|\|\||[=!<>]=|<-|\+\+|--|.)""",
    re.VERBOSE | re.DOTALL,
)
_VERB = re.compile(r"%(?:\[(\d+)\])?([qstdv%])")
_CLOSING = {"(": ")", "[": "]", "{": "}"}


class UnresolvedError(Exception):
    """An expression has a part that is not read here, or that stands in no file that was read."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name with its package, as in `acctest.CtKey1`."""

    text: str


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a function."""

    function: str
    arguments: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """A literal of a struct, slice or map: its keys are None in a slice."""

    kind: str
    items: tuple[tuple[Any, Any], ...]

    def field(self, name: str) -> Any:
        """Return the value of a struct's field; None where it is not given."""
        return next((value for key, value in self.items if key == Name(name)), None)

    @property
    def fields(self) -> list[str]:
        """The names of a struct's fields."""
        return [key.text for key, _ in self.items if isinstance(key, Name)]


@dataclass(frozen=True, slots=True)
class Sum:
    """Two expressions with `+` between them."""

    left: Any
    right: Any


@dataclass(frozen=True, slots=True)
class Other:
    """An expression that is not evaluated: a function, or one with another operator."""


@dataclass(frozen=True)
class Function:
    """A function at the top level.

    Attributes:
        name: its name.
        parameters: their names; the last begins with `...` where it takes several.
        body: its lexemes.
    """

    name: str
    parameters: tuple[str, ...]
    body: tuple[str, ...]

    @property
    def assigned(self) -> dict[str, Any]:
        """The expressions of the local names that `:=` makes."""
        starts = [place for place in self._top() if self.body[place : place + 1] == (":=",)]
        return {self.body[place - 1]: Parser(self.body, place + 1).expression() for place in starts}

    @property
    def returned(self) -> Any:
        """The expression behind `return`; None without one."""
        for place in self._top():
            if self.body[place] == "return" and place + 1 < len(self.body):
                return Parser(self.body, place + 1).expression()
        return None

    def calls_of(self, *functions: str) -> list[Invocation]:
        """Return the statements that call one of *functions*, which are named with a package."""
        calls = []
        for place in self._top():
            if "".join(self.body[place : place + 3]) in functions:
                call = Parser(self.body, place).expression()
                if isinstance(call, Invocation):
                    calls.append(call)
        return calls

    def _top(self) -> Iterable[int]:
        depth = 0
        for place, lexeme in enumerate(self.body):
            depth -= lexeme in _CLOSING.values()
            if depth == 0:
                yield place
            depth += lexeme in _CLOSING


class Parser:
    """A recursive descent over lexemes."""

    def __init__(self, lexemes: Sequence[str], place: int = 0) -> None:
        self._lexemes, self._place = lexemes, place

    def expression(self) -> Any:
        """Parse the expression that begins here."""
        left = self._operand()
        while self._next() == "+":
            self._place += 1
            left = Sum(left, self._operand())
        return left

    def _next(self) -> str:
        return self._lexemes[self._place] if self._place < len(self._lexemes) else ""

    def _take(self) -> str:
        if self._place >= len(self._lexemes):
            raise UnresolvedError("an expression ends too early")
        self._place += 1
        return self._lexemes[self._place - 1]

    def _operand(self) -> Any:
        lexeme = self._take()
        if lexeme in "&*-!":
            return self._operand()
        if lexeme[0] in '`"' or lexeme[0].isdigit():
            return _literal(lexeme)
        if lexeme == "{":
            return Composite("", self._items())
        if lexeme == "(":
            value = self.expression()
            self._skip_to(")")
            return value
        is_type = lexeme in {"[", "map", "func"}
        return self._typed(lexeme) if is_type else self._named(lexeme)

    def _typed(self, lexeme: str) -> Any:
        start = self._place - 1
        while self._next() not in {"{", ""}:
            if self._next() == "(":
                self._take()
                self._skip_to(")")
            else:
                self._take()
        self._take()
        if lexeme == "func":
            self._skip_to("}")
            return Other()
        kind = "".join(self._lexemes[start : self._place - 1])
        return Composite(kind, self._items())

    def _named(self, name: str) -> Any:
        while self._next() == "." and self._lexemes[self._place + 1] != "(":
            self._take()
            name += f".{self._take()}"
        value: Any = Name(name)
        if self._next() == "{":
            self._take()
            value = Composite(name, self._items())
        elif self._next() == "(":
            self._take()
            value = Invocation(name, tuple(value for _, value in self._items(")")))
        while self._next() in {"(", "[", "."}:
            # A method of a result, an index or a conversion.
            mark, value = self._take(), Other()
            if mark in _CLOSING:
                self._skip_to(_CLOSING[mark])
            elif self._next() == "(":
                self._take()
                self._skip_to(")")
            else:
                self._take()
        return value

    def _items(self, closing: str = "}") -> tuple[tuple[Any, Any], ...]:
        items = []
        while self._next() != closing:
            key, value = None, self.expression()
            if self._next() == ":":
                self._take()
                key, value = value, self.expression()
            items.append((key, value))
            if self._next() == "...":
                self._take()
            if self._next() == ",":
                self._take()
            elif self._next() != closing:
                self._skip_to(",", closing)
        self._take()
        return tuple(items)

    def _skip_to(self, *marks: str) -> None:
        depth = 0
        while self._place < len(self._lexemes):
            lexeme = self._next()
            if depth == 0 and lexeme in marks:
                # A closing mark of a list is left to it.
                self._place += len(marks) == 1 or lexeme == ","
                return
            depth += (lexeme in _CLOSING) - (lexeme in _CLOSING.values())
            self._place += 1


def _literal(lexeme: str) -> Any:
    if lexeme[0] == "`":
        return lexeme[1:-1]
    if lexeme[0] == '"':
        return json.loads(lexeme)
    return int(lexeme) if lexeme.isdigit() else Other()


@dataclass
class Package:
    """The functions and constants of a folder's files."""

    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> Package:
        """Read all files of *folder* that are there."""
        package = cls()
        for path in sorted(folder.glob("*.go")):
            text = path.read_text(encoding="utf-8")
            package.constants |= dict(
                re.findall(r'^\s*(?:const\s+)?(\w+)\s*=\s*"([^"\n]*)"\s*$', text, re.MULTILINE)
            )
            package.functions |= {function.name: function for function in functions_of(text)}
        return package


def functions_of(text: str) -> Iterable[Function]:
    """Yield the functions of the text of a file; methods are left out."""
    words = list(lexemes(text))
    depth = 0
    for place, word in enumerate(words):
        if depth == 0 and word == "func" and words[place + 2 : place + 3] == ["("]:
            opened = place + 3
            closed = _end(words, opened, ")")
            body = words.index("{", closed) + 1
            parameters = _parameters(words[opened:closed])
            yield Function(
                words[place + 1], parameters, tuple(words[body : _end(words, body, "}")])
            )
        depth += (word in _CLOSING) - (word in _CLOSING.values())


def _end(words: Sequence[str], place: int, closing: str) -> int:
    depth = 0
    for number in range(place, len(words)):
        if depth == 0 and words[number] == closing:
            return number
        depth += (words[number] in _CLOSING) - (words[number] in _CLOSING.values())
    return len(words)


def _parameters(words: Sequence[str]) -> tuple[str, ...]:
    """Return the names of parameters; the last begins with `...` where it takes several."""
    names = []
    for group in filter(None, " ".join(words).split(",")):
        name, *kind = group.split()
        names.append(f"...{name}" if kind[:1] == ["..."] else name)
    return tuple(names)


def lexemes(text: str) -> Iterable[str]:
    """Yield the lexemes of *text* without white space and comments."""
    for match in _LEXEME.finditer(text):
        if match.lastgroup != "space":
            yield match[0]


class Evaluator:
    """Values of expressions.

    Args:
        packages: by the name that files import them under; their own package is "".
        builtins: functions that are not read but done here.
    """

    def __init__(self, packages: Mapping[str, Package], builtins: Mapping[str, Any]) -> None:
        self._packages, self._builtins = packages, builtins

    def value(self, expression: Any, names: Mapping[str, Any]) -> Any:
        """Return the value of *expression* where *names* are known.

        Raises:
            UnresolvedError: where a part of it is not known.
        """
        match expression:
            case str() | int():
                return expression
            case Sum(left, right):
                return self.value(left, names) + self.value(right, names)
            case Name(text):
                return self._named(text, names)
            case Composite(_, items):
                if items and items[0][0] is not None:
                    return {self._key(key, names): self.value(item, names) for key, item in items}
                return [self.value(item, names) for _, item in items]
            case Invocation(function, arguments):
                return self._called(function, arguments, names)
        raise UnresolvedError(type(expression).__name__)

    def _key(self, key: Any, names: Mapping[str, Any]) -> Any:
        return self.value(key, names)

    def _named(self, text: str, names: Mapping[str, Any]) -> Any:
        if text in names:
            return names[text]
        if text in {"true", "false", "nil"}:
            return {"true": True, "false": False, "nil": None}[text]
        package, _, name = text.rpartition(".")
        constants = self._packages.get(package, Package()).constants
        if name not in constants:
            raise UnresolvedError(text)
        return constants[name]

    def _called(self, name: str, arguments: Sequence[Any], names: Mapping[str, Any]) -> Any:
        if name in self._builtins:
            known = [self.value(item, names) for item in arguments if item != Name("t")]
            return self._builtins[name](*known)
        package, _, short = name.rpartition(".")
        function = self._packages.get(package, Package()).functions.get(short)
        if function is None or function.returned is None:
            raise UnresolvedError(name)
        values = [self.value(item, names) for item in arguments]
        bound: dict[str, Any] = {}
        for place, parameter in enumerate(function.parameters):
            if parameter.startswith("..."):
                bound[parameter[3:]] = values[place:]
            elif place < len(values):
                bound[parameter] = values[place]
        inside = Evaluator({**self._packages, "": self._packages[package]}, self._builtins)
        for local, expression in function.assigned.items():
            bound[local] = inside.value(expression, bound)
        return inside.value(function.returned, bound)


def sprintf(template: str, *values: Any) -> str:
    """Return what Go's fmt.Sprintf makes of the verbs q, s, t, d and v."""
    place = 0

    def verb(match: re.Match[str]) -> str:
        nonlocal place
        if match[2] == "%":
            return "%"
        place = int(match[1]) if match[1] else place + 1
        value = values[place - 1]
        if isinstance(value, bool):
            return str(value).lower()
        return json.dumps(value) if match[2] == "q" else str(value)

    return _VERB.sub(verb, template)
