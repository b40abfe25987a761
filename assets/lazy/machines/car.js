// A car that nineteen liquid cells steer, as models/continuous/circuit_policy.py does. A press on a cell silences it, or
// lets it act again. Everything is drawn as seen from the car, which stands at 0 and looks right.

const sigmoid = (x) => 1 / (1 + Math.exp(-x));

export function create({
  potentials, s, e, angle, amplitude, wavelength, phase, input, cells, c, leak, rest, gain, offset, unfolds, reach, scale,
  ahead, metres, road, behind, front, places,
}) {
  const D = c.length, N = ahead.length;
  let v = Float64Array.from(potentials), x = new Float64Array(N), u = 0, driven = 0;
  const heard = new Uint8Array(D).fill(1);
  let trail = [];   // places and directions before, seen from the car then: turned with it
  const curvature = (at) => amplitude.reduce((sum, a, wave) => sum + a * Math.sin(2 * Math.PI * at / wavelength[wave] + phase[wave]), 0);

  function sense() {
    ahead.forEach((a, n) => {
      const mean = (curvature(s) + curvature(s + 0.5 * a) + curvature(s + a)) / 3;
      x[n] = 0.5 + (-e - angle * a + mean * a * a / 2) / (2 * scale[n]);
    });
  }

  // Adds what synapses from `sources` open and pull to; those of silenced cells stay shut.
  function open(sources, { w, mu, sigma, E }, acts, opened, pulled) {
    sources.forEach((source, i) => {
      if (acts && !acts[i]) return;
      for (let j = 0; j < D; j += 1) {
        const at = i * D + j, g = w[at] * sigmoid(sigma[at] * (source - mu[at]));
        opened[j] += g;
        pulled[j] += g * E[at];
      }
    });
  }

  function think() {
    const sensed = [new Float64Array(D), new Float64Array(D)];
    open(x, input, null, ...sensed);
    for (let step = 0; step < unfolds; step += 1) {
      const [opened, pulled] = sensed.map((part) => part.slice());
      open(v, cells, heard, opened, pulled);
      v = v.map((old, j) => (c[j] * unfolds * old + leak[j] * rest[j] + pulled[j]) / (c[j] * unfolds + leak[j] + opened[j]));
    }
    u = heard[D - 1] ? reach * (gain * v[D - 1] + offset) : 0;
  }

  function drive() {
    const bent = u - curvature(s), turned = angle;
    e += metres * Math.sin(turned);
    angle += metres * bent;
    s += metres;
    driven += metres;
    // The car rolls its length along its own direction and turns by what it steers: the trail moves the other way.
    const turn = metres * u, [cos, sin] = [Math.cos(-turn), Math.sin(-turn)];
    trail = [...trail, [0, 0]].map(([px, py]) => [px - metres, py]).map(([px, py]) => [px * cos - py * sin, px * sin + py * cos]);
    trail = trail.slice(-behind);
  }

  // The middle of the road around the car: place and direction every metre.
  function middle() {
    const side = (way, reached) => {
      let [px, py, direction] = [e * Math.sin(-angle), -e * Math.cos(-angle), -angle];
      const found = [[px, py, direction]];
      for (let metre = 0; metre < reached; metre += 1) {
        const k = curvature(s + way * metre);
        [px, py, direction] = [px + way * Math.cos(direction), py + way * Math.sin(direction), direction + way * k];
        found.push([px, py, direction]);
      }
      return found;
    };
    return [...side(-1, behind).slice(1).reverse(), ...side(1, front)];
  }

  const marked = (colour) => ({ color: Array.from(colour) });
  sense();

  return {
    rate: 15,
    step() { sense(); think(); drive(); },
    touched({ x: px, y: py }) {
      const far = (j) => Math.hypot((places[2 * j] - px) / 2, places[2 * j + 1] - py);
      const nearest = Array.from(heard.keys()).reduce((a, b) => (far(b) < far(a) ? b : a));
      if (far(nearest) > 2.5) return false;
      heard[nearest] ^= 1;
      return true;
    },
    traces() {
      const found = middle(), edges = [-road, road].flatMap((side) => [...found.map(([px, py, d]) => [px - side * Math.sin(d), py + side * Math.cos(d)]), [NaN, NaN]]);
      const silent = Array.from(heard.keys()).filter((j) => !heard[j]);
      return {
        road: { x: edges.map(([px]) => px), y: edges.map(([, py]) => py) },
        trail: { x: [...trail.map(([px]) => px), 0], y: [...trail.map(([, py]) => py), 0] },
        cells: { marker: marked(v), customdata: Array.from(v) },
        sensors: { marker: marked(x), customdata: Array.from(x) },
        silenced: { x: silent.map((j) => places[2 * j]), y: silent.map((j) => places[2 * j + 1]) },
      };
    },
    says() {
      const side = Math.abs(e) > road ? `off the road by ${(Math.abs(e) - road).toFixed(1)} m` : `${Math.abs(e).toFixed(2)} m ${e < 0 ? 'right' : 'left'} of the middle`;
      const silent = D - heard.reduce((sum, one) => sum + one, 0);
      return `${driven} m driven: ${side}, steering ${u.toFixed(3).replace('-', '−')} per m${silent ? `, ${silent} cell${silent > 1 ? 's' : ''} silenced` : ''}`;
    },
    numbers: () => ({ potentials: v, e, angle, u }),
  };
}
