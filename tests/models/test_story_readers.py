"""Stories, questions on them, and the readers and classifiers that learn from them."""

import pytest
import torch

from models.checkpoints import load_card
from models.data import handed_over as told
from models.data import story_questions as questions
from models.data.dice import Dice
from models.data.handed_over_rows import IS_NEXT, LENGTH, ONE_TEXT, laid_out, pair_rows, story_rows
from models.data.handover_labels import label_of, labelled
from models.language.masking import NOT_ASKED, Fates, masked_tokens, word_loss
from models.seeding import generator, seeded
from models.training.fine_tuning import FineTuning, Labelled, given
from models.training.recipes import recipes
from models.transformer.generative_pretraining import GPT1
from models.transformer.pretrained_story_readers import (
    DECODER,
    DECODERS,
    ENCODER,
    ENCODERS,
    decoder,
    decoder_classifier,
    encoder,
    encoder_classifier,
    mask_of,
    name_of,
)
from models.transformer.text_classifier import (
    DecoderClassifier,
    EncoderClassifier,
    class_logits,
    state_at,
    supervised_loss,
    with_auxiliary,
)


def test_a_story_follows_its_rules():
    dice = Dice(0)
    for _ in range(200):
        one = told.story(dice)
        done, after = one.first
        thing = next(word for word in done if word in told.THINGS)
        verb = next(word for word in done if word in told.VERBS)
        assert verb in (told.HOMONYMS[thing] if thing in told.HOMONYMS else told.ORDINARY[thing][:1])
        over, kept = one.second
        people = [word for word in over if word in told.PEOPLE]
        receiver = people[0] if "gets" in over else people[1]
        assert kept[0] == told.pronoun(receiver)
        assert sorted(told.pronoun(name) for name in people) == ["he", "she"]
        if after[1] == "smiles":
            assert after[0] == told.pronoun(next(word for word in done if word in told.PEOPLE))
        assert sum(map(len, (*one.first, *one.second))) + 3 <= LENGTH


def test_shuffled_stories_have_the_same_words_in_each_sentence():
    one = told.story(Dice(1))
    mixed = told.arranged(one, "words shuffled", Dice(2))
    for before, after in zip((*one.first, *one.second), (*mixed.first, *mixed.second), strict=True):
        assert sorted(before) == sorted(after)
        assert after[-1] == "."
    assert mixed != one


def test_rows_are_pairs_and_single_texts():
    rows = pair_rows(400, "as written", 0)
    assert 0.13 < (rows.labels == ONE_TEXT).float().mean() < 0.27
    true = rows.labels == IS_NEXT
    assert 0.4 < true.sum() / (rows.labels != ONE_TEXT).sum() < 0.6
    assert (rows.ids[:, 0] == told.CLASS).all()
    assert ((rows.ids == told.SEP).sum(dim=1) == torch.where(rows.labels == ONE_TEXT, 1, 2)).all()
    assert (story_rows(50, "as written", 0).segments == 0).all()


def test_only_telling_words_are_asked_for():
    rows = pair_rows(300, "as written", 0)
    inputs, targets = masked_tokens(rows.ids, told.VOCABULARY, generator(0), 0.5, Fates(1.0, 0.0), told.MASK, told.EASY)
    asked = targets != NOT_ASKED
    assert (inputs[asked] == told.MASK).all()
    assert (targets[asked] >= told.EASY).all()
    assert 0.45 < asked.sum() / (rows.ids >= told.EASY).sum() < 0.55
    inputs, targets = masked_tokens(rows.ids, told.VOCABULARY, generator(0), 0.5, mask=told.MASK, specials=told.EASY)
    asked = targets != NOT_ASKED
    masked, kept = (inputs[asked] == told.MASK).float().mean(), (inputs == targets)[asked].float().mean()
    assert masked == pytest.approx(0.8, abs=0.03)
    assert kept == pytest.approx(0.1, abs=0.03)


def test_the_loss_counts_only_what_is_asked_for():
    logits = torch.tensor([[[2.0, 0.0], [0.0, 5.0]]])
    targets = torch.tensor([[0, NOT_ASKED]])
    assert word_loss(logits, targets).item() == pytest.approx(0.126928, abs=1e-5)


def test_a_question_hides_the_word_that_is_its_answer():
    asked = questions.verbs(20, True, 0, "today", first=True)
    for text, at, answer, hidden in zip(asked.texts, asked.at, asked.answer, asked.hidden, strict=True):
        assert told.PIECES[answer] in told.VERBS
        assert text[at - 1] == told.PIECES[answer]
        assert hidden[at] == told.MASK
        assert text[0] == "today"


def test_pairs_of_one_kind_are_about_the_same_stories():
    true, swapped = questions.pairs(30, "next", 0), questions.pairs(30, "swapped", 0)
    assert [(b, a) for a, b in true] == swapped
    retold = questions.pairs(30, "random", 0, retold=True)
    assert all(questions.shares_a_word(*pair) for pair in retold)
    assert sum(questions.shares_a_word(*pair) for pair in questions.pairs(200, "random", 0)) < 80
    renamed = questions.pairs(30, "next", 0, renamed="in both halves")
    for (one, _), (other, _) in zip(true, renamed, strict=True):
        [name], [new] = ([word for word in words if word in told.PEOPLE] for words in (one, other))
        assert name != new
        assert told.pronoun(name) == told.pronoun(new)


