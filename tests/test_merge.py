"""What a person gets from several appearances of one plan: each thing once, in order, and nothing lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.merge import merge
from pipeline.model import Became, BlockFate, Element, Extraction, Layout, Level, Plan, Statement

OS, OO, ACTION, VOLET = "objectif_strategique", "objectif_operationnel", "action", "volet"


class Source:
    """A source written line by line, as extract and normalise would give it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.statements: list[Statement] = []
        self.count = 0

    def add(
        self,
        level: str,
        title: str,
        *,
        parent: str = "",
        code: str = "",
        confidence: float = 1.0,
        fields: tuple[tuple[str, str], ...] = (),
        groups: tuple[tuple[str, str, str], ...] = (),
    ) -> str:
        self.count += 1
        mention = f"m{self.count}"
        rows = [("level", level, ""), ("parent", parent, ""), ("order", str(self.count), ""), ("title", title, "")]
        rows += [("code", code, "")] if code else []
        rows += [(name, value, "") for name, value in fields]
        rows += [(name, value, group) for group, name, value in groups]
        place = f"p. {self.count} § 1"
        self.statements += [Statement(mention, n, v, v, self.name, place, confidence, g) for n, v, g in rows]
        return mention

    def done(self) -> Extraction:
        return Extraction(self.name, tuple(self.statements), (), (), Layout(self.name))


def sheet(*rows: tuple[str, str, str, str, str]) -> Extraction:
    """Rows of (code, title, indicator, period, value) of a service's spreadsheet."""
    statements = []
    for number, (code, title, indicator, period, value) in enumerate(rows, 1):
        for name, text, group in (
            ("ref_code", code, ""),
            ("ref_title", title, ""),
            ("indicator_label", indicator, "i1"),
            ("measure_period", period, "i1.m1"),
            ("measure_role", "actual", "i1.m1"),
            ("measure_value", value, "i1.m1"),
        ):
            if text or name.startswith("measure"):
                statements.append(Statement(f"r{number}", name, text, text, "s.csv", f"E{number}", 1.0, group))
    return Extraction("s.csv", tuple(statements), (), (), Layout("s.csv"))


def codes(plan: Plan) -> Counter[str]:
    return Counter(r.code for r in plan.remarks)


def outline(plan: Plan) -> list[str]:
    depth: dict[str, int] = {"": -1}
    lines = []
    for element in plan.elements:
        depth[element.id] = depth[element.parent_id] + 1
        lines.append("  " * depth[element.id] + " ".join(p for p in (element.code, element.title) if p))
    return lines


def by_title(plan: Plan, title: str) -> Element:
    return next(e for e in plan.elements if e.title == title)


def small_plan(name: str = "plan.docx") -> Source:
    source = Source(name)
    one = source.add(OS, "Une commune accueillante", code="OS1")
    first = source.add(OO, "Accueillir les habitants", parent=one, code="OO1.1")
    source.add(ACTION, "Ouvrir une maison des associations", parent=first, code="A1.1.1")
    source.add(ACTION, "Éditer un guide pratique", parent=first, code="A1.1.2")
    second = source.add(OO, "Accueillir les entreprises", parent=one, code="OO1.2")
    source.add(ACTION, "Aménager un parc artisanal", parent=second, code="A1.2.1")
    return source


def test_foreword_contents_body_and_synthesis_are_one() -> None:
    source = Source("plan.pdf")
    source.add(OS, "Une commune accueillante", confidence=0.4)
    listed = source.add(OS, "Une commune accueillante", code="OS 1", confidence=0.6)
    source.add(OO, "Accueillir les habitants", parent=listed, code="OO 1.1", confidence=0.6)
    body = source.add(OS, "Une commune accueillante", code="OS1", fields=(("description", "Le cadre."),))
    below = source.add(OO, "Accueillir les habitants", parent=body, code="OO1.1")
    source.add(ACTION, "Éditer un guide pratique", parent=below)
    again = source.add(OS, "UNE COMMUNE ACCUEILLANTE", code="OS1", confidence=0.7)
    source.add(OO, "Accueillir les habitants", parent=again, confidence=0.7)
    plan = merge([source.done()])
    assert outline(plan) == [
        "OS1 Une commune accueillante",
        "  OO1.1 Accueillir les habitants",
        "    Éditer un guide pratique",
    ]
    assert len(plan.statements) == len(source.statements)
    assert by_title(plan, "Une commune accueillante").page == "4"


