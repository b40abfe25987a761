// A self-organizing map: ten points are learned per step, in the server's order.

const PER_STEP = 10;

export function create({ start, points, distances, edges, radius, rate }) {
  const weights = start.map((unit) => Float64Array.from(unit));
  const updates = points.length;
  const falling = ([first, last], t) => first * (last / first) ** (t / (updates - 1));
  let taken = 0;

  const learn = () => {
    const [x, y] = points[taken];
    let nearest = 0;
    let least = Infinity;
    weights.forEach(([a, b], unit) => {
      const away = (x - a) * (x - a) + (y - b) * (y - b);
      if (away < least) { least = away; nearest = unit; }
    });
    const sigma = falling(radius, taken);
    const eta = falling(rate, taken);
    weights.forEach((unit, at) => {
      const share = eta * Math.exp(-distances[nearest][at] / (2 * sigma ** 2));
      unit[0] += share * (x - unit[0]);
      unit[1] += share * (y - unit[1]);
    });
    taken += 1;
  };

  const path = (axis) => edges.flatMap(([one, other]) => [weights[one][axis], weights[other][axis], null]);
  return {
    rate: 30,
    step() { for (let more = 0; more < PER_STEP && taken < updates; more += 1) learn(); },
    done: () => taken >= updates,
    traces: () => ({
      net: { x: path(0), y: path(1) },
      units: { x: weights.map((unit) => unit[0]), y: weights.map((unit) => unit[1]) },
      'idle units': { x: [], y: [] },
      'point learned': taken ? { x: [points[taken - 1][0]], y: [points[taken - 1][1]] } : { x: [], y: [] },
    }),
    says: () => (taken ? `${taken} of ${updates} points: radius ${falling(radius, taken - 1).toFixed(2)}, rate ${falling(rate, taken - 1).toFixed(2)}` : 'Run it from the start: ten points per step'),
    numbers: () => ({ weights: weights.flatMap((unit) => [...unit]) }),
  };
}