def test_labels_follow_from_who_does_what():
    over = told.Handover("Ada", "Ben", "hen")
    assert (label_of(over, "who receives it"), label_of(over, "what it is")) == (0, 1)
    assert (label_of(told.Handover("Ben", "Ada", "axe"), "who receives it")) == 1
    one = labelled(100, "who receives it", Dice(0))
    other = labelled(100, "who receives it", Dice(1), one)
    assert not {tuple(s.words) for s in one} & {tuple(s.words) for s in other}
    assert 30 < sum(s.label for s in one) < 70


def test_typed_words_are_found_in_any_case_and_strange_ones_named():
    words, notices = told.words_of("ada GIVES Ben the unicorn.", 10)
    assert words == ["Ada", "gives", "Ben", "the", "unicorn", "."]
    assert notices == ["text: read as one unknown word: unicorn"]
    assert told.ids_of(words)[4] == told.UNKNOWN
    assert told.words_of("Ada gives Ben the hen .", 3)[1] == ["text: only the first 3 of 6 words are read"]


def test_the_twin_attends_to_the_left_only():
    ids = torch.tensor([[told.CLASS, 9, 10, told.SEP, told.PAD]])
    both, left = mask_of(ids, "as published"), mask_of(ids, "causal mask")
    assert both.shape == (1, 1, 1, 5)
    assert left[0, 0].tolist() == [[s <= t and s < 4 for s in range(5)] for t in range(5)]
    assert not both[..., 4].any()


def test_gpt_1_does_not_see_what_comes_later():
    model = seeded(lambda: GPT1(DECODER), 0)
    ids = torch.randint(told.VOCABULARY, (2, 7), generator=generator(0))
    later = ids.clone()
    later[:, -1] = (ids[:, -1] + 1) % told.VOCABULARY
    torch.testing.assert_close(model(ids)[0][:, :-1], model(later)[0][:, :-1])


def test_equations_of_fine_tuning():
    h = torch.arange(24.0).view(2, 3, 4)
    assert state_at(h, torch.tensor([2, 0])).tolist() == [h[1 - 1, 2].tolist(), h[1, 0].tolist()]
    logits = class_logits(torch.tensor([[1.0, 2.0]]), torch.tensor([[1.0, 0.0], [0.0, 1.0]]))
    assert logits.tolist() == [[1.0, 2.0]]
    assert supervised_loss(logits, torch.tensor([1])).item() == pytest.approx(0.313262, abs=1e-5)
    assert with_auxiliary(torch.tensor(1.0), torch.tensor(4.0), 0.5).item() == 3.0


def test_every_weight_of_a_classifier_is_trained():
    sentences = labelled(16, "who receives it", Dice(0))
    texts = Labelled(
        laid_out([(one.words, []) for one in sentences], length=9), torch.tensor([one.label for one in sentences])
    )
    for build in (lambda: EncoderClassifier(ENCODER), lambda: DecoderClassifier(DECODER)):
        run = FineTuning([seeded(build, seed) for seed in (0, 1)], texts, [8, 16], generator(0), 1e-2, 8, 0.5)
        before = [weight.detach().clone() for weight in run.models.parameters()]
        run.step()
        unmoved = [
            name
            for name, old, new in zip(run.models.names, before, run.models.parameters(), strict=True)
            if torch.equal(old, new)
        ]
        assert unmoved == []


def test_a_class_read_at_the_first_token_is_the_same_for_every_text():
    sentences = labelled(6, "who receives it", Dice(0))
    ids = laid_out([(one.words, []) for one in sentences], length=9).ids
    said, _ = seeded(lambda: DecoderClassifier(DECODER, read_at="first token"), 0)(*given(ids))
    torch.testing.assert_close(said.classes, said.classes[:1].expand(6, 2))


def test_padding_that_is_masked_changes_nothing():
    sentences = labelled(6, "who receives it", Dice(0))
    short, long = (laid_out([(one.words, []) for one in sentences], length=length).ids for length in (9, LENGTH))
    for model in (encoder_classifier("as published", 0), decoder_classifier("next token", 0)):
        torch.testing.assert_close(model(*given(short))[0].classes, model(*given(long))[0].classes)
    model = encoder_classifier("as published", 0)
    assert not torch.allclose(model(*given(long, padding_seen=True))[0].classes, model(*given(long))[0].classes)


def test_a_pre_trained_start_has_the_weights_of_its_reader():
    trained = encoder("as published", 1).encoder.embedding.weight
    assert torch.equal(encoder_classifier("as published", 1).encoder.embedding.weight, trained)
    shuffled = decoder_classifier("next token, words shuffled", 2).decoder.embedding.weight
    assert torch.equal(shuffled, decoder("next token, words shuffled", 2).embedding.weight)
    assert not torch.equal(encoder_classifier(None, 1).encoder.embedding.weight, trained)


@pytest.mark.parametrize("variant", [*ENCODERS, *DECODERS])
def test_a_card_tells_what_its_readers_do(variant):
    name = name_of(variant)
    assert recipes()[name].made.measured() == pytest.approx(load_card(name)["metrics"], abs=0.01)
