// A neural cellular automaton: cells of a square grid that all follow one trained rule. The same steps, and the same
// draw of the cells that change, as models/cellular/automaton.py and chance.py. A press erases a disc.

const ALIVE = 0.1;

// The n-th number of mulberry32, from its place alone.
function chance(seed, place) {
  const a = (seed + Math.imul(place + 1, 0x6D2B79F5)) | 0;
  let t = Math.imul(a ^ (a >>> 15), 1 | a);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}

export function create({ state, first, bias, second, target, size, share, seed, start, radius }) {
  const cells = size * size, C = state.length / cells, D = bias.length, P = 3 * C;
  let now = Float32Array.from(state), count = 0;
  const seen = new Float32Array(P), hidden = new Float64Array(D);
  const at = (x, row, column, c) => (row < 0 || column < 0 || row >= size || column >= size ? 0 : x[(row * size + column) * C + c]);

  function alive(x) {
    const living = new Uint8Array(cells);
    for (let cell = 0; cell < cells; cell += 1) {
      const row = Math.floor(cell / size), column = cell % size;
      for (let r = -1; r <= 1; r += 1) for (let q = -1; q <= 1; q += 1) if (at(x, row + r, column + q, 0) > ALIVE) living[cell] = 1;
    }
    return living;
  }

  function perceive(row, column) {
    for (let c = 0; c < C; c += 1) {
      const a = (r, q) => at(now, row + r, column + q, c);
      seen[c] = a(0, 0);
      seen[C + c] = (a(-1, 1) - a(-1, -1) + 2 * (a(0, 1) - a(0, -1)) + a(1, 1) - a(1, -1)) / 8;
      seen[2 * C + c] = (a(1, -1) - a(-1, -1) + 2 * (a(1, 0) - a(-1, 0)) + a(1, 1) - a(-1, 1)) / 8;
    }
  }

  function step() {
    const before = alive(now), moved = Float32Array.from(now);
    for (let cell = 0; cell < cells; cell += 1) {
      if (!before[cell] || chance(seed, (start + count) * cells + cell) >= share) continue;
      perceive(Math.floor(cell / size), cell % size);
      for (let d = 0; d < D; d += 1) {
        let sum = bias[d];
        for (let p = 0; p < P; p += 1) sum += first[d * P + p] * seen[p];
        hidden[d] = sum > 0 ? sum : 0;
      }
      for (let c = 0; c < C; c += 1) {
        let sum = 0;
        for (let d = 0; d < D; d += 1) sum += second[c * D + d] * hidden[d];
        moved[cell * C + c] += sum;
      }
    }
    const after = alive(moved);
    for (let cell = 0; cell < cells; cell += 1) if (!before[cell] || !after[cell]) moved.fill(0, cell * C, (cell + 1) * C);
    now = moved;
    count += 1;
  }

  const error = () => target.reduce((sum, ink, cell) => sum + (now[cell * C] - ink) ** 2, 0) / cells;
  const told = (value) => (value < 1e6 ? Number(value.toPrecision(2)).toString() : 'beyond all bounds');

  return {
    step,
    traces: () => ({ values: { z: Array.from({ length: size }, (_, row) => Array.from({ length: size }, (_, column) => now[(row * size + column) * C])) } }),
    says: () => `Step ${start + count}, error ${told(error())}`,
    numbers: () => ({ state: now, error: error() }),
    acts: [{
      label: 'One seed cell',
      act() { now = new Float32Array(now.length); const middle = (Math.floor(size / 2) * size + Math.floor(size / 2)) * C; now.fill(1, middle, middle + C); },
    }],
    touched({ x, y }) {
      const column = Math.round(x), row = Math.round(y);
      if (row < 0 || column < 0 || row >= size || column >= size) return false;
      for (let cell = 0; cell < cells; cell += 1) {
        if ((Math.floor(cell / size) - row) ** 2 + ((cell % size) - column) ** 2 <= radius ** 2) now.fill(0, cell * C, (cell + 1) * C);
      }
      return true;
    },
  };
}
