"""What the browser steps by itself: its buttons on the workbench, and its numbers beside the server’s on each page."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import ArrayLike

from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

STEPPED = """async ([block, steps]) => {
  const { views } = await import(document.querySelector('link[href$="js/figure.js"]').href);
  const { made } = views.get(block).bench;
  for (let step = 0; step < steps; step += 1) made.step();
  const plain = (value) => (typeof value === 'number' ? value : Array.from(value));
  return Object.fromEntries(Object.entries(made.numbers()).map(([name, value]) => [name, plain(value)]));
}"""


class Case(NamedTuple):
    """A machine on its page: after ``steps`` its numbers equal those of ``expected``, flattened, to 1e-5."""

    query: str
    block: str
    steps: int
    expected: Callable[[], Mapping[str, ArrayLike]]


def _painted() -> Mapping[str, ArrayLike]:
    return {"grid": np.random.default_rng(0).random((6, 6)).astype(np.float32) + np.float32(5)}


def _membrane() -> Mapping[str, ArrayLike]:
    from app.experiments.spiking.membrane.run import MembraneControls, run

    trace = run(MembraneControls(), "cpu").trace
    return {"voltage": trace.voltage.numpy(), "spikes": trace.spikes.numpy()}


def _grown() -> Mapping[str, ArrayLike]:
    from app.experiments.other.growing.run import GrowingControls, run
    from models.training.beginnings import error

    after = run(GrowingControls(), "cpu").courses["damage"].after[19]
    return {"state": after.numpy(), "error": error(after).item()}


def _hopfield() -> Mapping[str, ArrayLike]:
    from app.experiments.energy.hopfield_recall.run import RecallControls, run

    result = run(RecallControls(), "cpu")
    return {"state": result.states[40].numpy(), "energy": result.trace.energy[40].numpy()}


def _driven() -> Mapping[str, ArrayLike]:
    from app.experiments.energy.circuit.run import SHOWN, CircuitControls, run

    drive, after = run(CircuitControls(), "cpu").intact, SHOWN + 50
    return {
        "potentials": drive.potentials[0, after - 1].numpy(), "e": drive.cars.e[0, after].item(),
        "angle": drive.cars.angle[0, after].item(), "u": drive.steered[0, after - 1].item(),
    }  # fmt: skip


def _map() -> Mapping[str, ArrayLike]:
    from app.experiments.other.self_organizing_map.run import MapControls, run

    return {"weights": run(MapControls(), "cpu").shown.weights[2].numpy()}


def _walked() -> Mapping[str, ArrayLike]:
    from app.experiments.generative.code_plane import between
    from app.experiments.generative.digit_codes.run import DigitCodesControls, run

    *_, last = run(DigitCodesControls(), "cpu")
    at = last.plane.path[29]
    return {"at": at.numpy(), "digit": between(last.plane, at).numpy()}


def _chains() -> Mapping[str, ArrayLike]:
    import torch

    from app.experiments.generative.known_mixture import PARTS, Lesson
    from app.experiments.generative.score_field.chains import CHAINS, EPSILON, HIGHEST, LOWEST, SPREAD, learned_score
    from app.experiments.generative.score_field.figures import DRAWN, SENT_STEPS
    from models.generative.langevin import langevin_step, step_size
    from models.seeding import generator

    draws, alpha = generator(1), step_size(HIGHEST, LOWEST, EPSILON)
    x = SPREAD * torch.randn(CHAINS, 2, generator=draws)
    for _ in range(SENT_STEPS):
        score = learned_score(Lesson(2.4, 0.8, 0), PARTS, x, HIGHEST)
        x = langevin_step(x, score, alpha, torch.randn(CHAINS, 2, generator=draws))
    return {"chains": x[:DRAWN].numpy()}


def _played() -> Mapping[str, ArrayLike]:
    from app.experiments.generative.two_players.games import BATCH, layers
    from app.experiments.generative.two_players.run import TwoPlayersControls, run
    from models.generative.adversarial import adam, discriminator_step, generator_step, players

    result, both = next(run(TwoPlayersControls(), "cpu")), players(0)
    first, second = adam(both.discriminator, 0.004), adam(both.generator, 0.002)
    for step in range(12):
        z = result.noise[step * BATCH : (step + 1) * BATCH]
        discriminator_step(both, first, result.real[step * BATCH : (step + 1) * BATCH], z)
        generator_step(both, second, z, "non-saturating")
    flat = lambda network: np.concatenate([one.numpy().ravel() for one in layers(network)])
    return {"generator": flat(both.generator), "discriminator": flat(both.discriminator)}


def _rolled() -> Mapping[str, ArrayLike]:
    import torch

    from app.experiments.generative.valleys.figures import rolling
    from app.experiments.generative.valleys.run import ValleysControls, run
    from models.generative.energy_model import langevin_step

    *_, result = run(ValleysControls(), "cpu")
    numbers = rolling(result)
    places, noise, model = numbers["chains"].double(), numbers["noise"].double(), result.model.double()
    for step in range(10):
        walked = (step * places.numel() + torch.arange(places.numel())) % len(noise)
        places = langevin_step(places, model.slope(places), noise[walked].view_as(places), result.controls.step)
    return {"places": places.numpy()}


CASES = {
    "automaton": Case("entry=neural-cellular-automaton", "figure-1", 20, _grown),
    "gan": Case("entry=gan", "figure-0", 12, _played),
    "valleys": Case("entry=energy-based-model", "figure-0", 10, _rolled),
    "car": Case("entry=neural-circuit-policy", "figure-0", 50, _driven),
    "chains": Case("entry=score-based-model", "figure-1", 5, _chains),
    "codes": Case("entry=autoencoder", "figure-1", 30, _walked),
    "lif": Case("entry=leaky-integrate-and-fire", "figure-0", 200, _membrane),
    "hopfield": Case("entry=hopfield-network", "figure-0", 40, _hopfield),
    "som": Case("entry=self-organizing-map", "figure-0", 20, _map),
    "painter": Case("entry=rope&stepped=1", "figure-1", 5, _painted),
}


@pytest.mark.parametrize("name", sorted(CASES))
def test_the_browser_steps_as_the_server_does(name: str, site: str, bench: str, tab: Open) -> None:
    case = CASES[name]
    page = tab(f"{bench if name == 'painter' else site}?{case.query}")
    page.wait_for_selector(f"#{case.block} .machine output:not(:empty)")
    found, expected = page.evaluate(STEPPED, [case.block, case.steps]), case.expected()
    assert set(expected) <= set(found)
    for number, value in expected.items():
        np.testing.assert_allclose(np.ravel(found[number]), np.ravel(value), rtol=1e-5, atol=1e-5, err_msg=number)


def test_a_machine_runs_pauses_ends_and_begins_again(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&stepped=1")
    says = lambda words: page.wait_for_function(
        "words => document.querySelector('#figure-1 .machine output').innerText === words", arg=words
    )
    shown = "document.querySelector('#figure-1 .plot')._fullData[0].z[0][0]"
    page.wait_for_selector("#figure-1 .machine output:not(:empty)")
    says("Step 0 of 6")
    first = page.evaluate(shown)
    page.click("#figure-1 .machine [data-do=step]")
    says("Step 1 of 6")
    page.wait_for_function(f"first => Math.abs({shown} - first - 1) < 1e-5", arg=first)
    page.click("#figure-1 .machine .play")
    says("Step 6 of 6")
    page.wait_for_selector("#figure-1 .machine .play[aria-label=Run]")
    page.click("#figure-1 .machine [data-do=again]")
    says("Step 0 of 6")
    page.wait_for_function(f"first => Math.abs({shown} - first) < 1e-5", arg=first)


def test_a_machine_is_touched_by_hand_and_by_button_and_begins_anew_with_a_new_run(bench: str, tab: Open) -> None:
    page = tab(f"{bench}?entry=rope&stepped=1")
    page.wait_for_selector("#figure-1 .machine output:not(:empty)")
    page.locator("#figure-1 .plot").scroll_into_view_if_needed()
    rows = "document.querySelector('#figure-1 .plot')._fullData[0].z"
    box = page.locator("#figure-1 .plot .draglayer .nsewdrag").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5 / 6, box["y"] + box["height"] * 0.5 / 6)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 2.5 / 6, box["y"] + box["height"] * 0.5 / 6, steps=8)
    page.mouse.up()
    page.wait_for_function(f"[0, 1, 2].every((at) => {rows}[0][at] === 100) && {rows}[0][3] < 1")
    assert "size" not in page.evaluate("location.search"), "a press that the machine took sets no control"
    page.click("#figure-1 .machine .btn:has-text('Clear')")
    page.wait_for_function(f"{rows}.every((row) => [...row].every((value) => value === 0))")
    for _ in range(2):
        page.press("input[name=size]", "ArrowLeft")
    page.wait_for_function("document.querySelector('#figure-1 .machine output').innerText === 'Step 0 of 4'")
    page.wait_for_function(f"{rows}.length === 4 && {rows}[0][0] > 0 && {rows}[0][0] < 1")
