"""What the pages on tokenisation say beyond their claims."""

import math

import pytest

from app.experiments import experiment
from app.experiments.tokens.made_up_words.run import cut_words
from app.experiments.tokens.merges.figures import label, states
from app.experiments.tokens.readers import Asked, answers, made_up_words, repeated_right, share_right, spelling
from app.experiments.tokens.segmentation.cuts import merges
from models.data.cut_lines import KINDS, cut_of
from models.data.dice import Dice
from models.data.one_sentence import ARTICLE
from models.data.planted_borders import words as planted_words
from models.data.spelling_lines import say
from models.tokenization import byte_pair_encoding as bpe
from models.tokenization.pre_tokenization import letters_shown, words
from models.tokenization.tokenizer import byte_alphabet, encode
from models.training.vocabulary_sizes import SIZES


def result_of(family: str, **change: object):
    found = experiment(family)
    computed = found.run(found.controls(**change), "cpu")
    metrics = found.measure(computed)
    return computed, metrics, found.figures(computed, metrics)


def test_the_steps_of_the_merges_begin_with_characters_and_end_as_the_text_is_cut():
    result, metrics, figures = result_of("tokens/merges", merges=9)
    frames = states(result.learned)
    assert len(frames) == 10 == len(figures["words"].plot.frames) == len(figures["pairs"].plot.frames)
    assert all(len(piece) == 1 for pieces in frames[0] for piece in pieces)
    spelt = sum(len(pieces) * count for pieces, count in frames[-1].items())
    assert metrics["tokens_per_word"] == pytest.approx(spelt / len(words(result.controls.text)))


def test_the_pair_on_top_is_the_one_that_the_next_merge_makes():
    result, _, figures = result_of("tokens/merges", merges=9)
    for step, frame in zip(result.learned.steps, figures["pairs"].plot.frames):
        shown = frame.to_plotly_json()["data"][0]
        assert shown["text"][0].split("   ")[0] == " + ".join(label(part, "characters") for part in step.merge.pair)
        assert shown["x"][0] == step.merge.count


def test_any_script_falls_into_bytes_and_comes_back():
    text = "Żółć 👩‍👩‍👧 Привет Привет"
    result, _, _ = result_of("tokens/merges", text=text, symbols="bytes", merges=60)
    assert len(result.notices) == 1
    joined = {"".join(pieces) for pieces in states(result.learned)[-1]}
    assert joined == set(result.learned.counts)


@pytest.mark.parametrize("text", ["a", " ", "…", "aaaa aaaa"])
def test_texts_with_nothing_to_merge_draw_a_page(text: str):
    result, metrics, figures = result_of("tokens/merges", text=text)
    assert set(figures) == {"words", "pairs", "held out"}
    assert metrics["merges_done"] == len(result.learned.steps)
    assert all(figure.text for figure in figures.values())


def test_every_cut_gives_the_text_again():
    text = "the goat isn't 2047 cafés 🙂"
    result, metrics, _ = result_of("tokens/segmentation", text=text)
    characters, in_bytes, in_words, own, _ = result.cuts
    assert "".join(characters.pieces).replace("␣", " ") == text
    assert bytes(in_bytes.ids) == text.encode()
    assert metrics["words"] == len(words(text)) == len(in_words.pieces)
    alphabet = sorted(byte_alphabet().values())
    table = bpe.vocabulary(alphabet, merges("tiny-world English", "together", 0))
    assert letters_shown("".join(table[i] for i in own.ids)) == text


def test_a_space_in_front_makes_the_first_word_another_token():
    plain, _, _ = result_of("tokens/segmentation", text="in")
    spaced, _, _ = result_of("tokens/segmentation", text="in", space="one more in front")
    assert plain.cuts[3].pieces != ["␣in"] == spaced.cuts[3].pieces


def test_the_vocabulary_of_the_tiny_world_is_the_one_that_its_models_read():
    result, _, _ = result_of("tokens/segmentation", text="Ada lives in Lund")
    assert result.cuts[-1].ids == encode("Ada lives in Lund").ids


def test_the_shown_answers_are_what_the_models_write():
    result, _, figures = result_of("tokens/segmentation", asked="letters stated first")
    for word, written in result.examples:
        for answer in written.values():
            assert answer.right == (answer.written == " ".join(word))
    assert figures["spelling"].plot.data[0].name == "questions"


