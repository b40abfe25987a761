"""One small drawing a chapter, 160 × 62, in the page's own inks: accent, second, line and the ramp."""

import random
from collections.abc import Callable, Iterable, Sequence
from math import cos, exp, pi, sin

from markupsafe import Markup

A, B, LINE, MARK, GREY = "var(--accent)", "var(--c2)", "var(--line-2)", "var(--mark)", "var(--ink-3)"
Point = tuple[float, float]


def path(d: str, stroke: str = A, width: float = 1.8, fill: str = "none", more: str = "") -> str:
    return (
        f'<path d="{d}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" stroke-linecap="round" '
        f'stroke-linejoin="round" {more}/>'
    )


def polyline(points: Iterable[Point], stroke: str = A, width: float = 1.8) -> str:
    return path("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points), stroke, width)


def curve(f: Callable[[float], float], stroke: str = A, width: float = 1.8) -> str:
    return polyline(((4 + 152 * i / 50, f(i / 50)) for i in range(51)), stroke, width)


def line(a: Point, b: Point, stroke: str = LINE, width: float = 1.3) -> str:
    return polyline((a, b), stroke, width)


def dot(x: float, y: float, radius: float = 2.6, fill: str = A) -> str:
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}"/>'


def box(x: float, y: float, width: float, height: float, fill: str = A, stroke: str = "none", round: float = 2) -> str:
    return (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="{round:g}" fill="{fill}" '
        f'stroke="{stroke}" stroke-width="1.4"/>'
    )


def shade(value: float) -> str:
    return f"var(--s{max(0, min(8, round(value * 8)))})"


def cells(
    rows: int, columns: int, size: float, value: Callable[[int, int], float | None], x: float, y: float = 3
) -> str:
    drawn = ((i, j, value(i, j)) for i in range(rows) for j in range(columns))
    return "".join(
        box(x + j * size, y + i * size, size - 1, size - 1, shade(v), round=1) for i, j, v in drawn if v is not None
    )


def bars(values: Sequence[float], x: float, step: float, height: float, second: int = -1) -> str:
    return "".join(
        box(x + i * step, 58 - v * height, step - 3, v * height, B if i == second else A, round=1.5)
        for i, v in enumerate(values)
    )


def _foundations() -> str:
    s = curve(lambda t: 54 - 46 / (1 + exp(-12 * (t - 0.5))))
    return line((4, 56), (156, 56)) + s + curve(lambda t: 54 - max(0, t - 0.5) * 92, B)


def _training() -> str:
    hills = "".join(
        f'<ellipse cx="108" cy="34" rx="{r * 1.9:.1f}" ry="{r}" fill="none" stroke="{LINE}" stroke-width="1.3"/>'
        for r in (26, 18, 10)
    )
    return hills + path("M10 8L34 46L52 16L70 44L84 24L96 38L104 32L108 34") + dot(108, 34, 3.2, B)


def _vision() -> str:
    ring = cells(7, 7, 8, lambda i, j: exp(-(((i - 3) ** 2 + (j - 3) ** 2 - 6) ** 2) / 40), 14)
    out = cells(5, 5, 8, lambda i, j: 0.15 + 0.7 * abs(sin(i + j * 0.8)), 102, 10)
    return ring + box(29, 10, 24, 24, "none", B, 0) + line((56, 22), (98, 22), GREY) + out


def _recurrence() -> str:
    return cells(5, 15, 10, lambda i, j: 0.5 + 0.45 * sin(j * 0.55 + i * 1.3) * cos(i * 0.9), 5, 7)


def _attention() -> str:
    look = {2: 0, 3: 1, 5: 3, 6: 2, 8: 5}
    pattern = cells(
        9, 9, 6.4, lambda i, j: None if j > i else 0.95 if look.get(i) == j else 0.35 if j == 0 else 0.12, 18, 2
    )
    return pattern + cells(9, 9, 6.4, lambda i, j: None if j > i else exp(-(i - j) / 1.6), 84, 2)


def _position() -> str:
    clocks = ""
    for x, angle in ((30, 2.2), (80, 1.2), (130, 0.45)):
        tip = (x + 20 * cos(angle), 31 - 20 * sin(angle))
        inner = f"{x + 17 * cos(angle):.1f} {31 - 17 * sin(angle):.1f}"
        clocks += f'<circle cx="{x}" cy="31" r="20" fill="none" stroke="{LINE}" stroke-width="1.3"/>'
        clocks += path(f"M{x} 31L{x + 17} 31A17 17 0 0 0 {inner}Z", "none", 0, MARK)
        clocks += line((x, 31), (x + 20, 31), B, 2) + line((x, 31), tip, A, 2)
    return clocks


def _transformers() -> str:
    blocks = "".join(
        box(12 + i * 36, 14, 26, 15, MARK, round=3) + box(12 + i * 36, 33, 26, 15, "none", A, 3) for i in range(4)
    )
    return blocks + path("M4 56H156", B)


def _experts() -> str:
    even = path("M4 30H156", GREY, 1.2, more='stroke-dasharray="2 3"')
    return bars((0.72, 0.5, 0.95, 0.42, 0.6, 0.8, 0.38, 0.66), 8, 18, 48, second=2) + even


def _beyond_attention() -> str:
    envelope = curve(lambda t: 31 - 22 * exp(-2.4 * t), B, 1.4) + curve(lambda t: 31 + 22 * exp(-2.4 * t), B, 1.4)
    return curve(lambda t: 31 - 22 * exp(-2.4 * t) * cos(22 * t)) + envelope


