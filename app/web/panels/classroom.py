"""Class mode: the strip of a lesson, one question, the guesses of the room, and what each key does.

Without a room it is the page of somebody who learns alone.
"""

from markupsafe import Markup

from app.teaching.class_session import Sitting
from app.teaching.questions import Question
from app.web.panels.bar import alone
from app.web.panels.icons import ICONS, MARK
from app.web.panels.markup import EMPTY, html, join
from app.web.panels.prediction import form, settings
from app.web.panels.prose import first_sentence, inline
from glossary import reader
from glossary.schema import Lesson


def sheet(sitting: Sitting) -> Markup:
    """Everything in class mode but the figures and claims, which the page has already."""
    return html(
        """
        <header class="strip"><a class="brand" href="?">{mark}<span>{title}</span></a><ol>{stops}</ol>{code}</header>
        <section class="ask" aria-label="Question"{breaks}{before}>
          {form}
          <p class="term">{term}</p>
          {room}
        </section>
        <div class="veil">
          <p class="what">The result is hidden</p><p class="count"></p>
          <button class="btn solid" type="button" data-class="reveal">{eye}Reveal <kbd>space</kbd></button>
        </div>
        {invite}{settings}{foot}
        """,
        mark=MARK,
        title=_title(sitting),
        stops=join(_stop(sitting, number) for number, _ in enumerate(sitting.questions, 1)),
        code=_code(sitting) if sitting.room else EMPTY,
        breaks=html(' data-breaks="{}"', sitting.question.breaks),
        before=Markup(" data-before") if _before_tells_nothing(sitting.question) else EMPTY,
        form=form(sitting.question),
        term=inline(first_sentence(sitting.question.entry.definition)[0]),
        room=_room(sitting) if sitting.room else EMPTY,
        eye=ICONS["eye"],
        invite=_invite(sitting) if sitting.room else EMPTY,
        settings=_before_and_after(sitting.question) if sitting.question.prediction.set else EMPTY,
        foot=_foot(sitting),
    )


def _code(sitting: Sitting) -> Markup:
    return html(
        """
        <button class="room-code" type="button" data-class="invite" aria-expanded="false">join with <b>{}</b></button>
        """,
        sitting.room,
    )


def _invite(sitting: Sitting) -> Markup:
    """How others come: the browser asks for the address and its QR code."""
    return html(
        """
        <section class="invite" aria-label="Join this class">
          <p>Join this class with the code</p><p class="letters">{room}</p>
          <div class="qr"></div><p class="address"></p>
          <button class="btn line" type="button" data-class="invite">To the question</button>
        </section>
        """,
        room=sitting.room,
    )


def _room(sitting: Sitting) -> Markup:
    return html(
        """
        <section class="room" data-room="{room}">
          <header><h2>The guesses of this room</h2><span class="count" role="status"></span></header>
          <div class="histogram"></div>
          <button class="btn line" type="button" data-class="show" hidden>{eye}Show the guesses</button>
          <button class="btn line for-host" type="button" data-class="save">Guesses as CSV</button>
          <label class="pace"><input type="checkbox" name="pace"><span>At my own pace</span></label>
        </section>
        """,
        room=sitting.room,
        eye=ICONS["eye"],
    )


def _before_tells_nothing(question: Question) -> bool:
    """Whether the run before the reveal may be in view: it is another than the one that answers, and no wrong map."""
    return question.before and bool(question.prediction.set) and question.prediction.kind in ("choice", "number")


def _lesson(sitting: Sitting) -> Lesson | None:
    return reader.lessons()[sitting.lesson] if sitting.lesson else None


def _title(sitting: Sitting) -> str:
    lesson = _lesson(sitting)
    return lesson.title if lesson else sitting.question.entry.title


def _stop(sitting: Sitting, number: int) -> Markup:
    """The title of a part, or the number of a question; what is behind and what is now are marked."""
    lesson = _lesson(sitting)
    title = lesson.parts[number - 1].title if lesson else f"Question {number}"
    here = number == sitting.number
    return html(
        '<li class="{}"><a href="{}" {}><span>{}</span></a></li>',
        "now" if here else "done" if number < sitting.number else "next",
        sitting.address(number), Markup('aria-current="step"') if here else EMPTY, title,
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
        *(_papers(sitting.lesson) if sitting.lesson else ()),
        alone(html("{}full page", ICONS["out"])),
    )
    return html(
        """
        <div class="foot"><nav aria-label="Keys">{}</nav>
          <p class="live"><span class="pulse"></span><span class="line"></span>
            {}</p></div>
        """,
        join(keys),
        Markup("<span>guesses are gone when the server stops</span>") if sitting.room else EMPTY,
    )


def _papers(lesson: str) -> tuple[Markup, Markup]:
    """What is printed: for everybody, and for who leads."""
    link = '<a class="{}" href="modelarium/{}/{}" target="_blank">{}</a>'
    return html(link, "", "handout", lesson, "handout"), html(link, "for-host", "notes", lesson, "teacher’s notes")


def _key(act: str, key: str, name: str) -> Markup:
    return html('<button type="button" data-class="{}"><kbd>{}</kbd>{}</button>', act, key, name)
