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

// 10 000 · 0.05 · 1.669e−6, by the rules of app/number_format.py, which a test holds against these.
export function shown(value, unit = '') {
  if (typeof value !== 'number') return String(value);
  if (Number.isNaN(value)) return 'not a number';
  const size = Math.abs(value);
  return (value < 0 ? '−' : '') + (size === Infinity ? '∞' : positive(size)) + (unit ? ` ${unit}` : '');
}

function positive(size) {
  if (size < 1e15 && (Number.isInteger(size) || size >= 1e4)) return grouped(Math.round(size));
  const rounded = Number(size.toPrecision(4));
  if (rounded >= 1e-3 && rounded < 1e15) return rounded >= 1000 ? grouped(rounded) : String(rounded);
  const [mantissa, exponent] = size.toExponential(3).split('e');
  return `${Number(mantissa)}e${Number(exponent)}`.replace('-', '−');
}

const grouped = (whole) => String(whole).replace(/\B(?=(\d{3})+(?!\d))/g, ' ');
