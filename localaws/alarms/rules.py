"""The rule of a composite alarm.

CloudWatch API reference, PutCompositeAlarm, AlarmRule: ALARM(), OK() and INSUFFICIENT_DATA() of a
name or an ARN, with or without quotes; TRUE and FALSE; AND, OR, NOT and parentheses.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_STATES = frozenset({"ALARM", "OK", "INSUFFICIENT_DATA"})
_TOKEN = re.compile(
    r"\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*"
    r"\(\s*(?:\"(?P<quoted>[^\"]+)\"|(?P<name>[^\s()\"]+))\s*\)"
    r"|(?P<word>[A-Za-z]+|[()]))"
)

StateOf = Callable[[str], str]
"""The state of an alarm, by its name."""


class RuleError(Exception):
    """A rule that CloudWatch would not take."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A parsed rule.

    Attributes:
        holds: tells whether it is true, by the states of the alarms.
        children: names of the alarms that it looks at, in order and once each.
    """

    holds: Callable[[StateOf], bool]
    children: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    word: str
    child: str = ""


def parse(text: str) -> Rule:
    """Parse a rule.

    Raises:
        RuleError: if it is none.
    """
    tokens = list(_tokens(text))
    parser = _Parser(tokens)
    holds = parser.whole()
    names = dict.fromkeys(token.child for token in tokens if token.child)
    return Rule(holds, tuple(names))


def _tokens(text: str) -> Iterator[_Token]:
    position, text = 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise RuleError(f"unexpected {text[position:].strip()[:20]!r}")
        position = match.end()
        if match["state"]:
            yield _Token(match["state"], _name(match["quoted"] or match["name"]))
        else:
            # Terraform's documentation and AWS's console write true and false in any case.
            yield _Token(match["word"].upper())


def _name(reference: str) -> str:
    """Return the name of an alarm from its name or ARN."""
    return reference.split(":", 6)[6] if reference.startswith("arn:") else reference


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._next = tokens, 0

    def whole(self) -> Callable[[StateOf], bool]:
        node = self._any_of()
        if self._next != len(self._tokens):
            raise RuleError(f"unexpected {self._tokens[self._next].word}")
        return node

    def _accept(self, word: str) -> bool:
        if self._next < len(self._tokens) and self._tokens[self._next].word == word:
            self._next += 1
            return True
        return False

    def _any_of(self) -> Callable[[StateOf], bool]:
        parts = [self._all_of()]
        while self._accept("OR"):
            parts.append(self._all_of())
        return lambda state_of: any(part(state_of) for part in parts)

    def _all_of(self) -> Callable[[StateOf], bool]:
        parts = [self._single()]
        while self._accept("AND"):
            parts.append(self._single())
        return lambda state_of: all(part(state_of) for part in parts)

    def _single(self) -> Callable[[StateOf], bool]:
        if self._accept("NOT"):
            part = self._single()
            return lambda state_of: not part(state_of)
        if self._accept("("):
            part = self._any_of()
            if not self._accept(")"):
                raise RuleError("a parenthesis is not closed")
            return part
        if self._next == len(self._tokens):
            raise RuleError("it ends too early")
        token = self._tokens[self._next]
        self._next += 1
        if token.child:
            return lambda state_of: state_of(token.child) == token.word
        if token.word not in {"TRUE", "FALSE"}:
            raise RuleError(f"unexpected {token.word}")
        return lambda _: token.word == "TRUE"