def test_what_is_written_one_token_at_a_time_agrees_with_the_share_that_is_right():
    given = tuple(spelling("never spelt in training", 3))
    for kind in KINDS:
        found = answers(kind, given, 1, "cpu")
        share = share_right("never spelt in training", 3, 1, "cpu")[kind]
        assert sum(answer.right for answer in found) / len(found) == pytest.approx(share)


def test_digits_one_by_one_are_cut_in_one_way():
    assert result_of("tokens/segmentation", digits="one by one")[1]["number_cuts"] == 1
    assert all(result_of("tokens/segmentation", seed=seed)[1]["number_cuts"] > 1 for seed in range(3))


def test_every_language_is_measured_with_the_same_sentence():
    result, _, figures = result_of("tokens/segmentation")
    assert result.languages["characters"]["Chinese"] == len(ARTICLE["Chinese"].first)
    assert set(result.languages["BPE"]) == set(ARTICLE)
    assert len(figures["languages"].plot.data) == 3


def test_a_word_cut_otherwise_is_spelt_alike():
    dice, cut = Dice("x"), cut_of("pieces")
    for row in cut_words(["kitchen", "goat"], ["tower", "paris"], "the word cut otherwise", "pieces", dice):
        assert row.word != cut.pieces("".join(row.word).strip())
        assert "".join(row.word).strip() in ("kitchen", "goat")
        assert set(row.word) <= set(cut.tokens)
        assert row.other == cut.pieces("".join(row.other).strip())


def test_a_word_of_other_letters_is_read_by_those_that_are_known():
    result, metrics, _ = result_of("tokens/made_up_words", word="Ünïcödé 77")
    assert result.examples[0][0] == "ncd"
    assert result.notices
    assert metrics["pieces_of_your_word"] == len(cut_of("pieces").pieces("ncd"))


def test_repeated_words_are_those_that_are_written_again():
    made_up = made_up_words(2)
    others = ["tower"] * len(made_up)
    for kind in KINDS:
        rows = [Asked(cut_of(kind).pieces(word), cut_of(kind).pieces("tower")) for word in made_up]
        right = repeated_right(kind, rows, 0, "cpu")
        written = answers(kind, tuple(map(say, zip(made_up, others))), 0, "cpu")
        again = [answer.written.split(" ")[0] == word for answer, word in zip(written, made_up)]
        assert sum(one != other for one, other in zip(right, again)) <= 3  # the same letters may come in other pieces


def test_borders_are_scored_on_words_that_no_method_learned_from():
    found = planted_words(3)
    assert not set(found.counts) & {word.text for word in found.held_out}
    assert all(0 < word.border < len(word.text) for word in found.held_out)
    shuffled = planted_words(3, "letters shuffled")
    assert [word.border for word in shuffled.held_out] == [word.border for word in found.held_out]


def test_the_shown_words_spell_what_was_planted():
    result, metrics, figures = result_of("tokens/planted_borders", size=60)
    for words_ in result.shown.values():
        assert [word for word, _ in words_] == [word for word, _ in result.shown["planted"]]
        assert all("".join(pieces) == word for word, pieces in words_)
    assert metrics["tokens_in_the_vocabulary"] == 60
    assert len(figures["borders"].plot.data) == 4


def test_a_sign_that_the_tiny_world_lacks_is_unknown_to_word_piece_alone():
    result, metrics, _ = result_of("tokens/planted_borders", text="the goat 🙂")
    assert metrics["unknown_words"] == 1
    assert "🙂" in result.own["BPE"]
    assert "🙂" in result.own["Unigram"]


def test_bits_and_nats_tell_the_same_loss():
    result, metrics, _ = result_of("tokens/vocabulary_size", size=320)
    assert metrics["bits_per_character"] == pytest.approx(
        metrics["nats_per_token"] * metrics["tokens_per_character"] / math.log(2)
    )
    assert "".join(result.pieces[320]).strip() == result.text
    assert len(result.pieces[40]) > len(result.pieces[320]) > len(result.pieces[640])


def test_a_larger_vocabulary_has_more_parameters_and_fewer_tokens():
    result, _, _ = result_of("tokens/vocabulary_size")
    tokens = [result.trained[size].tokens for size in SIZES]
    assert tokens == sorted(tokens, reverse=True)
    assert [result.trained[size].parameters for size in SIZES] == [32 * size for size in SIZES]


def test_without_the_output_layer_the_largest_vocabulary_is_always_the_cheapest():
    _, metrics, _ = result_of("tokens/vocabulary_size", counted="all but the output layer")
    assert metrics["cheapest_size_narrow"] == metrics["cheapest_size_wide"] == 640
