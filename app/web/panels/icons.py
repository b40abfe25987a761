"""Line icons on a 16 × 16 grid, drawn in the colour of the text around them."""

from markupsafe import Markup

from app.web.panels.markup import html
from glossary.schema import Level

_PATHS = {
    "search": '<circle cx="7" cy="7" r="4.5"/><path d="M10.4 10.4 14 14"/>',
    "left": '<path d="M10 3 5 8l5 5"/>',
    "right": '<path d="m6 3 5 5-5 5"/>',
    "menu": '<path d="M2 4h12M2 8h12M2 12h12"/>',
    "close": '<path d="m3.5 3.5 9 9m0-9-9 9"/>',
    "predict": (
        '<path d="M5.6 11.2c0-1.5-1.9-2.3-1.9-4.8a4.3 4.3 0 0 1 8.6 0c0 2.5-1.9 3.3-1.9 4.8z"/><path d="M6 14h4"/>'
    ),
    "compare": '<rect x="2" y="2.5" width="5" height="11" rx="1"/><rect x="9" y="2.5" width="5" height="11" rx="1"/>',
    "class": '<path d="M2 2.8h12v8H2zM8 10.8v2.6M5 13.4h6"/>',
    "diagnose": '<path d="M1.5 8.5H5l1.6-5 2.8 9 1.6-4h3.5"/>',
    "share": (
        '<path d="M6.7 9.3a2.9 2.9 0 0 0 4.1 0l2.3-2.3a2.9 2.9 0 0 0-4.1-4.1l-1 1"/>'
        '<path d="M9.3 6.7a2.9 2.9 0 0 0-4.1 0L2.9 9a2.9 2.9 0 0 0 4.1 4.1l1-1"/>'
    ),
    "out": '<path d="M9.5 2.5h4v4M13.5 2.5 8 8M12 9.5v3a1 1 0 0 1-1 1H3.5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1h3"/>',
    "theme": '<path d="M13.3 9.7A5.7 5.7 0 0 1 6.3 2.7a5.7 5.7 0 1 0 7 7z"/>',
    "reset": '<path d="M3 5.2A5.6 5.6 0 1 1 2.4 8.6M3 2.2v3.2h3.2"/>',
    "stop": '<rect x="4" y="4" width="8" height="8" rx="1.2"/>',
    "more": (
        '<path d="M2 4.5h5.5m3.5 0h3M2 11.5h2.5m3.5 0h6"/>'
        '<circle cx="9.2" cy="4.5" r="1.7"/><circle cx="6.2" cy="11.5" r="1.7"/>'
    ),
    "eye": '<path d="M1.5 8S4 3.7 8 3.7 14.5 8 14.5 8 12 12.3 8 12.3 1.5 8 1.5 8z"/><circle cx="8" cy="8" r="2"/>',
}

ICONS = {
    name: Markup(f'<svg class="i" viewBox="0 0 16 16" aria-hidden="true">{paths}</svg>')
    for name, paths in _PATHS.items()
}

MARK = Markup(
    '<svg viewBox="0 0 24 24" fill="none" aria-hidden="true">'
    '<path d="M12 12V2.5A9.5 9.5 0 0 1 20.2 16.7Z" fill="var(--mark)"/>'
    '<g stroke="var(--accent)" stroke-width="2" stroke-linejoin="round">'
    '<circle cx="12" cy="12" r="9.5"/><path d="M12 2.5V12l8.2 4.7"/></g></svg>'
)


def _verdict(*paths: str) -> Markup:
    lines = 'fill="none" stroke="currentColor" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"'
    return Markup(f'<svg class="badge-s" viewBox="0 0 18 18" aria-hidden="true" {lines}>{"".join(paths)}</svg>')


HELD = _verdict(
    '<circle cx="9" cy="9" r="9" fill="currentColor" stroke="none"/>',
    '<path d="m5 9.3 2.7 2.7L13 6.5" stroke="var(--paper)" stroke-width="2"/>',
)
FAILED = _verdict('<path d="M9 1.2 16.8 9 9 16.8 1.2 9z"/>', '<path d="m6.7 6.7 4.6 4.6m0-4.6-4.6 4.6"/>')
UNKNOWN = _verdict('<circle cx="9" cy="9" r="7.8" stroke="var(--line-2)" stroke-dasharray="3 3"/>')

LEVELS: tuple[Level, ...] = ("beginner", "intermediate", "advanced")


def level_dots(level: Level) -> Markup:
    """One, two or three filled dots, with the word for those who cannot see them."""
    filled = LEVELS.index(level) + 1
    dots = Markup("").join(Markup('<i class="on"></i>' if index < filled else "<i></i>") for index in range(3))
    return html('<span class="lv" title="{}" aria-label="{}" role="img">{}</span>', level.capitalize(), level, dots)
