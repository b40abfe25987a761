// Edges that a person draws on a graph: text such as “0-5 2-3”, pairs of nodes whose edge comes or goes (app/experiments/edges.py).

export const pen = { draws: false, from: null };   // whether a click on a node draws, and the node where an edge begins

export const parsed = (text) => text.split(' ').filter(Boolean).map((pair) => pair.split('-').map(Number));

const word = ([one, other]) => (one < other ? `${one}-${other}` : `${other}-${one}`);

// The text with the edge of each of these pairs changed once more; of too many the first goes.
export function flipped(text, pairs, spec) {
  const named = new Set(parsed(text).map(word));
  for (const pair of pairs.filter(([one, other]) => one !== other)) if (!named.delete(word(pair))) named.add(word(pair));
  return [...named].slice(-spec.max_length).join(' ');
}

// The two changes that move the nearer end of an edge to another node; null if it ends there already.
export function moved([one, other], to, { x, y }) {
  if (to === one || to === other) return null;
  const far = (node) => Math.hypot(x[node] - x[to], y[node] - y[to]);
  return [[one, other], [far(one) < far(other) ? other : one, to]];
}

const REACH = 18;   // pixels

// The point of a trace under the pointer, by its number; null if there is none.
export function under(plot, trace, { clientX, clientY }) {
  const { xaxis, yaxis } = plot._fullLayout;
  const { left, top } = plot.getBoundingClientRect();
  const away = Array.from(trace.x, (x, at) => Math.hypot(xaxis._offset + xaxis.d2p(x) - clientX + left, yaxis._offset + yaxis.d2p(trace.y[at]) - clientY + top));
  const nearest = away.indexOf(Math.min(...away));
  return away[nearest] <= REACH ? nearest : null;
}

// A ring around the node where an edge begins.
export const circle = (x, y, color) => ({ type: 'circle', xsizemode: 'pixel', ysizemode: 'pixel', xanchor: x, yanchor: y, x0: -15, x1: 15, y0: -15, y1: 15, line: { color, width: 3 } });
