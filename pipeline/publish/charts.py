"""A bar chart that stays a chart in Word: native, editable, with its numbers in an embedded workbook.

The bars are named and numbered, so that nothing is told by colour alone, and the drawing has a text alternative.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import xlsxwriter
from docx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from pipeline.publish.sheets import CREATED

EMU_PER_CM = 360_000
WIDTH_CM, HEIGHT_CM = 16.0, 5.6
FONT = "Calibri"
INK = "263238"

_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its word, its number, its colour (rrggbb)."""

    label: str
    value: int
    color: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart; `alternative` is what a screen reader says."""

    title: str
    series: str
    bars: tuple[Bar, ...]
    alternative: str


def build_drawing(chart: Chart, part: Part, *, number: int) -> str:
    """Add the chart to the package of `part` and return the run content (`w:drawing`) that shows it."""
    package = part.package
    if package is None:
        return ""
    book = Part(
        PackURI(f"/word/embeddings/chart{number}.xlsx"),
        CONTENT_TYPE.SML_SHEET,
        write_chart_workbook(chart),
        package,
    )
    shape = Part(PackURI(f"/word/charts/chart{number}.xml"), CONTENT_TYPE.DML_CHART, b"", package)
    book_id = shape.relate_to(book, RELATIONSHIP_TYPE.PACKAGE)
    shape._blob = write_chart_xml(chart, book_id).encode("utf-8")
    chart_id = part.relate_to(shape, RELATIONSHIP_TYPE.CHART)
    width_emu, height_emu = int(WIDTH_CM * EMU_PER_CM), int(HEIGHT_CM * EMU_PER_CM)
    return (
        '<w:drawing><wp:inline xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
        f'distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{width_emu}" cy="{height_emu}"/>'
        f'<wp:docPr id="{number}" name={quoteattr(chart.title)} descr={quoteattr(chart.alternative)}/>'
        "<wp:cNvGraphicFramePr/>"
        '<a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main">'
        '<a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">'
        '<c:chart xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
        f'r:id="{chart_id}"/></a:graphicData></a:graphic></wp:inline></w:drawing>'
    )


def write_chart_workbook(chart: Chart) -> bytes:
    """Return the workbook that Word opens on « Edit data »."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"created": CREATED})
    sheet = book.add_worksheet("Feuil1")
    sheet.write_string(0, 1, chart.series)
    for row_index, bar in enumerate(chart.bars, start=1):
        sheet.write_string(row_index, 0, bar.label)
        sheet.write_number(row_index, 1, bar.value)
    book.close()
    return stream.getvalue()


def write_chart_xml(chart: Chart, book_id: str) -> str:
    """Return the chart part: horizontal bars, first on top, each with its number."""
    count = len(chart.bars)
    points = "".join(
        f'<c:dPt><c:idx val="{i}"/><c:invertIfNegative val="0"/><c:bubble3D val="0"/>'
        f"<c:spPr>{fill(b.color)}</c:spPr></c:dPt>"
        for i, b in enumerate(chart.bars)
    )
    labels = "".join(f'<c:pt idx="{i}"><c:v>{escape(b.label)}</c:v></c:pt>' for i, b in enumerate(chart.bars))
    values = "".join(f'<c:pt idx="{i}"><c:v>{b.value}</c:v></c:pt>' for i, b in enumerate(chart.bars))
    series = (
        '<c:ser><c:idx val="0"/><c:order val="0"/>'
        f'<c:tx><c:strRef><c:f>Feuil1!$B$1</c:f><c:strCache><c:ptCount val="1"/>'
        f'<c:pt idx="0"><c:v>{escape(chart.series)}</c:v></c:pt></c:strCache></c:strRef></c:tx>'
        f'<c:spPr>{fill("8A97A3")}</c:spPr><c:invertIfNegative val="0"/>{points}'
        f"<c:dLbls><c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>{text_properties(1000, bold=True)}"
        '<c:dLblPos val="outEnd"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/>'
        '<c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>'
        f'<c:cat><c:strRef><c:f>Feuil1!$A$2:$A${count + 1}</c:f><c:strCache><c:ptCount val="{count}"/>{labels}'
        "</c:strCache></c:strRef></c:cat>"
        f"<c:val><c:numRef><c:f>Feuil1!$B$2:$B${count + 1}</c:f><c:numCache><c:formatCode>General</c:formatCode>"
        f'<c:ptCount val="{count}"/>{values}</c:numCache></c:numRef></c:val></c:ser>'
    )
    axes = (
        '<c:catAx><c:axId val="11"/><c:scaling><c:orientation val="maxMin"/></c:scaling><c:delete val="0"/>'
        '<c:axPos val="l"/><c:numFmt formatCode="General" sourceLinked="0"/><c:majorTickMark val="none"/>'
        '<c:minorTickMark val="none"/><c:tickLblPos val="low"/>'
        f'<c:spPr><a:ln w="9525">{fill("8A97A3")}</a:ln></c:spPr>{text_properties(1000)}'
        '<c:crossAx val="12"/><c:crosses val="autoZero"/><c:auto val="1"/><c:lblAlgn val="ctr"/>'
        '<c:lblOffset val="100"/><c:noMultiLvlLbl val="0"/></c:catAx>'
        '<c:valAx><c:axId val="12"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling>'
        '<c:delete val="1"/><c:axPos val="t"/><c:numFmt formatCode="General" sourceLinked="0"/>'
        '<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="none"/>'
        '<c:crossAx val="11"/><c:crosses val="autoZero"/><c:crossBetween val="between"/></c:valAx>'
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<c:chartSpace {_NAMESPACES}>'
        '<c:roundedCorners val="0"/><c:chart><c:autoTitleDeleted val="1"/><c:plotArea><c:layout/>'
        '<c:barChart><c:barDir val="bar"/><c:grouping val="clustered"/><c:varyColors val="0"/>'
        f'{series}<c:gapWidth val="45"/><c:axId val="11"/><c:axId val="12"/></c:barChart>{axes}'
        '<c:spPr><a:noFill/></c:spPr></c:plotArea><c:plotVisOnly val="1"/><c:dispBlanksAs val="gap"/></c:chart>'
        "<c:spPr><a:noFill/><a:ln><a:noFill/></a:ln></c:spPr>"
        f'{text_properties(1000)}<c:externalData r:id="{book_id}"><c:autoUpdate val="0"/></c:externalData>'
        "</c:chartSpace>"
    )


def fill(color: str) -> str:
    """Return a solid fill."""
    return f'<a:solidFill><a:srgbClr val="{color}"/></a:solidFill>'


def text_properties(size_hundredth_pt: int, *, bold: bool = False) -> str:
    """Return the text properties of labels."""
    return (
        f'<c:txPr><a:bodyPr/><a:lstStyle/><a:p><a:pPr><a:defRPr sz="{size_hundredth_pt}" b="{int(bold)}">'
        f'{fill(INK)}<a:latin typeface="{FONT}"/></a:defRPr></a:pPr><a:endParaRPr lang="fr-BE"/></a:p></c:txPr>'
    )
