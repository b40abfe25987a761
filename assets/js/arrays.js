// Plotly's JSON keeps arrays as typed binaries: {dtype, bdata, shape}. Here they become arrays again.

const TYPES = {
  f4: Float32Array, f8: Float64Array, i1: Int8Array, u1: Uint8Array, u1c: Uint8ClampedArray,
  i2: Int16Array, u2: Uint16Array, i4: Int32Array, u4: Uint32Array,
};

export function inflate(node) {
  if (Array.isArray(node)) return typeof node[0] === 'number' && typeof node.at(-1) === 'number' ? node : node.map(inflate);
  if (node === null || typeof node !== 'object') return node;
  if (typeof node.bdata === 'string' && TYPES[node.dtype]) return typed(node);
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, inflate(value)]));
}

function typed({ dtype, bdata, shape }) {
  const flat = new TYPES[dtype](Uint8Array.from(atob(bdata), (letter) => letter.charCodeAt(0)).buffer);
  const sizes = shape === undefined ? [flat.length] : String(shape).split(',').map(Number);
  return fold(flat, sizes);
}

function fold(flat, [size, ...inner]) {
  if (!inner.length) return flat;
  const each = inner.reduce((product, next) => product * next, 1);
  return Array.from({ length: size }, (_, index) => fold(flat.subarray(index * each, (index + 1) * each), inner));
}

export const isArray = (value) => Array.isArray(value) || ArrayBuffer.isView(value);

// A patch laid over a value: objects deeply, arrays whole. Neither is changed.
export function merged(base, patch) {
  if (!plain(base) || !plain(patch)) return patch === undefined ? base : patch;
  const out = { ...base };
  for (const [key, value] of Object.entries(patch)) out[key] = merged(base[key], value);
  return out;
}

const plain = (value) => value !== null && typeof value === 'object' && !isArray(value);
