// A generative adversarial network in the plane: one step of the discriminator, one of the generator, both by
// backpropagation and Adam, on the server's batches in the server's order.

const BETA1 = 0.5;
const BETA2 = 0.999;
const EPSILON = 1e-8;
const CELLS = 31;
const REACH = 3;
const SHOWN = 192;
const PULL = 0.35;

const sigmoid = (s) => 1 / (1 + Math.exp(-s));
const softplus = (s) => Math.max(s, 0) + Math.log1p(Math.exp(-Math.abs(s)));

class Network {
  constructor(tensors, rate) {
    this.values = tensors.map((tensor) => (typeof tensor[0] === 'number' ? [tensor] : tensor).map((row) => Float64Array.from(row)));
    this.rate = rate;
    this.first = this.values.map((rows) => rows.map((row) => new Float64Array(row.length)));
    this.second = this.values.map((rows) => rows.map((row) => new Float64Array(row.length)));
    this.taken = 0;
  }

  // The outputs of every layer for one point, tanh between them.
  forward(x) {
    const outputs = [x];
    for (let at = 0; at < this.values.length; at += 2) {
      const [weight, [bias]] = [this.values[at], this.values[at + 1]];
      const last = at === this.values.length - 2;
      const given = outputs.at(-1);
      const made = new Float64Array(weight.length);
      for (let unit = 0; unit < weight.length; unit += 1) {
        const row = weight[unit];
        let sum = bias[unit];
        for (let input = 0; input < row.length; input += 1) sum += row[input] * given[input];
        made[unit] = last ? sum : Math.tanh(sum);
      }
      outputs.push(made);
    }
    return outputs;
  }

  // From the loss's slope by the outputs to its slope by the inputs; adds to `slopes` of the weights, if there are any.
  backward(outputs, slope, slopes) {
    let back = slope;
    for (let at = this.values.length - 2; at >= 0; at -= 2) {
      const [weight, given] = [this.values[at], outputs[at / 2]];
      const next = new Float64Array(given.length);
      for (let unit = 0; unit < weight.length; unit += 1) {
        const here = back[unit];
        const row = weight[unit];
        if (slopes) {
          const into = slopes[at][unit];
          for (let input = 0; input < row.length; input += 1) into[input] += here * given[input];
          slopes[at + 1][0][unit] += here;
        }
        for (let input = 0; input < row.length; input += 1) next[input] += here * row[input];
      }
      if (at) for (let input = 0; input < next.length; input += 1) next[input] *= 1 - given[input] * given[input];
      back = next;
    }
    return back;
  }

  zeros() { return this.values.map((rows) => rows.map((row) => new Float64Array(row.length))); }

  adam(slopes) {
    this.taken += 1;
    const [fair1, fair2] = [1 - BETA1 ** this.taken, 1 - BETA2 ** this.taken];
    this.values.forEach((rows, tensor) => rows.forEach((row, unit) => {
      const [m, v, g] = [this.first[tensor][unit], this.second[tensor][unit], slopes[tensor][unit]];
      for (let at = 0; at < row.length; at += 1) {
        m[at] = BETA1 * m[at] + (1 - BETA1) * g[at];
        v[at] = BETA2 * v[at] + (1 - BETA2) * g[at] * g[at];
        row[at] -= (this.rate * (m[at] / fair1)) / (Math.sqrt(v[at] / fair2) + EPSILON);
      }
    }));
  }
}

export function create({ start, real, noise, rates, loss, stopped, steps, batch }) {
  const half = start.length / 2;
  const generator = new Network(start.slice(0, half), rates[0]);
  const discriminator = new Network(start.slice(half), rates[1]);
  let taken = 0;
  let played = { discriminator: 0, generator: 0 };
  let losses = [NaN, NaN];
  const slope = loss === 'saturating' ? (s) => -sigmoid(s) : (s) => sigmoid(s) - 1;
  const cost = loss === 'saturating' ? (s) => -softplus(s) : (s) => softplus(-s);
  const generated = (z) => generator.forward(z).at(-1);
  const window = () => Array.from({ length: batch }, (_, at) => (taken * batch + at) % real.length);

  const judge = () => {
    const slopes = discriminator.zeros();
    let sum = 0;
    for (const at of window()) {
      for (const [point, sign] of [[Float64Array.from(real[at]), -1], [generated(noise[at]), 1]]) {
        const outputs = discriminator.forward(point);
        const s = outputs.at(-1)[0];
        sum += softplus(sign * s) / batch;
        discriminator.backward(outputs, [(sign * sigmoid(sign * s)) / batch], slopes);
      }
    }
    discriminator.adam(slopes);
    losses[0] = sum;
    played.discriminator += 1;
  };

  const draw = () => {
    const slopes = generator.zeros();
    let sum = 0;
    for (const at of window()) {
      const made = generator.forward(noise[at]);
      const outputs = discriminator.forward(made.at(-1));
      const s = outputs.at(-1)[0];
      sum += cost(s) / batch;
      generator.backward(made, discriminator.backward(outputs, [slope(s) / batch], null), slopes);
    }
    generator.adam(slopes);
    losses[1] = sum;
    played.generator += 1;
  };

  const traces = () => {
    const z = [];
    for (let row = 0; row < CELLS; row += 1) {
      const y = -REACH + (2 * REACH * row) / (CELLS - 1);
      z.push(Array.from({ length: CELLS }, (_, column) => 100 * sigmoid(discriminator.forward([-REACH + (2 * REACH * column) / (CELLS - 1), y]).at(-1)[0])));
    }
    const points = Array.from({ length: SHOWN }, (_, at) => generated(noise[at]));
    const pulls = points.slice(0, 48).map((point) => {
      const outputs = discriminator.forward(point);
      const [x, y] = discriminator.backward(outputs, [-slope(outputs.at(-1)[0])], null);
      const shorter = PULL / Math.max(1, Math.hypot(x, y));
      return [[point[0], point[0] + shorter * x, null], [point[1], point[1] + shorter * y, null]];
    });
    return {
      'probability of real, in percent': { z },
      'generated points': { x: points.map((point) => point[0]), y: points.map((point) => point[1]) },
      pulls: { x: pulls.flatMap(([x]) => x), y: pulls.flatMap(([, y]) => y) },
    };
  };

  return {
    rate: 30,
    step() {
      if (taken < stopped) judge();
      draw();
      taken += 1;
    },
    done: () => taken >= steps,
    traces,
    acts: [
      { label: 'One step of D', act: () => { judge(); taken += 1; } },
      { label: 'One step of G', act: () => { draw(); taken += 1; } },
    ],
    says: () => (taken
      ? `Steps of D ${played.discriminator}, of G ${played.generator}. Loss of D ${losses[0].toFixed(2)} (guessing has ${(2 * Math.LN2).toFixed(2)}), of G ${losses[1].toFixed(2)}`
      : 'Run it from the start, or play one side at a time'),
    numbers: () => ({
      generator: generator.values.flatMap((rows) => rows.flatMap((row) => [...row])),
      discriminator: discriminator.values.flatMap((rows) => rows.flatMap((row) => [...row])),
    }),
  };
}
