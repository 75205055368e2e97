"""The house is as pipeline/README.md draws it: who imports whom, and where each third-party package may live."""

from __future__ import annotations

import ast
import re
import sys
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parent.parent / "pipeline"
MAP = (PACKAGE / "README.md").read_text(encoding="utf-8")

#: Where each third-party package may be imported: rooms, or files of a room.
CONFINED: dict[str, set[str]] = {
    "click": {"cli"},
    "rich": {"cli"},
    "pydantic": {"settings"},
    "pydantic_core": {"settings"},
    "lxml": {"readers", "publish"},
    "docx": {"readers", "publish"},
    "pptx": {"readers"},
    "pypdfium2": {"readers", "office"},
    "pdfplumber": {"readers"},
    "pikepdf": {"readers"},
    "PIL": {"readers"},
    "openpyxl": {"readers"},
    "python_calamine": {"readers"},
    "numpy": {"readers"},
    "docxtpl": {"publish"},
    "jinja2": {"publish"},
    "markupsafe": {"publish"},
    "xlsxwriter": {"publish"},
    "rapidfuzz": {"match", "merge", "extract"},
    "pandas": {"evaluate"},
}

#: Rooms that stand beside the chain of the map: where each of them counts.
BESIDE = {"storage": "remarks", "__main__": "cli", "__init__": "model"}


@cache
def layers() -> list[set[str]]:
    """Read the chain `cli -> run -> stages (...) -> ...` of the map."""
    paragraph = re.search(r"Dependencies point one way:(.*?)\. ", MAP.replace("\n", " "))
    assert paragraph is not None
    chain = []
    for part in paragraph.group(1).replace("`", "").split("→"):
        inner = re.search(r"\((.*)\)", part)
        chain.append({name.strip() for name in (inner.group(1) if inner else part).split(",")})
    return chain


def layer_of(room: str) -> int:
    room = BESIDE.get(room, room)
    found = [number for number, rooms in enumerate(layers()) if room in rooms]
    assert len(found) == 1, f"{room} has no place, or several, in the chain of pipeline/README.md"
    return found[0]


def files() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def module_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def imports_of(path: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name}: relative import"
            names += (
                [f"{node.module}.{a.name}" for a in node.names] if node.module == "pipeline" else [str(node.module)]
            )
    return names


def test_the_map_names_every_room_and_every_room_is_on_the_map() -> None:
    on_the_map = {name.removesuffix(".py").removesuffix("/") for name in re.findall(r"^\| `([\w/.]+)` \|", MAP, re.M)}
    there = {p.stem for p in PACKAGE.glob("*.py")} | {p.name for p in PACKAGE.iterdir() if (p / "__init__.py").exists()}
    assert on_the_map == there - {"__init__", "__main__"}


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_dependencies_point_one_way(path: Path) -> None:
    room = module_of(path).split("/")[0]
    stages = next(rooms for rooms in layers() if "readers" in rooms)
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] != "pipeline" or len(parts) < 2 or parts[1] == room:
            continue
        other = parts[1]
        assert layer_of(other) >= layer_of(room), f"{room} imports {other}, which stands above it"
        assert not {room, other} <= stages, f"{room} imports {other}: stages never import each other"
        assert not (room in stages and other == "storage"), f"{room} imports storage, which is for run only"


def test_no_module_imports_itself_through_others() -> None:
    graph = {
        module_of(path).replace("/", "."): {
            name.removeprefix("pipeline.") for name in imports_of(path) if name.startswith("pipeline.")
        }
        for path in files()
    }
    done: set[str] = set()

    def visit(module: str, above: tuple[str, ...]) -> None:
        assert module not in above, " -> ".join([*above, module])
        if module in done or module not in graph:
            return
        for other in sorted(graph[module]):
            visit(other, (*above, module))
        done.add(module)

    for module in sorted(graph):
        visit(module, ())


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_third_party_packages_stay_in_their_rooms(path: Path) -> None:
    module = module_of(path)
    for name in imports_of(path):
        package = name.split(".")[0]
        if package == "pipeline" or package in sys.stdlib_module_names:
            continue
        assert package in CONFINED, f"{module} imports {package}, which has no room in this test"
        assert {module, module.split("/")[0]} & CONFINED[package], f"{package} is not for {module}"


def test_the_model_knows_the_standard_library_only() -> None:
    assert all(name.split(".")[0] in sys.stdlib_module_names for name in imports_of(PACKAGE / "model.py"))


def test_only_the_commands_print_read_arguments_or_exit() -> None:
    for path in files():
        if module_of(path) in ("cli", "__main__"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("print", "input", "exit", "quit"), f"{module_of(path)}: {node.func.id}"
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "sys":
                assert node.attr not in ("argv", "exit", "stdout"), f"{module_of(path)}: sys.{node.attr}"


@pytest.mark.parametrize("path", files(), ids=module_of)
def test_every_module_says_what_it_is_and_puts_annotations_off(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if not source.strip():
        return
    tree = ast.parse(source)
    assert ast.get_docstring(tree), "no docstring"
    imported = {alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    has_functions = any(isinstance(node, ast.FunctionDef) for node in ast.walk(tree))
    assert "annotations" in imported or not has_functions


def test_no_forbidden_names() -> None:
    for path in files():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                assert not re.search(r"^_?(process|handle)_|manager|utils|helper", node.name, re.I), node.name
        assert not re.search(r"utils|helper|manager", path.stem)
