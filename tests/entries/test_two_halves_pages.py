"""What the pages on encoder-decoders and Transformer-XL say beyond their claims."""

import json

import pytest
import torch
from pydantic import ValidationError

from app.experiments.transformers.counted_weights.run import CountControls
from app.experiments.transformers.counted_weights.run import run as count
from app.experiments.transformers.segment_memory import run as memory
from app.experiments.transformers.source_states import run as source
from app.experiments.transformers.source_states.held_out import held_out, with_another_word
from app.experiments.transformers.wrong_prefix import run as prefix
from models.data.tok_sentences import class_of, sentences
from models.seeding import generator
from models.training.segment_memory import pretrained as xl
from models.transformer.pretrained_halves import halves
from tests.entries.evidence import runs_of


@pytest.mark.parametrize("training", range(3))
def test_the_mean_falls_with_the_length_in_every_training(training):
    found = source.run(source.SourceControls(training=training), "cpu")
    assert found.states[-1] > 0.8
    assert found.mean[-1] < found.states[-1] - 0.4
    assert found.mean[1] > found.mean[-1] + 0.3


def test_with_the_mean_its_weight_is_one():
    found = source.run(source.SourceControls(handed_on="their mean"), "cpu")
    assert torch.equal(found.attention.weights, torch.ones_like(found.attention.weights))


def test_the_encoder_is_counted_once_and_again_at_each_step():
    found = source.run(source.SourceControls(words="ball pen flag"), "cpu")
    c, S, T = halves("list_halves", "states", 0).config, 4, 4
    D, F, V = c.width, c.hidden, c.vocabulary
    encoder = c.layers * (2 * S * (4 * D * D + 2 * D * F) + 4 * S * S * D + 4 * S * D * D)
    steps = [
        c.layers * (2 * t * (6 * D * D + 2 * D * F) + 4 * t * (t + S) * D) + 2 * t * D * V for t in range(1, T + 1)
    ]
    assert (found.reading, found.writing) == (encoder, sum(steps))
    measured = source.measure(found)
    assert measured["encoded_each_step_flops"] - measured["encoded_once_flops"] == (T - 1) * encoder
    assert measured["decoder_runs"] == T


@pytest.mark.parametrize("words", [" ", "ball", "ball ball", "ball spoon", source.EXAMPLE + " drum fan bell"])
def test_a_list_that_is_none_is_refused(words):
    with pytest.raises(ValidationError, match=r"takes 2 to 12 words|no word"):
        source.SourceControls(words=words)


@pytest.mark.parametrize("training", range(3))
def test_the_class_of_a_wrong_word_counts_in_every_training(training):
    for place in (1, 2, 3):
        found = prefix.measure(prefix.run(prefix.PrefixControls(training=training, place=place), "cpu"))
        assert found["same_class_accuracy"] > found["other_class_accuracy"] + 0.3


def test_a_wrong_word_is_never_the_right_one_and_of_its_class():
    target = sentences(100, generator(0)).target
    same = prefix.wrong_words(target, 0, "of the same class", generator(1))
    other = prefix.wrong_words(target, 0, "of another class", generator(1))
    assert bool((same != target[:, 0]).all())
    assert torch.equal(class_of(same), class_of(target[:, 0]))
    assert bool((class_of(other) != class_of(target[:, 0])).all())
    assert bool((class_of(other) >= 0).all())


def test_a_short_sentence_takes_its_last_word_for_a_place_behind_it():
    found = prefix.run(prefix.PrefixControls(sentence="the cat sees the dog", place=3), "cpu")
    assert found.read.tolist()[:3] == [1, *found.target.tolist()[:2]]
    assert found.read[3] != found.target[2]


def test_about_21_000_weights():
    assert sum(p.numel() for p in xl("cache").parameters()) == pytest.approx(21_000, rel=0.05)


def test_reach_grows_by_a_cache_per_layer():
    reach = [memory.measure(memory.run(memory.MemoryControls(length=n), "cpu"))["reach_tokens"] for n in (0, 8, 16)]
    assert reach == [15, 39, 47]
    assert memory.measure(memory.run(memory.MemoryControls(cache="of another text"), "cpu"))["reach_tokens"] == 15


def test_a_pasted_t5_is_counted():
    small = {"model_type": "t5", "vocab_size": 32_128, "d_model": 512, "d_ff": 2048, "num_layers": 6, "num_heads": 8,
             "d_kv": 64}  # fmt: skip
    found = count(CountControls(pasted=json.dumps(small)), "cpu")
    assert found.total == 60_506_624
    assert count(CountControls(pasted=json.dumps(small), stored="every stored name"), "cpu").total == 76_956_160
    with pytest.raises(ValidationError, match="num_heads: is missing"):
        CountControls(pasted=json.dumps({key: value for key, value in small.items() if key != "num_heads"}))


@pytest.mark.parametrize("training", range(3))
def test_the_encoder_never_reads_the_prefix_and_every_step_hears_the_source(training):
    found = source.measure(source.run(source.SourceControls(training=training), "cpu"))
    assert found["states_change_with_the_prefix"] == 0
    assert found["states_change_with_the_source"] > 0.5
    assert found["steps_moved_by_the_source"] == 1
    assert found["steps_moved_by_the_prefix"] == pytest.approx(6 / 11), "the exchanged word's step and those behind it"
    assert (found["encoder_runs"], found["decoder_runs"]) == (1, 11)
    none = source.measure(source.run(source.SourceControls(training=training, across="in none"), "cpu"))
    assert none["steps_moved_by_the_source"] == none["source_followed_share"] == 0


def test_the_word_put_in_is_none_of_the_list():
    given = held_out(12, 3).source
    changed = with_another_word(given, 3)
    assert ((changed != given).sum(dim=1) == 1).all()
    assert all(len(set(row)) == 13 for row in changed.tolist())
    assert torch.equal(changed[:, -1], given[:, -1])


@pytest.mark.parametrize("exchanged", ["nothing", "a word of the source", "a word of the prefix"])
def test_what_an_exchange_changes_is_written_beside(exchanged):
    figure = runs_of("encoder-decoder")(exchanged=exchanged).figures["written"]
    assert ("after the exchange" in figure.plot.layout.xaxis.ticktext) is (exchanged != "nothing")


@pytest.mark.parametrize("training", range(3))
def test_without_cross_attention_the_class_is_left(training):
    found = prefix.measure(prefix.run(prefix.PrefixControls(training=training, across="in none"), "cpu"))
    assert found["right_prefix_accuracy"] < 0.4
    assert found["right_class_accuracy"] > 0.65


def test_the_gradient_ends_at_the_cache_and_the_change_does_not():
    for length in (0, 8, 16, 48):
        found = memory.run(memory.MemoryControls(length=length), "cpu")
        assert (found.gradient[:16] > 0).all()
        assert (found.gradient[16:] == 0).all()
    assert memory.measure(found)["reach_tokens"] > 40
