// How a bounded number becomes the places of a slider, and how a number is written.

const MOST = 1000;   // places of a slider; a wider range is typed

export function scaleOf({ kind, low, high, step, log }) {
  if (low === null || high === null || !(high > low)) return null;
  const whole = kind === 'integer';
  if (log && low > 0) return geometric(low, high, whole, step);
  const size = step ?? nice((high - low) / 200);
  const last = Math.round((high - low) / size);
  if (last > MOST) return null;
  return {
    last,
    place: (value) => Math.round((value - low) / size),
    value: (place) => tidy(Math.min(high, low + place * size), whole),
  };
}

function geometric(low, high, whole, step) {
  const last = 120;
  const ratio = Math.log(high / low);
  const exact = (place) => low * Math.exp((ratio * place) / last);
  return {
    last,
    place: (value) => Math.round((last * Math.log(Math.max(value, low) / low)) / ratio),
    value: (place) => {
      if (place === 0) return low;
      if (place === last) return high;
      const raw = exact(place);
      if (whole || step) { const unit = step ?? 1; return Math.max(low, Math.min(high, Math.round(Number(raw.toPrecision(2)) / unit) * unit)); }
      return Number(raw.toPrecision(2));
    },
  };
}

function nice(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  return [1, 2, 5, 10].map((m) => m * power).find((candidate) => candidate >= size * 0.999);
}

// Round numbers from low to high, four to eight of them.
export function ticks(low, high) {
  const size = nice((high - low) / 8);
  const first = Math.ceil(low / size);
  const count = Math.floor(high / size + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, index) => Number(((first + index) * size).toPrecision(10)));
}

const tidy = (value, whole) => (whole ? Math.round(value) : Number(value.toPrecision(10)));

// 10 000 · 0.05 · 1.67e−6
export function shown(value, unit = '') {
  if (typeof value !== 'number') return String(value);
  let text;
  const size = Math.abs(value);
  if (!Number.isFinite(value)) text = Number.isNaN(value) ? 'not a number' : value > 0 ? '∞' : '−∞';
  else if (Number.isInteger(value) && size < 1e15) text = String(size).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
  else if (size >= 1e-3 && size < 1e4) text = String(Number(size.toPrecision(4)));
  else text = size.toExponential(2).replace('e-', 'e−').replace('e+', 'e');
  const sign = value < 0 && Number.isFinite(value) ? '−' : '';
  return sign + text + (unit ? ` ${unit}` : '');
}
