"""Bar charts as SVG, readable on light and on dark ground."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

WIDTH, LABELS, VALUES, ROW, BAR, TOP = 840, 240, 110, 26, 16, 58
STYLE = """
text { font: 13px system-ui, "Segoe UI", Helvetica, Arial, sans-serif; fill: #24292f }
.title { font-size: 15px; font-weight: 600 }
.quiet, .axis { fill: #57606a; font-size: 12px }
.grid { stroke: #8c959f; stroke-opacity: .35 }
.main { fill: #0969da } .other { fill: #8c959f } .second { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 } .quiet, .axis { fill: #9198a1 }
  .main { fill: #4493f8 } .other { fill: #6e7681 } .second { fill: #db6d28 }
}"""


@dataclass(frozen=True)
class Bar:
    """One bar."""

    label: str
    value: float
    shown: str
    kind: str = "other"
    """`main`, `other` or `second`: its colour."""


@dataclass(frozen=True)
class Scale:
    """From values to places, along powers of ten or evenly."""

    low: float
    high: float
    logarithmic: bool

    @classmethod
    def over(cls, values: Sequence[float], logarithmic: bool) -> "Scale":
        """A scale on which all values lie."""
        if logarithmic:
            return cls(10 ** floor(log10(min(values)) - 0.01), 10 ** ceil(log10(max(values))), True)
        step = 10 ** floor(log10(max(values)))
        return cls(0, ceil(max(values) / step) * step, False)

    def place(self, value: float) -> float:
        """Between 0 and 1."""
        if self.logarithmic:
            return (log10(value) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (value - self.low) / (self.high - self.low)

    @property
    def ticks(self) -> list[float]:
        """Where the grid has its lines."""
        if self.logarithmic:
            powers = range(round(log10(self.low)), round(log10(self.high)) + 1)
            return [10.0**power for power in powers]
        step = 10 ** floor(log10(self.high))
        step = step / 2 if self.high / step <= 3 else step
        return [step * number for number in range(round(self.high / step) + 1)]


def bar_chart(title: str, about: str, unit: str, bars: Sequence[Bar], logarithmic: bool = False) -> str:
    """A chart of horizontal bars, each with its label and its value; bars without a value above zero are left out."""
    bars = [bar for bar in bars if bar.value > 0]
    if not bars:
        return ""
    scale = Scale.over([bar.value for bar in bars], logarithmic)
    width, height = WIDTH - LABELS - VALUES, TOP + ROW * len(bars) + 34
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'role="img" aria-labelledby="title about">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="about">{escape(about)} {escape("; ".join(f"{bar.label}: {bar.shown}" for bar in bars))}</desc>',
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{escape(title)}</text>',
        f'<text class="quiet" x="0" y="38">{escape(unit)}{", logarithmic scale" if logarithmic else ""}</text>',
    ]
    bottom = TOP + ROW * len(bars)
    for tick in scale.ticks:
        x = LABELS + scale.place(tick) * width
        lines.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{bottom}"/>')
        lines.append(f'<text class="axis" x="{x:.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,g}</text>')
    for number, bar in enumerate(bars):
        y, length = TOP + ROW * number, max(scale.place(bar.value) * width, 1)
        middle = y + BAR - 3
        lines.append(f'<text x="{LABELS - 8}" y="{middle}" text-anchor="end">{escape(bar.label)}</text>')
        lines.append(f'<rect class="{bar.kind}" x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2"/>')
        lines.append(f'<text x="{LABELS + length + 6:.1f}" y="{middle}">{escape(bar.shown)}</text>')
    return "\n".join([*lines, "</svg>", ""])
