// Langevin chains that follow a learned score down the levels of noise. A press drops some of them at its place.

import { seeded } from './random.js';

const DROPPED = 25;
const LARGEST_ARROW = 20;
const REACH = 3.9;
const MILLI = 1000;   // the plot counts in thousandths

export function create({ read, clocks, inner, bias, write, shift, sigmas, levels, scales, alphas, steps, start, noise, places, seed }) {
  const count = start.length;
  const width = inner.length;
  const x = Float64Array.from(start, (point) => point[0]);
  const y = Float64Array.from(start, (point) => point[1]);
  const random = seeded(seed);
  const first = new Float64Array(width);
  const weights = Float64Array.from({ length: width * width }, (_, at) => inner[Math.floor(at / width)][at % width]);
  const fields = [];   // the arrows of each level that was come to
  const silu = (value) => value / (1 + Math.exp(-value));
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  let [taken, next] = [0, 0];

  // The noise that the network predicts at a place, [ε̂_x, ε̂_y], told the noise of a level.
  const predicted = (u, v, level) => {
    const [a, b] = [scales[level] * u, scales[level] * v];
    for (let unit = 0; unit < width; unit += 1) first[unit] = silu(clocks[level][unit] + read[unit][0] * a + read[unit][1] * b);
    let [across, up] = shift;
    for (let unit = 0, at = 0; unit < width; unit += 1) {
      let sum = bias[unit];
      for (let from = 0; from < width; from += 1, at += 1) sum += weights[at] * first[from];
      const second = silu(sum);
      across += write[0][unit] * second;
      up += write[1][unit] * second;
    }
    return [across, up];
  };
  const arrows = (level) => {
    const moves = Array.from(places, (place) => clean(place[0], place[1], level));
    return {
      angle: moves.map(([u, v]) => Math.round(Math.atan2(u, v) * 180 / Math.PI)),
      size: moves.map((move) => Math.round(LARGEST_ARROW * Math.sqrt(Math.min(Math.hypot(...move), 1)))),
    };
  };
  const now = () => Math.min(Math.floor(taken / steps), sigmas.length - 1);
  const share = () => Math.round(100 * x.reduce((sum, one) => sum + (one < 0), 0) / count);
  const milli = (values) => Array.from(values, (value) => Math.round(MILLI * value));

  // Arrows and guesses point from a place to the clean point that the network sees behind it: − σ ε̂ away.
  const clean = (u, v, level) => predicted(u, v, level).map((part) => -sigmas[level] * part);

  return {
    rate: 40,
    step() {
      const level = now();
      const alpha = alphas[level];
      for (let chain = 0; chain < count; chain += 1) {
        const part = predicted(x[chain], y[chain], level);
        const z = taken < noise.length ? noise[taken][chain] : [normal(), normal()];
        x[chain] += -alpha / 2 * part[0] / sigmas[level] + Math.sqrt(alpha) * z[0];
        y[chain] += -alpha / 2 * part[1] / sigmas[level] + Math.sqrt(alpha) * z[1];
      }
      taken += 1;
    },
    done: () => taken >= steps * sigmas.length,
    touched({ x: across, y: up }) {
      const [u, v] = [across / MILLI, up / MILLI];
      if (!(Math.abs(u) <= REACH && Math.abs(v) <= REACH)) return false;
      for (let dropped = 0; dropped < DROPPED; dropped += 1, next = (next + 1) % count) [x[next], y[next]] = [u, v];
      return true;
    },
    traces() {
      const level = now();
      const behind = Array.from(x, (u, chain) => clean(u, y[chain], level));
      fields[level] ??= arrows(level);
      return {
        'points on their way, in thousandths': { x: milli(x), y: milli(y) },
        'guesses, in thousandths': {
          x: milli(behind.map((move, chain) => x[chain] + move[0])), y: milli(behind.map((move, chain) => y[chain] + move[1])),
        },
        'arrows, in thousandths': { marker: fields[level] },
      };
    },
    says() {
      if (!taken) return 'Run the chains from the start, or press in the plot to drop some there';
      const told = taken >= steps * sigmas.length ? 'After the last level' : `Level ${now() + 1} of ${sigmas.length}, σ = ${levels[now()].toFixed(2)}`;
      return `${told}: ${share()} % of these ${count} chains in the left half`;
    },
    numbers: () => ({ chains: Array.from(x, (one, chain) => [one, y[chain]]).flat(), taken }),
  };
}