def test_two_notations_of_one_objective() -> None:
    source = Source("plan.pdf")
    source.add(OS, "Une commune accueillante", code="1", confidence=0.6)
    source.add(OS, "Une commune durable", code="2", confidence=0.6)
    for code, title in (("A", "Une commune accueillante"), ("B", "Une commune durable")):
        body = source.add(OS, title, code=code)
        source.add(ACTION, f"Agir pour {title}", parent=body)
    plan = merge([source.done()])
    assert [e.title for e in plan.elements if e.level is Level.OBJECTIF_STRATEGIQUE] == [
        "Une commune accueillante",
        "Une commune durable",
    ]


def test_a_title_cut_short_in_the_contents() -> None:
    source = Source("plan.pdf")
    source.add(OS, "Une commune qui accueille et accompagne", confidence=0.5)
    body = source.add(OS, "Une commune qui accueille et accompagne chacun de ses habitants")
    source.add(ACTION, "Éditer un guide", parent=body)
    assert outline(merge([source.done()]))[0] == "Une commune qui accueille et accompagne chacun de ses habitants"


def test_a_summary_as_a_tree_adds_nothing_to_the_body() -> None:
    source = Source("plan.pdf")
    weak = (("weak", "1"),)
    listed = source.add(OS, "Une commune accueillante", code="OS1", confidence=0.45, fields=weak)
    below = source.add(OO, "Accueillir les habitants", parent=listed, confidence=0.45, fields=weak)
    source.add(ACTION, "Éditer un gu1de prat1que et complet", parent=below, confidence=0.45, fields=weak)
    source.add(ACTION, "Une ligne mal lue", parent=below, confidence=0.45, fields=weak)
    volet = source.add(VOLET, "Volet externe")
    body = source.add(OS, "Une commune accueillante", code="OS1", parent=volet)
    below = source.add(OO, "Accueillir les habitants", parent=body, code="OO1.1")
    source.add(ACTION, "Éditer un guide pratique et complet", parent=below)
    plan = merge([source.done()])
    assert outline(plan) == [
        "Volet externe",
        "  OS1 Une commune accueillante",
        "    OO1.1 Accueillir les habitants",
        "      Éditer un guide pratique et complet",
    ]
    assert codes(plan) == {"mention_doubtful": 1}


def test_a_volet_alone_on_its_page_and_with_what_it_is_about() -> None:
    source = Source("plan.pptx")
    source.add(VOLET, "VOLET INTERNE")
    body = source.add(VOLET, "Volet interne « Administration générale »")
    source.add(OS, "Une administration moderne", parent=body)
    source.add(VOLET, "VOLET EXTERNE")
    plan = merge([source.done()])
    assert [e.level for e in plan.elements] == [Level.VOLET, Level.OBJECTIF_STRATEGIQUE, Level.VOLET]


def test_a_motto_of_the_foreword_belongs_to_the_objective_that_it_describes() -> None:
    source = Source("plan.pdf")
    source.add("enjeu", "Promeut la culture pour chacun", confidence=0.45, fields=(("weak", "1"),))
    motto = "Une province qui promeut la culture pour chacun"
    body = source.add("enjeu", "Culture", fields=(("description", motto),))
    source.add(OS, "Ouvrir les musées", parent=body)
    plan = merge([source.done()])
    assert [e.title for e in plan.elements] == ["Culture", "Ouvrir les musées"]
    assert codes(plan) == {}


def test_the_same_title_twice_on_purpose() -> None:
    source = Source("plan.docx")
    for title in ("Une commune propre", "Une commune sûre"):
        above = source.add(OS, title)
        source.add(ACTION, "Sensibiliser les habitants", parent=above)
    plan = merge([source.done()])
    twins = [e for e in plan.elements if e.title == "Sensibiliser les habitants"]
    assert len(twins) == 2
    assert twins[0].id != twins[1].id
    assert twins[0].parent_id != twins[1].parent_id


def test_the_same_title_under_two_numbers_of_one_list() -> None:
    source = Source("plan.docx")
    above = source.add(OS, "Une commune propre")
    for code in ("1.1", "1.2"):
        source.add(ACTION, "Sensibiliser les habitants", parent=above, code=code)
    assert len(merge([source.done()]).elements) == 3


def test_siblings_that_look_alike_stay_apart() -> None:
    source = Source("plan.docx")
    above = source.add(OS, "Entretenir les écoles")
    titles = ["Rénover l'école communale de Haut-Pré", "Rénover l'école communale de Bas-Pré", "Rénover la salle 1"]
    for title in (*titles, "Rénover la salle 2"):
        source.add(ACTION, title, parent=above)
    assert len(merge([source.done()]).elements) == 5


