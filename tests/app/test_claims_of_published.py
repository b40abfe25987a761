"""What a claim says of a published model, at a threshold of its own: who is judged by it, and what the page shows."""

import pytest

from app.claims import check
from app.web.panels.claims import claims
from glossary import reader
from glossary.schema import Claim, Entry, OfPublished

OWN = {"says": "A read text costs little.", "holds": "text_total < 4", "value_label": "cost of the text"}


def with_claim(published: dict) -> Entry:
    claim = Claim(
        says="Small sums stay small.",
        kind="learned",
        holds="total < 2",
        applies="tokens > 1",
        fails_for={"shift": 9},
        switch="shift by 9",
        symptom="The bars part.",
        shows="total > 8",
        control={"shift": -9},
        control_switch="shift the other way",
        published=OfPublished(**published),
    )
    base = reader.entries()["softmax"]
    return base.model_copy(update={"live": base.live.model_copy(update={"claims": [claim]})})


def shown(entry: Entry, metrics: dict[str, float], **controls: float) -> str:
    return str(claims(entry, check(entry, metrics), controls))


def test_a_run_without_its_metric_is_judged_by_the_claim_itself() -> None:
    (one,) = check(with_claim(OWN), {"total": 5.0, "tokens": 4.0})
    assert (one.verdict, one.value, one.own_threshold) == ("failed", 5.0, False)
    assert one.claim.says == "Small sums stay small."
    assert "published models" not in shown(with_claim(OWN), {"total": 5.0, "tokens": 4.0})


@pytest.mark.parametrize(("total", "verdict"), [(3.0, "held"), (5.0, "failed")])
def test_a_run_that_measures_it_is_judged_by_what_is_said_of_published_models(total: float, verdict: str) -> None:
    (one,) = check(with_claim(OWN), {"text_total": total})
    assert (one.verdict, one.value, one.own_threshold) == (verdict, total, True)
    page = shown(with_claim(OWN), {"text_total": total})
    assert "A read text costs little." in page
    assert "Small sums" not in page
    assert "cost of the text" in page
    assert "below 4 (threshold of published models)" in page
    assert "shift the other way" not in page  # a matched control is one of the claim's own break


def test_a_claim_that_is_not_decided_yet_leaves_the_others_their_verdicts() -> None:
    entry = reader.entries()["softmax"]
    first, *rest = entry.live.claims
    decided = [one for one in check(entry, {claim.condition.metric: 0.0 for claim in rest}) if one.claim is not first]
    page = str(claims(entry, decided, {}))
    assert page.count('class="claim') == len(entry.live.claims) + 1  # and the box around them
    assert page.count("<b>") == len(decided)


def test_its_own_condition_of_applying_replaces_that_of_the_claim() -> None:
    entry = with_claim({**OWN, "applies": "text_tokens > 8"})
    assert [check(entry, {"text_total": 3.0, "text_tokens": n})[0].verdict for n in (4.0, 9.0)] == [
        "does not apply", "held",
    ]  # fmt: skip


def test_it_breaks_by_the_claims_switch_by_its_own_or_by_none() -> None:
    broken = {"text_total": 5.0}
    assert "Look: the bars part." in shown(with_claim(OWN), broken, shift=9)
    own = with_claim({**OWN, "fails_for": {"size": 3}, "switch": "a size of 3", "symptom": "The line rises."})
    assert "a size of 3" in shown(own, broken, size=3)
    assert "Look: the line rises." in shown(own, broken, size=3)
    assert "shift by 9" not in shown(own, broken, size=3)
    assert 'role="switch"' not in shown(with_claim({**OWN, "fails_for": {}}), broken)


def test_a_switch_and_what_it_changes_are_given_together() -> None:
    with pytest.raises(ValueError, match="has a switch and a symptom"):
        OfPublished(**OWN, fails_for={"size": 3})
    with pytest.raises(ValueError, match="has a switch and a symptom"):
        OfPublished(**OWN, switch="a size of 3", symptom="The line rises.")
