"""Every shape comment of the readers of stories, of GPT-1 and of classifiers, executed."""

import torch

from models.data import handed_over_rows, handover_labels, story_questions
from models.data.dice import Dice
from models.data.handed_over import VOCABULARY
from models.seeding import generator, seeded
from models.training import fine_tuning, story_readers
from models.training.side_by_side import SideBySide
from models.transformer import generative_pretraining, pretrained_story_readers, text_classifier
from models.transformer.generative_pretraining import GPT1
from models.transformer.pretraining_heads import PretrainingEncoder
from tests.shape_comments import check_fields, shapes_checked

N, B = story_readers.TRAININGS, 5


def test_shape_comments_of_rows_and_questions_are_true() -> None:
    with shapes_checked(handed_over_rows, N=2):
        rows = handed_over_rows.laid_out([(["Ada"], []), (["Ben"], ["it"])])
    assert check_fields(rows) == 3
    asked = story_questions.verbs(4, False, 0)
    assert check_fields(asked, N=4) == 2


def test_shape_comments_of_trainings_are_true() -> None:
    rows = handed_over_rows.pair_rows(20, "as written", 0)
    with shapes_checked(story_readers, N=N, B=B, T=handed_over_rows.LENGTH) as watch:
        with shapes_checked(pretrained_story_readers, T=handed_over_rows.LENGTH) as masks:
            pretrained_story_readers.mask_of(rows.ids, "causal mask")
        assert not masks.unreached()
        models = SideBySide([seeded(lambda: PretrainingEncoder(story_readers.ENCODER), 0)] * N)
        story_readers.encoder_loss(models, rows, "causal mask", B, generator(0))
        decoders = SideBySide([seeded(lambda: GPT1(story_readers.DECODER), 0)] * N)
        story_readers.decoder_loss(decoders, rows, B, generator(0))
    assert watch.reached
    assert not watch.unreached()


def test_shape_comments_of_classifiers_are_true() -> None:
    sentences = handover_labels.labelled(8, "who receives it", Dice(0))
    texts = fine_tuning.Labelled(
        handed_over_rows.laid_out([(one.words, []) for one in sentences], length=9),
        torch.tensor([one.label for one in sentences]),
    )
    counts = handover_labels.word_counts(texts.rows.ids, VOCABULARY)
    assert counts.sum(dim=1).tolist() == [9.0] * 8
    for build in (
        lambda: text_classifier.EncoderClassifier(story_readers.ENCODER),
        lambda: text_classifier.DecoderClassifier(story_readers.DECODER),
    ):
        with shapes_checked(fine_tuning, N=2, B=B) as training:
            run = fine_tuning.FineTuning([seeded(build, seed) for seed in (0, 1)], texts, [4, 8], generator(0), 1e-3, B)
            run.step()
        with shapes_checked(fine_tuning, N=2, B=8) as asked:
            run.logits(texts.rows.ids)
        assert not set(training.unreached()) & set(asked.unreached())
        with shapes_checked(text_classifier, generative_pretraining, B=8, T=9, D=40, V=VOCABULARY) as watch:
            said, _ = seeded(build, 0)(*fine_tuning.given(texts.rows.ids))
        assert watch.reached
        assert check_fields(said, B=8, Y=2, T=9, V=said.words.shape[-1]) == 2
    with shapes_checked(generative_pretraining, B=8, T=9, D=40, V=VOCABULARY) as watch:
        _, trace = seeded(lambda: GPT1(story_readers.DECODER), 0)(texts.rows.ids)
    assert not watch.unreached()
    assert check_fields(trace, B=8, T=9, D=40) == 1