def test_codes_restart_in_each_volet() -> None:
    source = Source("plan.docx")
    for volet, title in (("Volet interne", "Une administration moderne"), ("Volet externe", "Une commune verte")):
        above = source.add(VOLET, volet)
        one = source.add(OS, title, parent=above, code="OS1")
        source.add(OO, f"Commencer par {title}", parent=one, code="OO1.1")
    plan = merge([source.done()])
    assert [e.title for e in plan.elements if e.code == "OS1"] == ["Une administration moderne", "Une commune verte"]
    assert "duplicate_code" not in codes(plan)


def test_one_number_for_two_titles_is_said() -> None:
    source = Source("plan.docx")
    above = source.add(OS, "Une commune propre")
    source.add(ACTION, "Acheter une balayeuse", parent=above, code="1.1")
    source.add(ACTION, "Former les jardiniers", parent=above, code="1.1")
    plan = merge([source.done()])
    assert len(plan.elements) == 3
    assert codes(plan)["duplicate_code"] == 1


@pytest.mark.parametrize("damaged", ["003.1", "OO3.l", "O03.1"])
def test_a_code_damaged_by_ocr(damaged: str) -> None:
    scan = Source("scan.pdf")
    above = scan.add(OS, "Une commune propre", code="OS3")
    scan.add(OO, "Trier mieux les déchets", parent=above, code=damaged)
    word = Source("plan.docx")
    above = word.add(OS, "Une commune propre", code="OS3")
    word.add(OO, "Trier mieux les déchets", parent=above, code="OO3.1")
    plan = merge([word.done(), scan.done()])
    assert [e.code for e in plan.elements] == ["OS3", "OO3.1"]
    assert "conflict" not in codes(plan)


def test_a_doubtful_mention_of_a_summary_is_no_element_but_is_said_and_kept() -> None:
    source = small_plan()
    source.add(OS, "Une phrase de l'avant-propos", confidence=0.3)
    extraction = replace(
        source.done(), blocks=(BlockFate("plan.docx", 1, 0, Became.ELEMENT, "Une phrase de l'avant-propos", "m7"),)
    )
    plan = merge([extraction])
    assert "Une phrase de l'avant-propos" not in {e.title for e in plan.elements}
    assert codes(plan)["mention_doubtful"] == 1
    assert [s.value for s in plan.statements if s.mention_id == "m7" and s.field == "title" and not s.element_id]
    assert plan.blocks[0].became is Became.UNCLASSIFIED


def test_two_sources_that_disagree_stay_visible() -> None:
    new, old = Source("plan.docx"), Source("brochure.pdf")
    for source, title, end in (
        (new, "Ouvrir une maison des associations", "2027"),
        (old, "Ouvrir une maison", "2025-06"),
    ):
        above = source.add(OS, "Une commune accueillante", code="OS1")
        source.add(ACTION, title, parent=above, code="1.1", fields=(("end", end), ("partenaire", f"CPAS {end}")))
    plan = merge([new.done(), old.done()])
    action = plan.elements[1]
    assert (action.title, action.end, action.end_first) == ("Ouvrir une maison des associations", "2027", "2025-06")
    assert [dict(r.facts)["other"] for r in plan.remarks if r.code == "conflict"] == ["Ouvrir une maison", "06/2025"]
    assert [a.name for a in plan.actors] == ["CPAS 2027", "CPAS 2025-06"]
    assert [(s.value, s.rank) for s in plan.statements if s.field == "end"] == [("2027", 0), ("2025-06", 1)]


def test_the_first_deadline_stays_when_the_follow_up_moves_it() -> None:
    follow_up, adopted = small_plan("suivi.xlsx"), small_plan("plan.docx")
    follow_up.statements.append(Statement("m4", "end", "2029", "fin 2029", "suivi.xlsx", "B4"))
    adopted.statements.append(Statement("m4", "end", "2026-12", "décembre 2026", "plan.docx", "p. 3"))
    guide = by_title(merge([follow_up.done(), adopted.done()]), "Éditer un guide pratique")
    assert (guide.end, guide.end_first) == ("2029", "2026-12")


def test_the_same_date_printed_less_precisely_is_no_conflict() -> None:
    one, other = small_plan("a.docx"), small_plan("b.docx")
    one.statements.append(Statement("m4", "end", "2026-06", "juin 2026", "a.docx", "p. 1"))
    other.statements.append(Statement("m4", "end", "2026", "2026", "b.docx", "p. 1"))
    plan = merge([one.done(), other.done()])
    assert "conflict" not in codes(plan)
    assert by_title(plan, "Éditer un guide pratique").end_first == "2026-06"


