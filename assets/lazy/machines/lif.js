// A leaky integrate-and-fire neuron, stepped while the visitor sets the current by a press or a drag in the plot.
// The picture is that of an oscilloscope: at its right end the line begins again at the left, over what stands there.

export function create({ beta, threshold, current, step, steps, reset, highest }) {
  const carried = {
    'subtract the threshold': (v, s) => beta * (v - threshold * s),
    'set to zero': (v, s) => beta * v * (1 - s),
    'subtract one step late': (v, s) => beta * v - threshold * s,
    'spike minus threshold': (v, s) => beta * v - (s - threshold),
  }[reset];
  const gap = Math.max(1, Math.round(steps / 50));
  const voltage = new Float64Array(steps).fill(NaN);
  const currents = new Float64Array(steps).fill(NaN);
  const spikes = new Uint8Array(steps);
  let [now, v, s, drive] = [0, 0, 0, current];

  return {
    rate: Math.min(60, 20 / step),
    step() {
      v = carried(v, s) + (1 - beta) * drive;
      s = Number(v >= threshold);
      const at = now % steps;
      [voltage[at], currents[at], spikes[at]] = [v, drive, s];
      for (let ahead = 1; ahead <= gap && now >= steps; ahead += 1) {
        const next = (at + ahead) % steps;
        [voltage[next], currents[next], spikes[next]] = [NaN, NaN, 0];
      }
      now += 1;
    },
    touched({ y }) {
      if (now === 0) return false;   // until it runs, a click is for the numbers of the picture
      drive = Math.round(20 * Math.min(Math.max(y, 0), highest)) / 20;
      return true;
    },
    traces: () => ({
      voltage: { y: [...voltage] },
      current: { y: [...currents] },
      spikes: { y: Array.from(spikes, (fired) => (fired ? threshold : NaN)) },
    }),
    says: () => `After ${(now * step).toFixed(step < 1 ? 2 : 0)} ms: current ${drive.toFixed(2)}, ${spikes.reduce((sum, one) => sum + one, 0)} spikes in sight`,
    numbers: () => ({ voltage, spikes }),
  };
}
