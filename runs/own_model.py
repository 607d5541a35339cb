"""A model class of one's own in place of ``MarketModel``: found by name, checked, hashed, sent.

A class is named as "package.module:Class". Its module may stand in the present folder, beside the
experiment that names it, or among the installed packages. Worker processes, a resumed sweep and a
replay find the class again by its name and its folder; the files that it is made of count as code
of the model, so a sweep is not resumed after they were edited.
"""

from __future__ import annotations

import ast
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module, invalidate_caches
from inspect import isclass, signature
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType
from typing import TYPE_CHECKING, Annotated, Any

import typer

from runs.problems import UserProblem, nearest

if TYPE_CHECKING:
    from market.model import MarketModel

OURS = ("market", "agents", "runs", "viz", "mesa")
"""Packages whose code counts by its own hash, or by its version."""
INSTALLED = "site-packages"

type ModelLike = type[MarketModel] | str | OwnModel | None
"""A model class, its name, or where it stands; None for this package's own."""

ModelOption = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="MODULE:CLASS",
        help="A subclass of MarketModel to run, such as mymodel:Mine; default: MarketModel.",
    ),
]


class ModelProblem(UserProblem):
    """A model class that cannot be used; ``reason`` says why, the text names the class too."""

    def __init__(self, name: str, reason: str) -> None:
        """Put both in one line."""
        super().__init__(f"model {name!r}: {reason}")
        self.name, self.reason = name, reason


@dataclass(frozen=True, slots=True)
class OwnModel:
    """Where a model class stands; small, and the same in every process.

    Attributes:
        name: "package.module:Class".
        folder: what must be on the path of Python to import it.
    """

    name: str
    folder: str

    def load(self) -> type[MarketModel]:
        """The class; raises ModelProblem when it is not to be found or is none of ours."""
        return _found(self.name, (self.folder,))

    def sources(self) -> dict[str, Path]:
        """Module -> file of all that the class is made of, outside this package.

        These are the modules of the class and of its bases, and what they import from their own
        folder. Installed packages count only where the class or a base stands in one.
        """
        root = Path(self.folder)
        main = self.name.partition(":")[0]
        todo = {
            main if base.__module__ in {"__main__", "__mp_main__"} else base.__module__
            for base in self.load().__mro__
        }
        found: dict[str, Path] = {}
        while todo:
            name = todo.pop()
            path = None if name in found or _is_foreign(name) else _file_of(name, root)
            if path is not None:
                found[name] = path
                todo |= set(_imports(name, path, root))
        return dict(sorted(found.items()))

    def sha256(self) -> str:
        """Hash of the class's name and of its source as it is on disk now."""
        total = hashlib.sha256(self.name.encode())
        for name, path in self.sources().items():
            total.update(name.encode())
            total.update(path.read_bytes())
        return total.hexdigest()


def class_of(given: ModelLike) -> type[MarketModel]:
    """The class that is to be run; raises ModelProblem when there is none such."""
    from market.model import MarketModel

    if given is None:
        return MarketModel
    if isinstance(given, OwnModel):
        return given.load()
    if isinstance(given, str):
        return _found(given, (os.getcwd(),))
    _check(given, _name_of(given), None)
    return given


def own_model(given: ModelLike, folders: Sequence[str | Path] = ()) -> OwnModel | None:
    """Where a model class stands, so that other processes and later sessions find it.

    Args:
        given: a class, its name, or None.
        folders: where its module may stand, besides the present folder and installed packages.

    Returns:
        None for ``MarketModel`` itself.

    Raises:
        ModelProblem: there is no such module or class, it is no subclass of ``MarketModel``, or
            nobody else could import it.
    """
    if given is None:
        return None
    from market.model import MarketModel

    if isinstance(given, OwnModel):
        given.load()
        return given
    if isinstance(given, str):
        found = _found(given, (os.getcwd(), *map(str, folders)))
        return None if found is MarketModel else _placed(given, given.partition(":")[0])
    found = class_of(given)
    return None if found is MarketModel else _placed_class(found)


def _placed_class(cls: type[MarketModel]) -> OwnModel:
    name, module = _name_of(cls), cls.__module__
    if "<locals>" in name:
        reason = "it is made inside a function: others find it only at the top of a module"
        raise ModelProblem(name, reason)
    if module not in {"__main__", "__mp_main__"}:
        return _placed(name, module)
    file = getattr(sys.modules[module], "__file__", None)
    if file is None:
        reason = "others cannot import from a notebook or a prompt: put the class in a file"
        raise ModelProblem(name, reason)
    path = Path(file).resolve()
    return OwnModel(f"{path.stem}:{cls.__qualname__}", str(path.parent))


def _placed(name: str, module: str) -> OwnModel:
    """A class with the folder that its module's name starts from."""
    file = getattr(sys.modules[module], "__file__", None)
    if file is None:
        raise ModelProblem(name, f"{module!r} has no file, so its source cannot be told")
    path = Path(file).resolve()
    depth = module.count(".") + (path.name == "__init__.py")
    return OwnModel(name, str(path.parents[depth]))


def _name_of(cls: Any) -> str:
    where, name = getattr(cls, "__module__", "?"), getattr(cls, "__qualname__", repr(cls))
    return f"{where}:{name}"


# --- finding


