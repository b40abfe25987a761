// Recall of a Hopfield network, one unit per step; a press or a drag over “now” damages what is there.

import { seeded } from './random.js';

const MINUS = '−';

export function create({ weights, start, end, target, order, side, damage, seed }) {
  const units = start.length;
  const random = seeded(seed);
  const energyOf = (s) => {
    let sum = 0;
    for (let i = 0; i < units; i += 1) for (let j = 0; j < units; j += 1) sum += weights[i][j] * s[i] * s[j];
    return -sum / 2;
  };
  const image = (s) => Array.from({ length: side }, (_, row) => [...s.slice(row * side, (row + 1) * side)]);
  const wrong = (s) => [...s.keys()].filter((unit) => s[unit] !== target[unit]);
  const crosses = (s) => ({ x: wrong(s).map((unit) => unit % side), y: wrong(s).map((unit) => Math.floor(unit / side)) });

  let state, first, energies, quiet;
  let taken = 0;
  const from = (s) => {
    state = Float64Array.from(s);
    first = state.slice();
    energies = [energyOf(state)];
    taken = quiet = 0;
  };
  from(start);
  let fresh = true;   // nothing was stepped or damaged: the page still shows the end

  const step = () => {
    const unit = order[taken % order.length];
    let input = 0;
    let both = 0;
    for (let other = 0; other < units; other += 1) {
      input += weights[unit][other] * state[other];
      both += (weights[unit][other] + weights[other][unit]) * state[other];
    }
    const after = input === 0 ? state[unit] : Math.sign(input);
    energies.push(energies.at(-1) - ((after - state[unit]) * both) / 2);
    quiet = after === state[unit] ? quiet + 1 : 0;
    state[unit] = after;
    taken += 1;
    fresh = false;
  };

  const hurt = (unit) => {
    const now = state.slice();
    now[unit] = -target[unit];
    from(now);
  };
  // The first damage is done to what the page shows: the end.
  const shown = () => { if (fresh) from(end); fresh = false; };

  return {
    step,
    rate: 40,
    done: () => taken >= order.length || quiet >= 2 * units,
    traces: () => ({
      now: { z: image(state) },
      'wrong now': crosses(state),
      start: { z: image(first) },
      'wrong at the start': crosses(first),
      energy: { x: energies.map((_, at) => at), y: [...energies] },
      'energy now': { x: [taken], y: [energies.at(-1)] },
    }),
    says: () => (fresh ? 'Run it from the start, or damage “now”' : `Update ${taken}: wrong pixels ${wrong(state).length}, energy ${energies.at(-1).toFixed(1).replace('-', MINUS)}`),
    numbers: () => ({ state: [...state], energy: energies.at(-1) }),
    acts: [{
      label: 'Damage',
      act: () => {
        shown();
        const chances = Array.from(state, random);
        const inOrder = [...state.keys()].sort((one, other) => chances[one] - chances[other]);
        for (const unit of inOrder.slice(0, damage)) hurt(unit);
      },
    }],
    touched({ x, y }) {
      const [column, row] = [Math.round(x), Math.round(y)];
      if (column < 0 || row < 0 || column >= side || row >= side) return false;
      shown();
      hurt(row * side + column);
      return true;
    },
  };
}