def test_what_only_the_second_source_has_comes_after_its_neighbour() -> None:
    old = Source("brochure.pdf")
    one = old.add(OS, "Une commune accueillante", code="OS 1")
    first = old.add(OO, "Accueillir les habitants", parent=one)
    old.add(ACTION, "Ouvrir une maison des associations", parent=first)
    old.add(ACTION, "Imprimer un plan des rues", parent=first)
    old.add(ACTION, "Éditer un guide pratique", parent=first)
    old.add(OO, "Accueillir les touristes", parent=one)
    assert outline(merge([small_plan().done(), old.done()])) == [
        "OS1 Une commune accueillante",
        "  OO1.1 Accueillir les habitants",
        "    A1.1.1 Ouvrir une maison des associations",
        "    Imprimer un plan des rues",
        "    A1.1.2 Éditer un guide pratique",
        "  Accueillir les touristes",
        "  OO1.2 Accueillir les entreprises",
        "    A1.2.1 Aménager un parc artisanal",
    ]


def test_an_action_moved_and_one_numbered_anew_between_sources() -> None:
    old = Source("brochure.pdf")
    one = old.add(OS, "Une commune accueillante", code="OS1")
    first = old.add(OO, "Accueillir les habitants", parent=one, code="OO1.1")
    old.add(ACTION, "Éditer un guide pratique", parent=first, code="A1.1.1")
    old.add(ACTION, "Aménager un parc artisanal", parent=first, code="A1.1.2")
    plan = merge([small_plan().done(), old.done()])
    assert outline(plan) == outline(merge([small_plan().done()]))
    assert codes(plan)["parent_conflict"] == 1


def test_titles_reworded_between_sources_under_one_objective() -> None:
    pairs = (
        ("Isoler la toiture de cinq bâtiments communaux", "Isoler la toiture de six bâtiments communaux"),
        ("Ouvrir un guichet en ligne pour les démarches", "Ouvrir un guichet en ligne pour les vingt démarches"),
    )
    apart = (
        ("Créer un conseil consultatif communal des jeunes", "Créer un conseil consultatif communal des aînés"),
        ("Rénover la salle des fêtes, phase 1", "Rénover la salle des fêtes, phase 2"),
    )
    old, new = Source("brochure.pdf"), Source("plan.docx")
    for source, side in ((old, 0), (new, 1)):
        above = source.add(OS, "Une commune accueillante")
        for titles in (*pairs, *apart):
            source.add(ACTION, titles[side], parent=above)
    plan = merge([new.done(), old.done()])
    assert len(plan.elements) == 1 + len(pairs) + 2 * len(apart)
    assert codes(plan)["conflict"] == len(pairs)


def test_a_level_read_differently_is_settled_and_said() -> None:
    old = Source("brochure.pdf")
    one = old.add("enjeu", "Une commune accueillante pour tous")
    old.add(ACTION, "Éditer un guide", parent=one)
    new = Source("plan.docx")
    one = new.add(OS, "Une commune accueillante pour tous")
    new.add(ACTION, "Éditer un guide", parent=one)
    plan = merge([new.done(), old.done()])
    assert [e.level for e in plan.elements] == [Level.OBJECTIF_STRATEGIQUE, Level.ACTION]
    assert codes(plan)["level_conflict"] == 1


def test_an_objective_and_its_only_action_of_the_same_name_stay_two() -> None:
    source = Source("plan.docx")
    above = source.add(OO, "Associer les habitants aux décisions")
    source.add(ACTION, "Associer les habitants aux décisions", parent=above)
    again = Source("copie.docx")
    above = again.add(OO, "Associer les habitants aux décisions")
    again.add(ACTION, "Associer les habitants aux décisions", parent=above)
    assert len(merge([source.done(), again.done()]).elements) == 2


def test_parents_that_lead_nowhere_or_in_circles_are_said() -> None:
    source = Source("plan.docx")
    source.add(OO, "Un objectif égaré", parent="m9")
    source.add(OS, "Un objectif qui tourne", parent="m3")
    source.add(OO, "Un autre qui tourne", parent="m2")
    plan = merge([source.done()])
    assert len(plan.elements) == 3
    assert codes(plan) == {"parent_unknown": 1, "parent_cycle": 1}


