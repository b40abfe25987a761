// Points that a person adds to a plane: text such as “a0.5_-1.2 b0.3_0.4” (app/experiments/points.py).

export const next = { letter: 'a' };   // the class of the next point: a is drawn in blue, b in orange

export const parsed = (text) => text.split(' ').filter(Boolean).map((point) => ({ letter: point[0], at: point.slice(1).split('_').map(Number) }));

const rounded = (value, { low, high }) => Math.round(100 * Math.min(high, Math.max(low, value))) / 100;

// The text with the point of the chosen class at [x, y]: the only one of its class.
export function moved(text, [x, y], spec) {
  const others = text.split(' ').filter((point) => point && point[0] !== next.letter);
  return [...others, next.letter + [x, y].map((value) => rounded(value, spec)).join('_')].join(' ');
}

// The text with a point more at [x, y], or without the one that is there; of too many the first goes.
export function toggled(text, [x, y], spec) {
  const at = [x, y].map((value) => rounded(value, spec)).join('_');
  const points = text.split(' ').filter(Boolean);
  const others = points.filter((point) => point.slice(1) !== at);
  return (others.length < points.length ? others : [...others, next.letter + at].slice(-spec.max_length)).join(' ');
}
