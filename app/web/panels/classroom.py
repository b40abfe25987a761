"""Class mode: the strip of a lesson, one question, the guesses of the room, and what each key does."""

from markupsafe import Markup

from app.teaching.class_session import Sitting
from app.teaching.questions import Question
from app.web.panels.bar import alone
from app.web.panels.icons import ICONS, MARK
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prediction import form, settings
from glossary import reader
from glossary.schema import Lesson


def sheet(sitting: Sitting) -> Markup:
    """Everything in class mode but the figures and claims, which the page has already."""
    return html(
        """
        <header class="strip"><a class="brand" href="?">{mark}<span>{title}</span></a><ol>{stops}</ol></header>
        <section class="ask" aria-label="Question">
          {form}
          <section class="room" data-room="{room}">
            <header><h2>The guesses of this room</h2><span class="count" role="status"></span></header>
            <div class="histogram"></div>
            <button class="btn line" type="button" data-class="show" hidden>{eye}Show the guesses</button>
          </section>
        </section>
        <div class="veil">
          <p>The result is hidden</p><p class="count"></p>
          <button class="btn solid" type="button" data-class="reveal">{eye}Reveal <kbd>space</kbd></button>
        </div>
        {settings}{foot}
        """,
        mark=MARK,
        title=_title(sitting),
        stops=join(_stop(sitting, number) for number, _ in enumerate(sitting.questions, 1)),
        form=form(sitting.question),
        room=sitting.room,
        eye=ICONS["eye"],
        settings=_before_and_after(sitting.question) if sitting.question.prediction.set else EMPTY,
        foot=_foot(sitting),
    )


def _lesson(sitting: Sitting) -> Lesson | None:
    return reader.lessons()[sitting.lesson] if sitting.lesson else None


def _title(sitting: Sitting) -> str:
    lesson = _lesson(sitting)
    return lesson.title if lesson else sitting.question.entry.title


def _stop(sitting: Sitting, number: int) -> Markup:
    """A part with its minutes, or just the number of a question; what is behind and what is now are marked."""
    lesson = _lesson(sitting)
    title = lesson.parts[number - 1].title if lesson else f"Question {number}"
    minutes = html("<small>{} min</small>", lesson.parts[number - 1].minutes) if lesson else EMPTY
    here = number == sitting.number
    return html(
        '<li class="{}"><a href="{}" {}><span>{}</span>{}</a></li>',
        "now" if here else "done" if number < sitting.number else "next",
        sitting.address(number), Markup('aria-current="step"') if here else EMPTY, title, minutes,
    )  # fmt: skip


def _before_and_after(question: Question) -> Markup:
    """After the reveal: the run as it stood, and the one that answered."""
    return html(
        """
        <div class="seg when" role="radiogroup" aria-label="The run" hidden>
          <label><input type="radio" name="when" value="before"><span>before</span></label>
          <label><input type="radio" name="when" value="after" checked><span>{}</span></label>
        </div>
        """,
        settings(question),
    )


def _foot(sitting: Sitting) -> Markup:
    last = sitting.number == len(sitting.questions)
    onward = "?" if last else sitting.address(sitting.number + 1)
    keys = (
        _key("reveal", "space", "reveal"),
        html('<span class="wide"><kbd>←</kbd><kbd>→</kbd>step</span>'),
        html('<a href="{}" data-class="next"><kbd>N</kbd>{}</a>', onward, "to the end" if last else "next question"),
        _key("break", "B", "break it"),
        _key("diagnose", "D", "diagnose"),
        _key("trace", "T", "trace"),
        _key("leave", "esc", "leave"),
        html('<button type="button" data-act="copy">{}copy link</button>', ICONS["share"]),
        alone(html("{}full page", ICONS["out"])),
    )
    return html(
        """
        <div class="foot"><nav aria-label="Keys">{}</nav>
          <p class="live"><span class="pulse"></span><span class="line"></span>
            <span>guesses are gone when the server stops</span></p></div>
        """,
        join(keys),
    )


def _key(act: str, key: str, name: str) -> Markup:
    return html('<button type="button" data-class="{}"><kbd>{}</kbd>{}</button>', act, key, name)
