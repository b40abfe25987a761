"""What the pages on GPT-2, GPT-3 and depth up-scaling say beyond their claims."""

import pytest

from app.claims import verdict
from app.experiments.transformers.tasks_by_format.run import FormatControls
from app.experiments.transformers.tasks_by_format.run import run as formats
from app.experiments.transformers.upscaled_depth.run import UpscalingControls
from app.experiments.transformers.upscaled_depth.run import run as upscaled
from models.checkpoints import load_card, load_state
from models.published.configs import CONFIGS
from models.published.weights import total_weights
from models.training import task_lines
from models.transformer import pretrained_deeper_decoders as deeper_decoders
from tests.entries.evidence import runs_of


def measured(entry: str, **change: object):
    return runs_of(entry)(**change).metrics


@pytest.mark.parametrize(
    ("name", "count"),
    {"GPT-2": 124_439_808, "GPT-2 Medium": 354_823_168, "GPT-2 Large": 774_030_080, "GPT-2 XL": 1_557_611_200}.items(),
)
def test_the_table_of_gpt_2(name, count):
    assert total_weights(CONFIGS[name]) == count


def test_the_twins_are_as_large_and_read_as_much_as_the_page_says():
    assert load_card(task_lines.NAME)["tokens"] == 1_536_000
    assert sum(weight[0, 0].numel() for weight in load_state(task_lines.NAME).values()) == 95_472


@pytest.mark.parametrize("seed", [0, 1])
def test_without_task_lines_every_task_is_near_guessing(seed):
    found = formats(FormatControls(lines="without task lines", seed=seed), "cpu")
    for share, (task, asked) in zip(found.chance, found.own.items(), strict=True):
        assert asked.right.mean() < share + 0.2, task


def test_an_unseen_separator_leaves_little_more_than_guessing():
    for seed in (0, 1):
        assert measured("gpt-2", form="unseen separator", seed=seed)["mean_right_share"] <= 0.45


def test_facts_never_asked_are_mostly_answered():
    assert measured("gpt-2")["questions_right_share"] > 0.7


def test_prompts_of_one_task_can_be_listed():
    found = runs_of("gpt-2")(shown="topics").figures["prompts"]
    assert "topic :" in found.text


def test_the_first_layers_again_at_the_end_have_the_lowest_loss_at_once():
    for source in ("76 thousand weights", "1.06 million weights"):
        assert measured("depth-upscaling", source=source)["lowest_layout"] == 1


def test_silent_layers_leave_the_loss_as_it_is():
    found = upscaled(UpscalingControls(layout="added layers silent"), "cpu")
    assert found.at_once["added layers silent"] == found.source


def test_growing_gains_nothing_at_this_size():
    for training in range(deeper_decoders.TRAININGS):
        found = measured("depth-upscaling", seed=training)
        assert found["continued_loss_nats"] >= found["continued_source_loss_nats"] > found["scratch_loss_nats"]
        ends = [line[-1].item() for way, line in deeper_decoders.curves(training).items() if "not" not in way]
        assert max(ends[:3]) - min(ends[:3]) < 0.01


def test_a_shipped_source_was_not_trained_on():
    assert measured("depth-upscaling", source="1.06 million weights")["has_continued"] == 0


@pytest.mark.parametrize(
    ("name", "count"),
    {
        "GPT-3 Small": 125_226_240, "GPT-3 2.7B": 2_651_553_280, "GPT-3 6.7B": 6_658_404_352,
        "GPT-3 175B": 174_604_259_328,
    }.items(),
)  # fmt: skip
def test_the_table_of_gpt_3(name, count):
    assert total_weights(CONFIGS[name]) == count


def test_no_weight_changes():
    assert measured("gpt-3")["weights_changed"] == 0


def test_on_made_up_pairs_exchanged_labels_are_followed_and_on_known_facts_they_are_not():
    found = measured("gpt-3", change="labels exchanged")
    assert found["relabelled_share"] > 0.9
    assert found["right_share"] < 0.1
    assert measured("gpt-3", change="labels exchanged", task="known facts")["right_share"] > 0.8


def test_one_example_tells_which_fact_is_asked():
    assert measured("gpt-3", task="known facts", shots=0)["right_share"] < 0.5
    assert measured("gpt-3", task="known facts", shots=1)["right_share"] > 0.8


def test_larger_models_reach_what_copying_and_guessing_could():
    for size in ("two layers, 0.30M", "four layers, 1.06M"):
        assert measured("gpt-3", size=size, shots=4)["right_share"] > 0.9


def test_one_layer_stays_below_half_even_where_it_learned_from_pairs_alone():
    for shots in (4, 8):
        assert measured("gpt-3", size="one layer, pairs alone", shots=shots)["right_share"] < 0.6


def test_claims_on_made_up_pairs_are_not_held_against_facts_or_fewer_examples():
    gains, completes = runs_of("gpt-3").entry.live.claims
    facts = measured("gpt-3", task="known facts")
    assert {verdict(claim, facts) for claim in (gains, completes)} == {"does not apply"}
    assert verdict(completes, measured("gpt-3", shots=1)) == "does not apply"
    assert verdict(gains, measured("gpt-3", shots=1)) == "held"
