// A point on a map of codes: the digit at its place, between the four nearest digits of a grid decoded once.

export function create({ ink, side, low, high, path, digit, sure }) {
  let taken = 0;
  let at = [path[0][0], path[0][1]];
  let moved = false;

  const place = (axis) => Math.min(Math.max((at[axis] - low[axis]) / (high[axis] - low[axis]), 0), 1) * (side - 1);
  const between = () => {
    const [u, v] = [place(0), place(1)];
    const [column, row] = [u, v].map((value) => Math.min(Math.floor(value), side - 2));
    const [x, y] = [u - column, v - row];
    const corner = row * side + column;
    const [a, b, c, d] = [corner, corner + 1, corner + side, corner + side + 1].map((cell) => ink[cell]);
    return Array.from(a, (value, pixel) => (1 - y) * ((1 - x) * value + x * b[pixel]) + y * ((1 - x) * c[pixel] + x * d[pixel]));
  };
  const number = (value) => value.toFixed(2).replace('-', '−');

  return {
    rate: 40,
    step() {
      at = [path[taken][0], path[taken][1]];
      taken += 1;
      moved = true;
    },
    done: () => taken >= path.length,
    traces() {
      const pixels = between();
      return {
        place: { x: [at[0]], y: [at[1]] },
        'digit at this place': { z: Array.from({ length: 8 }, (_, row) => pixels.slice(8 * row, 8 * row + 8)) },
      };
    },
    says() {
      if (!moved) return 'Drag over the map, or run a walk from digit to digit';
      const cell = Math.round(place(1)) * side + Math.round(place(0));
      return `At (${number(at[0])}, ${number(at[1])}): the judge reads ${digit[cell]}, ${sure[cell]} % sure`;
    },
    numbers: () => ({ digit: between(), at: [...at] }),
    touched({ x, y }) {
      if (!(x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1])) return false;
      at = [x, y];
      moved = true;
      return true;
    },
  };
}