def test_paragraphs_lists_and_groups_of_one_action() -> None:
    source = Source("plan.docx")
    fields = (
        ("description", "Premier alinéa."), ("description", "Second alinéa."), ("description", "premier alinéa"),
        ("sdg", "11;4"), ("sdg", "4;3"), ("plans", "PCDR"), ("plans", "PCS"),
        ("service", "Travaux"), ("service", "TRAVAUX"),
        ("progress", "40"), ("budget", "2500"), ("status", "EN_COURS"),
    )  # fmt: skip
    groups = (
        ("b1", "budget_year", "2026"), ("b1", "budget_amount", "1000"), ("b1", "budget_funder", "Wallonie"),
        ("b2", "budget_year", "2027"), ("b2", "budget_amount", "1500"),
        ("i1", "indicator_label", "Nombre d'arbres plantés"), ("i1", "indicator_unit", "arbres"),
        ("i1.m1", "measure_role", "target"), ("i1.m1", "measure_period", "2028"), ("i1.m1", "measure_value", "250"),
        ("i2", "indicator_label", "Plan adopté par le conseil"), ("i3", "indicator_label", "Réduire les plaintes"),
    )  # fmt: skip
    source.add(ACTION, "Planter", fields=fields, groups=groups)
    plan = merge([source.done()])
    action = plan.elements[0]
    assert (action.description, action.sdg, action.plans) == ("Premier alinéa.\nSecond alinéa.", "3;4;11", "PCDR;PCS")
    assert (action.progress, action.budget, action.status_source) == (Decimal(40), Decimal(2500), "EN_COURS")
    assert [(b.year, b.amount, b.funder) for b in plan.budgets] == [
        ("2026", Decimal(1000), "Wallonie"),
        ("2027", Decimal(1500), ""),
    ]
    assert [a.name for a in plan.actors] == ["Travaux"]
    assert [(i.label, i.kind, i.unit, i.direction) for i in plan.indicators] == [
        ("Nombre d'arbres plantés", "numeric", "arbres", ""),
        ("Plan adopté par le conseil", "milestone", "", ""),
        ("Réduire les plaintes", "text", "", "down"),
    ]
    assert [(m.period, m.role, m.value, m.unit) for m in plan.measures] == [("2028", "target", Decimal(250), "arbres")]


# ------------------------------------------------------------------------------------------- services' spreadsheets


def test_rows_find_their_element_by_code_or_by_title() -> None:
    rows = sheet(
        ("A1.1.1", "", "Visiteurs", "2026", "120"),
        ("", "Guide pratique", "Exemplaires", "2026", "3000"),
        ("OO1.2", "", "Entreprises installées", "2026", "4"),
        ("1.2.1", "Parc artisanal", "Hectares", "2026", "2"),
    )
    plan = merge([small_plan().done()], [rows])
    titles = {e.id: e.title for e in plan.elements}
    assert [(titles[i.element_id], i.label) for i in plan.indicators] == [
        ("Ouvrir une maison des associations", "Visiteurs"),
        ("Éditer un guide pratique", "Exemplaires"),
        ("Accueillir les entreprises", "Entreprises installées"),
        ("Aménager un parc artisanal", "Hectares"),
    ]
    assert plan.unmatched == ()


def test_rows_that_belong_nowhere_or_to_several_are_listed() -> None:
    rows = sheet(
        ("", "Rénover la piscine", "Nageurs", "2026", "900"),
        ("A9.9", "", "Orphelin", "2026", "1"),
        ("A1.1.1", "Aménager un parc artisanal", "Contradiction", "2026", "5"),
        ("", "Accueillir", "Trop court", "2026", "7"),
    )
    plan = merge([small_plan().done()], [rows])
    assert plan.measures == ()
    assert [(u.indicator, u.reason) for u in plan.unmatched] == [
        ("Nageurs", "no_match"),
        ("Orphelin", "no_match"),
        ("Contradiction", "ambiguous"),
        ("Trop court", "ambiguous"),
    ]
    assert "Aménager un parc artisanal" in plan.unmatched[2].candidates
    assert codes(plan) == {"measure_unmatched": 2, "measure_ambiguous": 2}


def test_a_code_column_that_names_the_parent() -> None:
    plan = merge([small_plan().done()], [sheet(("OO1.1", "Éditer un guide pratique", "Exemplaires", "2026", "3000"))])
    assert plan.indicators[0].element_id == by_title(plan, "Éditer un guide pratique").id


