"""What the pages on the key/value cache say beyond their claims."""

from app.experiments import experiment
from tests.entries.evidence import runs_of


def test_every_row_and_column_of_the_steps_has_a_name_of_its_own():
    plot = runs_of("kv-cache")().figures["steps"].plot
    names = plot.layout.meta["names"]
    assert [len(names["yaxis"]), len(names["xaxis"])] == [len(plot.data[0].z), len(plot.data[0].z[0])]
    assert names["yaxis"][:3] == ["step 1", "step 2", "step 3"]


def test_the_smallest_temperature_generates_the_greedy_tokens():
    generated = [
        [step.token for step in _result("serving/kv_cache", temperature=temperature).steps]
        for temperature in (0, 1e-40, 5e-324)
    ]
    assert generated[0] == generated[1] == generated[2]


def test_a_window_bounds_the_cache_of_a_published_model():
    measured = runs_of("kv-cache-memory")
    assert measured.metrics()({"model": "Mistral 7B", "tokens": 131_072})["cache_gigabytes"] == 0.536870912
    assert measured.metrics()({"model": "Llama 3 8B", "tokens": 131_072})["cache_gigabytes"] == 17.179869184
    growth = _result("serving/kv_cache_memory", model="Gemma 2 9B").growth["8 (own)"]
    assert growth[-1] / growth[-2] == (131_072 + 4096) / (65_536 + 4096)


def _result(name, **changes):
    kind = experiment(name)
    return kind.run(kind.controls(**changes), "cpu")
