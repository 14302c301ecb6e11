"""Mutants that change a sentence for people and nothing else.

Tests assert codes and values, never sentences, so none is expected to notice such a mutant.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator

_ORIGINAL = "orig"
_WORDS = re.compile(r"[A-Za-z]{2,},? [a-z]{2,}")


def in_sentences(source: str, names: Collection[str]) -> set[str]:
    """Return those *names* whose mutants change a sentence and nothing else.

    Args:
        source: a module that mutmut wrote, with each function as it was and as each mutant.
        names: functions of mutants in it, for example `x_load__mutmut_4`.
    """
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = {
        node.name: node.body for node in ast.walk(ast.parse(source)) if isinstance(node, kinds)
    }

    def is_sentence(name: str) -> bool:
        stem, _, _ = name.rpartition("_")
        changed = [*_changed(functions[f"{stem}_{_ORIGINAL}"], functions[name])]
        return bool(changed) and all(map(_has_words, changed))

    return set(filter(is_sentence, names))


def _changed(original: object, mutant: object) -> Iterator[object]:
    """Yield the smallest parts of *original* that *mutant* has otherwise, or lacks."""
    if type(original) is not type(mutant):
        yield original
    elif isinstance(original, ast.Constant) or not isinstance(original, ast.AST | list):
        if _text(original) != _text(mutant):
            yield original
    elif isinstance(original, ast.AST):
        for name in original._fields:
            yield from _changed(getattr(original, name), getattr(mutant, name))
    elif isinstance(mutant, list):
        if len(original) == len(mutant):
            for before, after in zip(original, mutant, strict=True):
                yield from _changed(before, after)
            return
        present = {_text(part) for part in mutant}
        missing = [part for part in original if _text(part) not in present]
        yield from missing if len(missing) == len(original) - len(mutant) else [original]


def _text(part: object) -> str:
    return ast.dump(part) if isinstance(part, ast.AST) else repr(part)


def _has_words(part: object) -> bool:
    if isinstance(part, ast.keyword):
        return _has_words(part.value)
    texts = part.values if isinstance(part, ast.JoinedStr) else [part]
    # What a text is filled with stands for a word.
    values = [text.value if isinstance(text, ast.Constant) else "word" for text in texts]
    is_text = isinstance(part, ast.Constant | ast.JoinedStr)
    return is_text and _WORDS.search("".join(map(str, values))) is not None