def test_numbers_that_restart_are_matched_by_their_path() -> None:
    source = Source("plan.docx")
    for number, title in (("1", "Une commune propre"), ("2", "Une commune sûre")):
        above = source.add(OS, title, code=number)
        source.add(ACTION, f"Agir pour {title}", parent=above, code="1")
    plan = merge([source.done()], [sheet(("2.1", "", "Caméras", "2026", "3"), ("1", "", "Doute", "2026", "9"))])
    assert plan.indicators[0].element_id == by_title(plan, "Agir pour Une commune sûre").id
    assert [u.reason for u in plan.unmatched] == ["ambiguous"]


def test_a_row_with_an_indicator_only_joins_the_element_that_prints_it() -> None:
    source = small_plan()
    source.statements.append(
        Statement("m3", "indicator_label", "Visiteurs", "Visiteurs", "plan.docx", "p. 1", 1.0, "i1")
    )
    plan = merge([source.done()], [sheet(("", "", "visiteurs", "2026", "120"), ("", "", "Abonnés", "2026", "5"))])
    assert [(i.label, len(plan.measures)) for i in plan.indicators] == [("Visiteurs", 1)]
    assert [u.indicator for u in plan.unmatched] == ["Abonnés"]


def test_a_printed_indicator_and_the_one_of_a_spreadsheet_are_one() -> None:
    source = small_plan()
    for name, value, group in (
        ("indicator_label", "Nombre de visiteurs", "i1"),
        ("measure_role", "target", "i1.m1"),
        ("measure_value", "500", "i1.m1"),
    ):
        source.statements.append(Statement("m3", name, value, value, "plan.docx", "p. 1", 1.0, group))
    plan = merge([source.done()], [sheet(("A1.1.1", "", "Nombre de visiteurs ", "2026", "120"))])
    assert [i.label for i in plan.indicators] == ["Nombre de visiteurs"]
    assert [(m.role, m.value, m.source) for m in plan.measures] == [
        ("target", Decimal(500), "plan.docx"),
        ("actual", Decimal(120), "s.csv"),
    ]


def test_a_text_that_is_no_number_is_kept() -> None:
    rows = sheet(("A1.1.1", "", "Visiteurs", "2026", "n.d."))
    rows = replace(rows, statements=tuple(replace(s, value="") if s.value == "n.d." else s for s in rows.statements))
    measure = merge([small_plan().done()], [rows]).measures[0]
    assert (measure.value, measure.original) == (None, "n.d.")


def test_two_values_for_one_date_are_said() -> None:
    rows = sheet(("A1.1.1", "", "Visiteurs", "2026", "120"), ("A1.1.1", "", "Visiteurs", "2026", "130"))
    plan = merge([small_plan().done()], [rows])
    assert len(plan.measures) == 2
    assert codes(plan) == {"measure_conflict": 1}


# --------------------------------------------------------------------------------------------------------- corrections


def test_a_correction_outranks_every_source_and_keeps_the_id() -> None:
    before = merge([small_plan().done()])
    guide = by_title(before, "Éditer un guide pratique")
    target = by_title(before, "Accueillir les entreprises")

    def correct(name: str, value: str) -> Statement:
        return Statement("", name, value, value, "relecture.xlsx", "C5", element_id=guide.id)

    after = merge(
        [small_plan().done()],
        corrections=[correct("title", "Éditer un guide complet"), correct("parent", target.id), correct("end", "2028")],
    )
    corrected = next(e for e in after.elements if e.id == guide.id)
    assert (corrected.title, corrected.parent_id, corrected.end) == ("Éditer un guide complet", target.id, "2028")
    assert {e.id for e in after.elements} == {e.id for e in before.elements}


def test_a_correction_that_cannot_be_applied_is_said() -> None:
    plan = merge([small_plan().done()])
    one, first = plan.elements[0], plan.elements[1]
    wrong = [
        Statement("", "title", "Perdu", "Perdu", "relecture.xlsx", "C9", element_id="000000000000"),
        Statement("", "parent", first.id, first.id, "relecture.xlsx", "D2", element_id=one.id),
    ]
    after = merge([small_plan().done()], corrections=wrong)
    assert codes(after)["correction_unknown"] == 2
    assert [e.parent_id for e in after.elements] == [e.parent_id for e in plan.elements]
    assert len(after.statements) == len(plan.statements) + 2


def one_action(name: str, *fields: tuple[str, str]) -> Extraction:
    source = Source(name)
    parent = source.add(OO, "Accueillir les habitants", code="OO1")
    source.add(ACTION, "Éditer un guide pratique", parent=parent, code="A1", fields=fields)
    return source.done()


