"""Texts with named figures, from the files of a folder: the catalogue in which all words stand.

The files are Fluent (projectfluent.org): a message has a name, ``C13-sentence``, and a text with
named figures, ``{ $rounds }``. There is one folder for each language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import count, takewhile
from pathlib import Path

from fluent.runtime import FluentBundle
from fluent.runtime.types import fluent_number
from fluent.syntax import FluentParser, ast
from fluent.syntax.visitor import Visitor

from runs.problems import nearest

SUFFIX = ".ftl"
ENGLISH = "en"
type Figure = str | int
"""What can stand for a figure of a text."""
_BREAK = re.compile(r"\s*\n\s*")


class WordsProblem(ValueError):
    """A file of texts cannot be read, a text is not there, or a figure of it was not given."""


class Words:
    r"""The texts of one language.

    A text is one paragraph: a line break in its file is a space. Where a line must break in a
    picture the file says so: ``{ "\u000A" }``.

    Attributes:
        folder: holds a folder for each language.
        locale: the language, ``"en"``.
    """

    def __init__(self, folder: Path, locale: str = ENGLISH) -> None:
        self.folder, self.locale = folder, locale
        self._fixed: dict[str, str] = {}

    @property
    def files(self) -> list[Path]:
        """The files of the language, in the order of their names."""
        return sorted((self.folder / self.locale).glob(f"*{SUFFIX}"))

    @cached_property
    def messages(self) -> dict[str, ast.Message]:
        """Name -> message, of all files.

        Raises:
            WordsProblem: a file cannot be read, or two messages have one name.
        """
        found: dict[str, ast.Message] = {}
        for path in self.files:
            for message in read_texts(path):
                if message.id.name in found:
                    raise WordsProblem(f"{path.name}: there are two texts {message.id.name!r}")
                found[message.id.name] = message
        return found

    def __call__(self, message: str, /, **figures: Figure) -> str:
        """The text of a message.

        Args:
            message: its name.
            figures: what stands for each of its figures, already written for a reader: numbers
                and dates are written by the caller, so that a text has the same bytes everywhere.
                A whole number is written as it is, without grouping; it also chooses between forms
                of a text, ``{ $n -> [one] 1 claim *[other] { $n } claims }``.

        Raises:
            WordsProblem: there is no such message, or a figure that it names is not given.
            TypeError: a figure is neither a text nor a whole number.
        """
        if not figures and message in self._fixed:
            return self._fixed[message]
        for name, figure in figures.items():
            if not isinstance(figure, str | int):
                raise TypeError(f"{message}: the figure {name} is no text but {figure!r}")
        if message not in self:
            close = nearest(message, list(self))
            raise WordsProblem(f"there is no text {message!r} in {self.folder}; {close}")
        pattern = self._bundle.get_message(message).value
        if pattern is None:
            raise WordsProblem(f"{message} has no text")
        written = {
            name: figure if isinstance(figure, str) else fluent_number(figure, useGrouping=False)
            for name, figure in figures.items()
        }
        text, errors = self._bundle.format_pattern(pattern, written)
        if errors:
            raise WordsProblem(f"{message}: {'; '.join(str(error) for error in errors)}")
        if not figures:
            self._fixed[message] = str(text)
        return str(text)

    def each(self, message: str, /, **figures: Figure) -> list[str]:
        """The texts "message-1", "message-2" and so on, as many as there are."""
        numbered = (f"{message}-{number}" for number in count(1))
        return [self(name, **figures) for name in takewhile(self.__contains__, numbered)]

    def __contains__(self, message: object) -> bool:
        return message in self.messages

    def __iter__(self) -> Iterator[str]:
        """The names of all messages."""
        return iter(self.messages)

    @cached_property
    def _bundle(self) -> FluentBundle:
        bundle = FluentBundle([self.locale], use_isolating=False)
        bundle.add_resource(ast.Resource(list(self.messages.values())))
        return bundle


def read_texts(path: Path) -> list[ast.Message]:
    """The messages of a file, with line breaks as spaces.

    Raises:
        WordsProblem: it cannot be read, or holds what is neither a message nor a comment.
    """
    try:
        tree = FluentParser(with_spans=False).parse(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WordsProblem(f"{path} cannot be read: {error}") from None
    found = []
    for entry in tree.body:
        if isinstance(entry, ast.Message):
            found.append(entry)
        elif not isinstance(entry, ast.BaseComment):
            content = entry.content or "" if isinstance(entry, ast.Junk) else f"-{entry.id.name}"
            raise WordsProblem(f"{path.name}: {content.strip().splitlines()[0]!r} is no message")
    _LineJoiner().visit(tree)
    return found


class _LineJoiner(Visitor):
    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 - Fluent's name
        node.value = _BREAK.sub(" ", node.value)
