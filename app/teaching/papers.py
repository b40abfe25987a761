"""What is printed of a lesson: a page for everybody without answers, and the teacher’s notes with the measured ones."""

from collections.abc import Callable

from markupsafe import Markup

from app.experiment_words import control_name
from app.number_format import number
from app.teaching.predictions import Answer
from app.teaching.questions import Question, of_part
from app.web.components import FILES
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prediction import settings, verdict
from app.web.panels.prose import first_sentence, inline
from app.web.static_files import katex
from glossary.schema import Lesson

STYLE = """
@page { size: A4; margin: 11mm 15mm }
body { font: 11pt/1.4 system-ui, sans-serif; color: #111; max-width: 178mm; margin: 10mm auto; padding: 0 5mm }
h1 { font-size: 17pt; margin: 0 0 1mm } h2 { font-size: 11.5pt; margin: 4mm 0 1mm } p { margin: 0 0 1.5mm }
section { break-inside: avoid } .term, footer { color: #555; font-size: 9.5pt }
ul { list-style: none; padding: 0; margin: 0 } li::before { content: "☐ " }
.space { border-bottom: 1px solid #999; height: 7mm } .frame { border: 1px solid #999; height: 26mm }
svg { width: 4mm; height: 4mm }
@media print {
  body { margin: 0; padding: 0; font-size: 9.5pt; line-height: 1.28; max-width: none }
  h2 { margin: 2mm 0 .5mm } p { margin: 0 0 1mm } footer { display: none }
  ul { display: flex; flex-wrap: wrap; gap: 0 7mm } .frame { height: 22mm }
}
"""


def handout(lesson: Lesson) -> Markup:
    """One page: every question with room for a guess, and what its term means. No answer is on it."""
    explained: set[str] = set()

    def section(question: Question) -> Markup:
        slug = question.entry.slug
        term = EMPTY if slug in explained else _term(question)
        explained.add(slug)
        return html("{}{}", term, _asked(question))

    return _paper(lesson, "Your guesses, before the result is shown.", section)


def notes(lesson: Lesson, answer: Callable[[Question], Answer]) -> Markup:
    """The questions with the measured answers, why, and what B breaks with its symptom. Runs what it tells."""
    return _paper(lesson, "Teacher’s notes: the answers are measured by the runs of the lesson.", _told_by(answer))


def _paper(lesson: Lesson, subtitle: str, section: Callable[[Question], Markup]) -> Markup:
    parts = join(
        html("<section><h2>{}. {}</h2>{}</section>", place, part.title, section(of_part(lesson.slug, place)))
        for place, part in enumerate(lesson.parts, 1)
    )
    module, sheet = katex()
    return html(
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><base href="../../"><title>{title}</title>
        <meta name="viewport" content="width=device-width"><link rel="stylesheet" href="{sheet}"><style>{style}</style>
        <script type="module" src="{script}"></script></head>
        <body data-katex="{module}"><h1>{title}</h1><p>{asks} {subtitle}</p>{parts}
        <footer>Print this page from the browser. Modelarium, lesson “{slug}”.</footer></body></html>
        """,
        title=lesson.title,
        slug=lesson.slug,
        sheet=sheet,
        style=Markup(STYLE),
        script=FILES.address("lazy/paper.js"),
        module=module,
        asks=inline(lesson.asks),
        subtitle=subtitle,
        parts=parts,
    )


def _term(question: Question) -> Markup:
    return html('<p class="term">{}</p>', inline(first_sentence(question.entry.definition)[0]))


def _asked(question: Question) -> Markup:
    return html(
        "<p><b>{}</b></p>{}{}",
        inline(question.prediction.asks),
        html("<p>The run: {}.</p>", settings(question)) if question.asked else EMPTY,
        _space(question),
    )


def _space(question: Question) -> Markup:
    """Where a guess is put down."""
    asked = question.prediction
    if asked.kind == "choice":
        return html("<ul>{}</ul>", join(html("<li>{}</li>", inline(choice.says)) for choice in asked.choices))
    if asked.kind == "map":
        maps = join(html("<li>map {}</li>", place) for place in range(1, len(asked.others) + 2))
        return html("<ul>{}</ul>", maps)
    ends = f"{number(asked.low or 0.0)} to {number(asked.high or 0.0)} {asked.unit}".strip()
    if asked.kind == "number":
        return html('<p>A number, {}:</p><div class="space"></div>', ends)
    along = ", ".join(number(at) for at in asked.at)
    return html(
        '<p>A curve, {} high, at {} {}:</p><div class="frame"></div>',
        ends,
        control_name(question.entry.live.experiment, asked.along),
        along,
    )


def _told_by(answer: Callable[[Question], Answer]) -> Callable[[Question], Markup]:
    def told(question: Question) -> Markup:
        claim = question.entry.live.claims[question.breaks - 1]
        return html(
            "<p><b>{}</b></p>{}{}<p>B breaks “{}” by “{}”. {}</p>",
            inline(question.prediction.asks),
            html("<p>The run: {}.</p>", settings(question)) if question.asked else EMPTY,
            verdict(question, answer(question), None),
            inline(claim.says.rstrip(".")),
            claim.switch,
            inline(claim.symptom),
        )

    return told
