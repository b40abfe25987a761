"""The neuron in the browser: whoever clicks into its plot sets the current, once it runs."""

import numpy as np
import pytest
import torch

from models.spiking.leaky_integrate_fire import LeakyIntegrateFire
from tests.browser.conftest import Open

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TURNED = """async () => {
  const { views } = await import(document.querySelector('link[href$="js/figure.js"]').href);
  const { made } = views.get('figure-0').bench;
  const took = [made.touched({ x: 1, y: 3 })];
  for (let step = 0; step < 60; step += 1) made.step();
  took.push(made.touched({ x: 1, y: 3.01 }));
  for (let step = 0; step < 140; step += 1) made.step();
  return { took, voltage: Array.from(made.numbers().voltage), spikes: Array.from(made.numbers().spikes) };
}"""


def test_a_click_sets_the_current_from_then_on(site: str, tab: Open) -> None:
    page = tab(f"{site}?entry=leaky-integrate-and-fire")
    page.wait_for_selector("#figure-0 .machine output:not(:empty)")
    found = page.evaluate(TURNED)
    assert found["took"] == [False, True]
    current = torch.tensor([1.6] * 60 + [3.0] * 140, dtype=torch.double)
    spikes, trace = LeakyIntegrateFire(20, 1.0)(current)
    np.testing.assert_allclose(found["voltage"], trace.voltage.numpy(), rtol=1e-5)
    assert found["spikes"] == spikes.int().tolist()
