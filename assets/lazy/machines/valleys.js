// Langevin chains on a learned energy: a network with tanh in a bowl. The noise is one row of the server's, walked round.

const HANDFUL = 0.35;

export function create({ chains, noise, step, bowl, training, w1, b1, w2, b2, w3 }) {
  const places = chains.map((place) => Float64Array.from(place));
  const [first, second, back] = [new Float64Array(b1.length), new Float64Array(b2.length), new Float64Array(b1.length)];
  let taken = 0;
  let at = 0;
  const next = () => { const one = noise[at]; at = (at + 1) % noise.length; return one; };

  const slope = ([x, y]) => {
    for (let unit = 0; unit < first.length; unit += 1) {
      first[unit] = Math.tanh(b1[unit] + w1[unit][0] * x + w1[unit][1] * y);
      back[unit] = 0;
    }
    for (let unit = 0; unit < second.length; unit += 1) {
      const row = w2[unit];
      let sum = b2[unit];
      for (let input = 0; input < row.length; input += 1) sum += row[input] * first[input];
      second[unit] = Math.tanh(sum);
      const here = w3[0][unit] * (1 - second[unit] ** 2);
      for (let input = 0; input < row.length; input += 1) back[input] += here * row[input];
    }
    let [a, b] = [x / bowl ** 2, y / bowl ** 2];
    for (let unit = 0; unit < first.length; unit += 1) {
      const here = back[unit] * (1 - first[unit] ** 2);
      a += here * w1[unit][0];
      b += here * w1[unit][1];
    }
    return [a, b];
  };

  return {
    rate: 25,
    step() {
      for (const place of places) {
        const [a, b] = slope(place);
        place[0] += -(step ** 2 / 2) * a + step * next();
        place[1] += -(step ** 2 / 2) * b + step * next();
      }
      taken += 1;
    },
    touched({ x, y }) {
      if (!Number.isFinite(x) || !Number.isFinite(y) || Math.max(Math.abs(x), Math.abs(y)) > 4) return false;
      for (const place of places) { place[0] = x + HANDFUL * next(); place[1] = y + HANDFUL * next(); }
      taken = 0;
      return true;
    },
    acts: [{ label: 'From noise', act: () => { for (const place of places) { place[0] = bowl * next(); place[1] = bowl * next(); } taken = 0; } }],
    traces: () => ({ chains: { x: places.map((place) => place[0]), y: places.map((place) => place[1]) } }),
    says: () => `${taken} steps; in training, ${training} at a time`,
    numbers: () => ({ places: places.flatMap((place) => [...place]) }),
  };
}
