"""Plans in the words of other bodies: three levels under any words, numbered in any way, are three levels."""

from __future__ import annotations

import itertools

import pytest
from extract.documents import item, outline, para, read, said, values

from pipeline.model import Block, Extraction

OUTER = ("Axe", "Ambition", "Priorité", "Orientation", "Finalité", "But", "Volet")
MIDDLE = ("Objectif", "Objectif opérationnel", "But", "Levier", "Cible", "Thématique")
INNER = ("Action", "Projet", "Initiative", "bullet", "numbers")

TITLES = (
    ("Une commune où l'on marche", "Une administration proche", "Une nature préservée"),
    ("Sécuriser les écoles", "Développer les pistes", "Moderniser les guichets", "Former les agents",
     "Restaurer les mares", "Réduire l'éclairage"),
    ("Tracer une piste", "Prêter des vélos", "Poser des ralentisseurs", "Installer une borne", "Écrire un guide",
     "Planter des haies", "Creuser trois mares", "Éteindre les lampes", "Ouvrir un compost", "Réparer les trottoirs",
     "Engager un conseiller", "Publier les décisions"),
)  # fmt: skip

Tree = list[tuple[str, str]]


def label(word: str, path: tuple[int, ...], count: int, numbering: str) -> str:
    """The label of an element: its word and its number, by the numbers of those above it and its running count."""
    dotted = ".".join(map(str, path))
    if numbering == "letters":
        return f"{word} {'ABC'[path[0] - 1]}{dotted[1:]}{'.' if len(path) == 1 else ''} "
    return {"path": f"{word} {dotted} : ", "restart": f"{word} {path[-1]} : ", "global": f"{word} {count} - "}.get(
        numbering, f"{word} : "
    )


def plan(words: tuple[str, str, str], numbering: str, look: str) -> tuple[list[Block], Tree]:
    """A plan of three levels, as blocks, and each title with that of what it stands in."""
    blocks = [heading("Programme stratégique transversal", 0, look)]
    tree: Tree = []
    counts = [0, 0, 0]

    def add(title: str, above: str, depth: int, path: tuple[int, ...]) -> None:
        counts[depth] += 1
        tree.append((title, above))
        if words[depth] == "bullet":
            blocks.append(item(title))
        elif words[depth] == "numbers":
            blocks.append(para(f"{'.'.join(map(str, path))} {title}"))
        else:
            blocks.append(heading(label(words[depth], path, counts[depth], numbering) + title, depth + 1, look))

    for i, outer in enumerate(TITLES[0]):
        add(outer, "", 0, (i + 1,))
        for j, middle in enumerate(TITLES[1][2 * i : 2 * i + 2]):
            add(middle, outer, 1, (i + 1, j + 1))
            for k, inner in enumerate(TITLES[2][4 * i + 2 * j :][:2]):
                add(inner, middle, 2, (i + 1, j + 1, k + 1))
    return blocks, tree


def heading(text: str, depth: int, look: str) -> Block:
    if look == "styles":
        return para(text, outline=depth)
    return para(text, size_pt=(24.0, 18.0, 14.0, 11.0)[depth], bold=depth < 3)


def found_tree(extraction: Extraction) -> Tree:
    titles, parents = values(extraction, "title"), {}
    for statement in extraction.statements:
        if statement.field == "parent":
            parents[statement.mention_id] = statement.original or statement.value
    return [(title, titles.get(parents.get(mention, ""), "")) for mention, title in titles.items()]


@pytest.mark.parametrize("look", ["styles", "sizes"])
@pytest.mark.parametrize("numbering", ["path", "restart", "global", "letters", "none"])
def test_three_words_name_three_levels(numbering: str, look: str) -> None:
    misread = []
    for words in itertools.product(OUTER, MIDDLE, INNER):
        if len(set(words)) < 3:
            continue
        blocks, tree = plan(words, numbering, look)
        if found_tree(read(*blocks)) != tree:
            misread.append(words)
    assert misread == []


def test_the_titles_are_without_the_words() -> None:
    blocks, _ = plan(("Orientation", "But", "Initiative"), "none", "styles")
    assert outline(read(*blocks))[:3] == [
        "os | Une commune où l'on marche",
        "  oo | Sécuriser les écoles",
        "    action | Tracer une piste",
    ]


@pytest.mark.parametrize("foreword", [(), ("Objectif : une commune durable, proche et sûre.",)])
def test_an_objective_said_once_below_each_action_is_text_about_it(foreword: tuple[str, ...]) -> None:
    blocks = [para("Programme stratégique transversal", outline=0), *map(para, foreword)]
    blocks.append(para("Enjeu 1 : Environnement", outline=1))
    for number in (1, 2, 3):
        blocks += [
            para(f"Action {number} : Planter le verger {number}", outline=2),
            para(f"Objectif : verdir le quartier {number}", bold=True),
            para("Pilote : Service Travaux"),
        ]
    found = read(*blocks)
    assert outline(found) == [
        "enjeu 1 | Environnement",
        *(f"  action {number} | Planter le verger {number}" for number in (1, 2, 3)),
    ]
    assert ("porteur", "Service Travaux") in said(found, "Planter le verger 2")