def the_action(sources: list[Extraction], *corrections: tuple[str, str], roles: dict[str, str] | None = None) -> Plan:
    target = by_title(merge(sources), "Éditer un guide pratique").id
    said = [Statement("", n, v, v, "relecture.xlsx", "C5", element_id=target) for n, v in corrections]
    return merge(sources, corrections=said, roles=roles or {})


def test_a_correction_without_value_empties_the_field() -> None:
    fields = (("status", "EN_COURS"), ("comment", "Une phrase."), ("service", "Travaux"), ("partenaire", "SPW"))
    cleared = (("status", ""), ("comment", ""), ("service", "Police"), ("partenaire", ""))
    plan = the_action([one_action("plan.docx", *fields)], *cleared)
    action = by_title(plan, "Éditer un guide pratique")
    assert (action.status, action.comment) == ("", "")
    assert [(a.role, a.name) for a in plan.actors] == [("service", "Police")]
    assert len(plan.statements) == len(merge([one_action("plan.docx", *fields)]).statements) + 4


def test_a_corrected_title_keeps_the_page_and_the_document_it_was_read_from() -> None:
    action = by_title(the_action([one_action("plan.docx")], ("title", "Éditer deux guides")), "Éditer deux guides")
    assert (action.source, action.page) == ("plan.docx", "2")


def test_a_corrected_value_is_no_conflict_any_more() -> None:
    sources = [one_action("plan.docx", ("end", "2026")), one_action("brochure.pdf", ("end", "2027"))]
    assert codes(merge(sources)) == {"conflict": 1}
    assert codes(the_action(sources, ("end", "2028"))) == {}


def test_a_misread_deadline_that_is_corrected_is_no_slipped_one() -> None:
    sources = [one_action("plan.docx", ("end", "2016"))]
    action = by_title(the_action(sources, ("end", "2026")), "Éditer un guide pratique")
    assert (action.end, action.end_first) == ("2026", "2026")
    sources.append(one_action("brochure.pdf", ("end", "2025")))
    action = by_title(the_action(sources, ("end", "2026")), "Éditer un guide pratique")
    assert (action.end, action.end_first) == ("2026", "2025")


def test_the_follow_up_says_how_far_it_is_and_the_adopted_plan_what_it_is() -> None:
    adopted = one_action(
        "plan.docx", ("status", "NON_COMMENCE"), ("end", "2026"), ("comment", "Prévu."), ("budget", "1000")
    )
    follow_up = Source("suivi.xlsx")
    parent = follow_up.add(OO, "Accueillir les habitants", code="OO1")
    fields = (("status", "EN_COURS"), ("progress", "40"), ("end", "2028"), ("comment", "Lancé."), ("budget", "2000"))
    follow_up.add(ACTION, "Éditer un guide pratique illustré", parent=parent, code="A1", fields=fields)
    sources = [adopted, follow_up.done()]
    plan = merge(sources, roles={"plan.docx": "adopted", "suivi.xlsx": "follow-up"})
    action = by_title(plan, "Éditer un guide pratique")
    assert (action.status, action.progress, action.comment) == ("EN_COURS", Decimal(40), "Lancé.")
    assert (action.end, action.end_first, action.budget) == ("2028", "2026", Decimal(1000))
    severities = {dict(r.facts)["field"]: r.severity for r in plan.remarks if r.code == "conflict"}
    assert severities == {
        "budget": "warning",
        "statut": "info",
        "échéance": "info",
        "commentaire": "info",
    }
    assert by_title(merge(sources), "Éditer un guide pratique").status == "NON_COMMENCE"


def test_a_deadline_brought_forward_keeps_the_one_that_was_adopted() -> None:
    sources = [one_action("plan.docx", ("end", "2028")), one_action("suivi.xlsx", ("end", "2026"))]
    plan = merge(sources, roles={"suivi.xlsx": "update"})
    action = by_title(plan, "Éditer un guide pratique")
    assert (action.end, action.end_first) == ("2026", "2028")


def test_what_only_the_brochure_announces_is_reported() -> None:
    brochure = Source("brochure.pdf")
    parent = brochure.add(OO, "Accueillir les habitants", code="OO1")
    brochure.add(ACTION, "Éditer un guide pratique", parent=parent, code="A1")
    brochure.add(ACTION, "Louer une montgolfière", parent=parent, code="A9")
    sources = [one_action("plan.docx"), brochure.done()]
    plan = merge(sources, roles={"plan.docx": "adopted", "brochure.pdf": "brochure"})
    found = [(dict(r.facts)["title"], r.source) for r in plan.remarks if r.code == "not_adopted"]
    assert found == [("Louer une montgolfière", "brochure.pdf")]
    assert codes(merge(sources, roles={"brochure.pdf": "brochure"})) == {}


