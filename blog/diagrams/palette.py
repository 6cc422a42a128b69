"""The colours of diagrams: those of the publication, light and dark, as Mermaid wants them.

A diagram is drawn once, in colours that nobody else uses, and then coloured twice.
"""

import re

LIGHT = {
    "surface": "#FFFFFF",
    "sunken": "#F4F1EA",
    "ink": "#1B1E23",
    "ink-2": "#454B53",
    "muted": "#62676E",
    "line": "#DCD7CC",
    "line-strong": "#8A8478",
    "blue": "#0B5A8C",
    "blue-tint": "#E4EFF6",
    "rust": "#9C3A10",
    "rust-tint": "#FBEDE5",
    "green": "#1B6339",
    "green-tint": "#E4F1E7",
    "plum": "#7B2F70",
    "plum-tint": "#F6E8F3",
    "teal": "#0A6067",
    "teal-tint": "#DFF0F0",
    "ochre": "#735000",
    "ochre-tint": "#F7EDD6",
}
DARK = {
    "surface": "#1C2024",
    "sunken": "#0F1214",
    "ink": "#E9E7E2",
    "ink-2": "#BCC0C5",
    "muted": "#979DA4",
    "line": "#33393F",
    "line-strong": "#6C737A",
    "blue": "#7CC0F0",
    "blue-tint": "#13293A",
    "rust": "#F3A47C",
    "rust-tint": "#3A2015",
    "green": "#7FD19C",
    "green-tint": "#14301F",
    "plum": "#E3A0D6",
    "plum-tint": "#381C33",
    "teal": "#6CCBD0",
    "teal-tint": "#0F2D30",
    "ochre": "#E6BC62",
    "ochre-tint": "#33270D",
}
FONT = "system-ui, sans-serif"
ACCENTS = ("blue", "rust", "green", "plum", "teal", "ochre")

_NAMES = {
    "background": "surface",
    "mainBkg": "blue-tint",
    "primaryColor": "blue-tint",
    "primaryBorderColor": "blue",
    "primaryTextColor": "ink",
    "secondaryColor": "ochre-tint",
    "secondaryBorderColor": "ochre",
    "secondaryTextColor": "ink",
    "tertiaryColor": "sunken",
    "tertiaryBorderColor": "line-strong",
    "tertiaryTextColor": "ink",
    "textColor": "ink",
    "titleColor": "ink",
    "lineColor": "ink-2",
    "arrowheadColor": "ink-2",
    "nodeBorder": "blue",
    "nodeTextColor": "ink",
    "clusterBkg": "sunken",
    "clusterBorder": "line-strong",
    "defaultLinkColor": "ink-2",
    "edgeLabelBackground": "surface",
    "errorBkgColor": "rust-tint",
    "errorTextColor": "rust",
    "noteBkgColor": "ochre-tint",
    "noteBorderColor": "ochre",
    "noteTextColor": "ink",
    # Sequence diagrams
    "actorBkg": "blue-tint",
    "actorBorder": "blue",
    "actorTextColor": "ink",
    "actorLineColor": "line-strong",
    "signalColor": "ink-2",
    "signalTextColor": "ink",
    "labelBoxBkgColor": "sunken",
    "labelBoxBorderColor": "line-strong",
    "labelTextColor": "ink",
    "loopTextColor": "ink",
    "activationBkgColor": "teal-tint",
    "activationBorderColor": "teal",
    "sequenceNumberColor": "surface",
    # States, classes, entities
    "labelColor": "ink",
    "altBackground": "sunken",
    "compositeBackground": "surface",
    "compositeTitleBackground": "sunken",
    "compositeBorder": "line-strong",
    "innerEndBackground": "ink-2",
    "specialStateColor": "ink-2",
    "stateBkg": "blue-tint",
    "stateBorder": "blue",
    "stateLabelColor": "ink",
    "transitionColor": "ink-2",
    "transitionLabelColor": "ink",
    "labelBackgroundColor": "surface",
    "classText": "ink",
    "attributeBackgroundColorOdd": "surface",
    "attributeBackgroundColorEven": "sunken",
    "rowOdd": "surface",
    "rowEven": "sunken",
    "relationColor": "ink-2",
    "relationLabelColor": "ink",
    "relationLabelBackground": "surface",
    "requirementBackground": "blue-tint",
    "requirementBorderColor": "blue",
    "requirementTextColor": "ink",
    # Plans
    "sectionBkgColor": "sunken",
    "sectionBkgColor2": "sunken",
    "altSectionBkgColor": "surface",
    "taskBkgColor": "blue-tint",
    "taskBorderColor": "blue",
    "taskTextColor": "ink",
    "taskTextDarkColor": "ink",
    "taskTextLightColor": "ink",
    "taskTextOutsideColor": "ink",
    "taskTextClickableColor": "ink",
    "activeTaskBkgColor": "teal-tint",
    "activeTaskBorderColor": "teal",
    "doneTaskBkgColor": "sunken",
    "doneTaskBorderColor": "line-strong",
    "critBkgColor": "rust-tint",
    "critBorderColor": "rust",
    "excludeBkgColor": "sunken",
    "gridColor": "line-strong",
    "todayLineColor": "rust",
    "vertLineColor": "rust",
    # Charts
    "pieTitleTextColor": "ink",
    "pieSectionTextColor": "surface",
    "pieLegendTextColor": "ink",
    "pieStrokeColor": "surface",
    "pieOuterStrokeColor": "line-strong",
    "quadrant1Fill": "blue-tint",
    "quadrant2Fill": "sunken",
    "quadrant3Fill": "surface",
    "quadrant4Fill": "sunken",
    "quadrant1TextFill": "ink",
    "quadrant2TextFill": "ink",
    "quadrant3TextFill": "ink",
    "quadrant4TextFill": "ink",
    "quadrantPointFill": "blue",
    "quadrantPointTextFill": "ink",
    "quadrantXAxisTextFill": "ink",
    "quadrantYAxisTextFill": "ink",
    "quadrantTitleFill": "ink",
    "quadrantInternalBorderStrokeFill": "line-strong",
    "quadrantExternalBorderStrokeFill": "line-strong",
    # Histories
    "commitLabelColor": "ink",
    "commitLabelBackground": "sunken",
    "tagLabelColor": "ink",
    "tagLabelBackground": "ochre-tint",
    "tagLabelBorder": "ochre",
    "personBkg": "blue-tint",
    "personBorder": "blue",
    "archEdgeColor": "ink-2",
    "archEdgeArrowColor": "ink-2",
    "archGroupBorderColor": "line-strong",
}