def make_importable(folder: str) -> None:
    """Add a folder to the path of Python, behind all others, when it is there."""
    if folder and folder not in sys.path and os.path.isdir(folder):
        sys.path.append(folder)
        invalidate_caches()


def _found(name: str, folders: Sequence[str]) -> type[MarketModel]:
    """The class of a name; raises ModelProblem."""
    module_name, colon, path = name.partition(":")
    if not colon or not all(part.isidentifier() for part in (*module_name.split("."), path)):
        raise ModelProblem(name, "must be package.module:Class, such as mymodel:Mine")
    module = _module(name, module_name, folders)
    found = getattr(module, path, None)
    if found is None:
        hint = _hint(path, _models_of(module))
        raise ModelProblem(name, f"module {module_name!r} has no class {path!r}{hint}")
    _check(found, name, module)
    checked: type[MarketModel] = found
    return checked


def _check(found: Any, name: str, module: ModuleType | None) -> None:
    """Raise ModelProblem unless it is a model that is made as ours is."""
    from market.model import MarketModel

    if not isclass(found) or not issubclass(found, MarketModel):
        hint = _hint(name.partition(":")[2], _models_of(module))
        raise ModelProblem(name, f"is not a subclass of market.MarketModel{hint}")
    try:
        signature(found).bind(None, seed=1)
    except TypeError as error:
        reason = f"must be made as MarketModel is, from (parameters, seed=...): {error}"
        raise ModelProblem(name, reason) from None


def _models_of(module: ModuleType | None) -> list[str]:
    from market.model import MarketModel

    found = {} if module is None else vars(module)
    return [
        name
        for name, each in found.items()
        if isclass(each) and issubclass(each, MarketModel) and each is not MarketModel
    ]


def _hint(name: str, choices: Sequence[str]) -> str:
    return f"; {nearest(name, choices)}" if choices else ""


def _module(name: str, module: str, folders: Sequence[str]) -> ModuleType:
    main = _main_as(module, folders)
    if main is not None:
        return main
    for folder in folders:
        make_importable(folder)
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing = error.name or ""
        if not f"{module}.".startswith(f"{missing}."):  # something that the module itself imports
            raise ModelProblem(name, f"module {module!r} cannot be imported: {error}") from error
        hint = _hint(missing.rpartition(".")[2], _neighbours(missing, folders))
        reason = f"there is no module {missing!r} in this folder or among the packages{hint}"
        raise ModelProblem(name, reason) from None
    except Exception as error:  # whatever the user's module may raise
        reason = f"module {module!r} cannot be imported: {type(error).__name__}: {error}"
        raise ModelProblem(name, reason) from error


def _main_as(module: str, folders: Sequence[str]) -> ModuleType | None:
    """The script that is running, when it is the module: it must not run a second time."""
    main = sys.modules.get("__main__")
    file = getattr(main, "__file__", None)
    if module in sys.modules or main is None or file is None:
        return None
    path = Path(file).resolve()
    is_it = path.stem == module and any(path.parent == Path(f).resolve() for f in folders)
    return main if is_it else None


def _neighbours(module: str, folders: Sequence[str]) -> list[str]:
    """Modules that a user may have meant."""
    parent = module.rpartition(".")[0]
    places: Sequence[str] = getattr(sys.modules.get(parent), "__path__", []) if parent else folders
    return [each.name for each in iter_modules(list(places)) if each.name not in OURS]


# --- source


def _is_foreign(module: str) -> bool:
    top = module.partition(".")[0]
    return top in OURS or top in sys.stdlib_module_names


def _file_of(module: str, root: Path) -> Path | None:
    """File of a module: under the folder of the class, else where it was imported from."""
    place = root.joinpath(*module.split("."))
    for path in (place / "__init__.py", place.with_name(f"{place.name}.py")):
        if path.is_file():
            return path
    loaded = getattr(sys.modules.get(module), "__file__", None)
    return Path(loaded) if loaded and loaded.endswith(".py") else None


def _imports(module: str, path: Path, root: Path) -> Iterator[str]:
    """Modules of its own folder that a module imports, anywhere in it; its packages too."""
    parts = module.split(".")
    package = parts if path.name == "__init__.py" else parts[:-1]
    yield from (".".join(parts[:depth]) for depth in range(1, len(parts)))
    for name in _named_imports(ast.parse(path.read_bytes()), package):
        top = name.partition(".")[0]
        is_near = top == parts[0] or INSTALLED not in root.parts
        pieces = name.split(".")
        for depth in range(1, len(pieces) + 1) if is_near else ():
            near = ".".join(pieces[:depth])
            if not _is_foreign(near) and _is_under(near, root):
                yield near


def _named_imports(tree: ast.Module, package: Sequence[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = list(package[: len(package) + 1 - node.level]) if node.level else []
            base = ".".join([*start, *([node.module] if node.module else [])])
            yield base
            yield from (f"{base}.{alias.name}" for alias in node.names)


def _is_under(module: str, root: Path) -> bool:
    place = root.joinpath(*module.split("."))
    return (place / "__init__.py").is_file() or place.with_name(f"{place.name}.py").is_file()


def stored_entry(own: OwnModel | None) -> Mapping[str, str] | None:
    """What a manifest says of the class: its name, where it stood, and the hash of its source."""
    if own is None:
        return None
    return {"class": own.name, "folder": own.folder, "sha256": own.sha256()}