def test_a_correction_outranks_the_follow_up_too() -> None:
    sources = [one_action("plan.docx", ("status", "EN_COURS")), one_action("suivi.xlsx", ("status", "PROBLEME"))]
    plan = the_action(sources, ("status", "TERMINE"), roles={"suivi.xlsx": "follow-up"})
    assert by_title(plan, "Éditer un guide pratique").status == "TERMINE"


# ----------------------------------------------------------------------------------------------------------- properties

WORDS = ["arbre", "école", "rue", "place", "sentier", "marché", "crèche", "berge", "stade", "verger", "pont", "lavoir"]


@st.composite
def sources(draw: st.DrawFn, name: str) -> Extraction:
    source = Source(name)
    chains: list[tuple[int, str]] = [(-1, "")]
    levels = [OS, OO, ACTION]
    for _ in range(draw(st.integers(0, 12))):
        depth, parent = draw(st.sampled_from([c for c in chains if c[0] < 2]))
        title = " ".join(draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)))
        code = draw(st.sampled_from(["", "1", "2", "1.1", "OS1", "A"]))
        confidence = draw(st.sampled_from([0.3, 0.7, 1.0]))
        fields = draw(st.sampled_from([(), (("end", "2026"),), (("end", "2028"), ("service", "Travaux"))]))
        mention = source.add(levels[depth + 1], title, parent=parent, code=code, confidence=confidence, fields=fields)
        chains.append((depth + 1, mention))
    return source.done()


def stripped(statements: tuple[Statement, ...]) -> Counter[tuple[str, str, str, str]]:
    return Counter((s.field, s.original, s.source, s.locator) for s in statements)


@settings(deadline=None, max_examples=60)
@given(sources("a.docx"), sources("b.pdf"))
def test_nothing_is_lost_and_the_tree_holds(a: Extraction, b: Extraction) -> None:
    plan = merge([a, b])
    said = [s for e in (a, b) for s in e.statements if s.field != "parent"]
    assert stripped(tuple(s for s in plan.statements if s.field != "parent")) == stripped(tuple(said))
    assert [e.position for e in plan.elements] == list(range(1, len(plan.elements) + 1))
    seen = {""}
    for element in plan.elements:
        assert element.parent_id in seen
        seen.add(element.id)
    assert len(seen) == len(plan.elements) + 1
    assert {s.element_id for s in plan.statements} <= seen


@settings(deadline=None, max_examples=60)
@given(sources("a.docx"))
def test_the_same_source_twice_changes_nothing(a: Extraction) -> None:
    copy = replace(a, source="b.docx", statements=tuple(replace(s, source="b.docx") for s in a.statements))
    once, twice = merge([a]), merge([a, copy])
    assert [(e.title, e.level) for e in once.elements] == [(e.title, e.level) for e in twice.elements]
    assert {e.id for e in once.elements} == {e.id for e in twice.elements}
    assert merge([a]) == once


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_sources_that_share_nothing_can_come_in_any_order(data: st.DataObject) -> None:
    def build(name: str, word: str) -> Extraction:
        source = Source(name)
        for number in range(data.draw(st.integers(0, 4))):
            above = source.add(OS, f"{word} {WORDS[number]}")
            source.add(ACTION, f"{word} {WORDS[number + 4]}", parent=above, fields=(("service", word),))
        return source.done()

    a, b = build("a.docx", "planter"), build("b.docx", "construire")
    one, other = merge([a, b]), merge([b, a])
    assert {(e.id, e.parent_id, e.title) for e in one.elements} == {
        (e.id, e.parent_id, e.title) for e in other.elements
    }
    assert set(one.actors) == set(other.actors)


def test_six_hundred_actions_in_two_sources_take_little_time() -> None:
    def build(name: str) -> Extraction:
        source = Source(name)
        for o in range(12):
            above = source.add(OS, f"Objectif stratégique sur {WORDS[o]}", code=f"OS{o + 1}")
            for n in range(50):
                title = f"Réaliser le projet {WORDS[n % 12]} {WORDS[(n * 5 + o) % 12]} {o} {n}"
                source.add(ACTION, title, parent=above, code=f"A{o + 1}.{n + 1}", fields=(("end", "2026"),))
        return source.done()

    first, second = build("a.docx"), build("b.pdf")
    begin = perf_counter()
    plan = merge([first, second])
    assert len(plan.elements) == 612
    assert perf_counter() - begin < 3  # some 0.2 s alone on a machine; the rest is room for a busy one