_COLOUR = re.compile(
    r"#([0-9a-f]{6})(?![0-9a-f])"
    r"|rgb(a?)\(\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})\s*,\s*([0-9]{1,3})(?=\s*[,)])",
    re.I,
)


def theme_variables() -> dict:
    """Mermaid's `themeVariables`, in the colours to draw with: see `coloured`."""
    colours = {name: f"#{_drawn(colour)}" for name, colour in LIGHT.items()}
    variables: dict = {name: colours[colour] for name, colour in _NAMES.items()}
    accents = [colours[name] for name in ACCENTS]
    tints = [colours[f"{name}-tint"] for name in ACCENTS]
    for number in range(12):
        variables[f"pie{number + 1}"] = accents[number % 6]
        variables[f"cScale{number}"] = tints[number % 6]
        variables[f"cScalePeer{number}"] = accents[number % 6]
        variables[f"cScaleInv{number}"] = accents[number % 6]
        variables[f"cScaleLabel{number}"] = colours["ink"]
    for number in range(8):
        variables[f"git{number}"] = accents[number % 6]
        variables[f"gitInv{number}"] = colours["surface"]
        variables[f"gitBranchLabel{number}"] = colours["surface"]
        variables[f"fillType{number}"] = tints[number % 6]
        variables[f"actor{number}"] = accents[number % 6]
    return variables | {
        "fontFamily": FONT,
        "fontSize": "16px",
        "pieOpacity": "1",
        "packet": {
            **{
                f"{part}Color": colours["ink"]
                for part in ("startByte", "endByte", "label", "title")
            },
            "blockFillColor": colours["blue-tint"],
            "blockStrokeColor": colours["blue"],
        },
        "radar": {"axisColor": colours["line-strong"], "graticuleColor": colours["line"]},
        "xyChart": {"backgroundColor": colours["surface"], "plotColorPalette": ", ".join(accents)}
        | {
            f"{name}Color": colours["ink"]
            for name in ("title", "xAxisLabel", "xAxisTitle", "yAxisLabel", "yAxisTitle")
        }
        | {
            f"{axis}Axis{part}Color": colours["line-strong"]
            for axis in "xy"
            for part in ("Tick", "Line")
        },
    }


def coloured(svg: str, colours: dict[str, str]) -> str:
    """A drawing in one of the two sets of colours. Colours an author chose stay as they are."""
    wanted = {_drawn(LIGHT[name]): colours[name] for name in LIGHT}

    def colour(found: re.Match) -> str:
        if found[1]:
            return wanted.get(found[1].lower(), found[0])
        drawn = "".join(f"{min(int(part), 255):02x}" for part in found.groups()[2:])
        if drawn not in wanted:
            return found[0]
        channels = (str(int(wanted[drawn][place : place + 2], 16)) for place in (1, 3, 5))
        return f"rgb{found[2]}({', '.join(channels)}"

    return _COLOUR.sub(colour, svg)


def _drawn(colour: str) -> str:
    """Six digits next to the colour that look the same, so that an author's white stays white."""
    return f"{int(colour[1:], 16) ^ 1:06x}"