def _tokens() -> str:
    dice = random.Random(7)
    pieces = ((4, 34), (41, 20), (64, 46), (113, 16), (132, 24))
    words = "".join(box(x, 8, w, 17, "none" if i % 2 else MARK, A, 4) for i, (x, w) in enumerate(pieces))
    return words + "".join(
        dot(6 + dice.random() * 148, 34 + dice.random() * 24, 1.9, dice.choice((A, B))) for _ in range(22)
    )


def _language() -> str:
    return "".join(
        box(36, 4 + i * 11.4, v * 118, 8, MARK if i else A) + box(6, 6 + i * 11.4, 22, 4, LINE)
        for i, v in enumerate((0.92, 0.55, 0.33, 0.2, 0.12))
    )


def _decoding() -> str:
    root, up, down, best = (8, 31), (50, 14), (50, 48), (100, 24)
    left, ends = ((100, 7), (100, 40), (100, 56)), ((152, 18), (152, 32))
    edges = [(root, up), (root, down), (up, left[0]), (up, best), (down, left[1]), (down, left[2])]
    tree = "".join(line(a, b, LINE, 1.6) for a, b in edges + [(best, end) for end in ends])
    taken = (root, up, best, ends[0])
    others = (down, *left, ends[1])
    return (
        tree
        + polyline(taken)
        + "".join(dot(x, y, 3) for x, y in taken)
        + "".join(dot(x, y, 2.4, GREY) for x, y in others)
    )


def _tuning() -> str:
    plus = path("M70 31h12m-6-6v12", GREY, 1.6)
    return box(8, 5, 52, 52, "none", LINE, 3) + plus + box(92, 5, 10, 52) + box(106, 5, 46, 10, B)


def _serving() -> str:
    return bars([0.096 * i for i in range(1, 11)], 6, 15, 52, second=9)


def _parallel() -> str:
    return "".join(box(6 + r * 16 + c * 18, 5 + r * 14, 15, 10) for r in range(4) for c in range(5))


def _long_context() -> str:
    def value(i: int, j: int) -> float | None:
        reach = i * 2.6
        return None if j > reach + 1 else 0.95 if j < 1 else max(0.06, 1 - abs(reach - j) / 4)

    return cells(8, 20, 7.4, value, 6, 2)


def _generative() -> str:
    dice, rings = random.Random(7), ""
    for k in range(4):
        for i in range(34):
            angle, noise = i / 34 * 2 * pi, (3 - k) * 6.5
            x = 20 + k * 40 + 15 * cos(angle) + (dice.random() - 0.5) * noise
            rings += dot(x, 31 + 15 * sin(angle) + (dice.random() - 0.5) * noise * 1.3, 1.25)
    return rings


def _contrastive() -> str:
    dice = random.Random(3)
    return "".join(
        dot(x + (dice.random() - 0.5) * 32, y + (dice.random() - 0.5) * 22, 2.1, ink)
        for x, y, ink in ((36, 20, A), (84, 42, B), (128, 18, GREY))
        for _ in range(13)
    )


def _multimodal() -> str:
    return cells(7, 7, 8, lambda i, j: 0.92 if i == j else 0.06 + 0.16 * abs(sin(i * 3 + j * 5)), 52)


def _graphs() -> str:
    at = ((20, 30), (46, 12), (48, 48), (74, 30), (100, 14), (104, 46), (132, 20), (140, 44))
    edges = ((0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 6), (5, 7), (6, 7), (4, 5))
    nodes = "".join(dot(x, y, 5.5 if i == 3 else 3.8, A if i < 4 else B) for i, (x, y) in enumerate(at))
    return "".join(line(at[a], at[b], LINE, 1.6) for a, b in edges) + nodes


def _energy() -> str:
    landscape = curve(lambda t: 30 + 15 * cos(t * 4 * pi) - 8 * sin(t * 2 * pi))
    return landscape + dot(46, 48.6, 3.6, B) + path("M22 20Q34 20 41 38", B, 1.5)


def _other() -> str:
    def wave(t: float) -> float:
        return 31 + 18 * sin(t * 13) * exp(-9 * (t - 0.5) ** 2)

    return curve(wave) + "".join(dot(4 + 152 * t, wave(t), 3, B) for t in (0.15, 0.38, 0.62, 0.85))


def _interpretability() -> str:
    tokens = "".join(box(6 + i * 21.5, 20, 18, 22, shade(v / 8), LINE, 3) for i, v in enumerate((1, 2, 7, 1, 4, 1, 2)))
    return tokens + path("M145 16Q95 -6 58 16", B)


def _plain() -> str:
    at = ((20.0, 44.0), (60.0, 20.0), (104.0, 36.0), (142.0, 14.0))
    return polyline(at, A, 1.2) + "".join(dot(x, y, 3.4) for x, y in at)


_DRAWN: dict[str, Callable[[], str]] = {
    "foundations": _foundations, "training": _training, "vision": _vision, "recurrence": _recurrence,
    "attention": _attention, "position": _position, "transformers": _transformers, "routing": _experts,
    "statespace": _beyond_attention, "tokens": _tokens, "language": _language, "decoding": _decoding,
    "tuning": _tuning, "serving": _serving, "parallel": _parallel, "memory": _long_context,
    "generative": _generative, "contrastive": _contrastive, "multimodal": _multimodal, "graphs": _graphs,
    "energy": _energy, "other": _other, "interpretability": _interpretability,
}  # fmt: skip


def thumbnail(chapter: str) -> Markup:
    """The drawing of a chapter; a plain one where none is made."""
    return Markup(f'<svg class="th" viewBox="0 0 160 62" aria-hidden="true">{_DRAWN.get(chapter, _plain)()}</svg>')
