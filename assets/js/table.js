// A figure as numbers: tables to read, and rows to save. Both come from the same sheets.

import { isArray } from './arrays.js';
import { shown } from './scale.js';

const ROWS = 200;      // of a table in the page; the saved file has all
const COLUMNS = 40;

// What a figure holds: {caption, head, rows} for each trace that has numbers, grids with their names as the first column.
export function sheets({ data, layout }, title) {
  if (layout?.meta?.table) return [{ caption: title, ...layout.meta.table }];   // coordinates say nothing: it brings its own
  return data.flatMap((trace, index) => {
    const sheet = trace.type === 'heatmap' ? grid(trace, layout) : columns(trace, layout);
    return sheet?.rows.length ? [{ caption: trace.name || (data.length > 1 ? `${title}, part ${index + 1}` : title), trace: index, ...sheet }] : [];
  });
}

export function table(figure, title) {
  const box = document.createElement('div');
  box.append(...sheets(figure, title).map(element));
  if (!box.children.length) box.append(Object.assign(document.createElement('p'), { textContent: 'This figure is a picture; it holds no table of numbers.' }));
  return box;
}

function element({ head, rows, caption }) {
  const sheet = document.createElement('table');
  sheet.append(Object.assign(document.createElement('caption'), { textContent: caption }));
  const cut = rows.length > ROWS || head.length > COLUMNS;
  const top = sheet.createTHead().insertRow();
  for (const name of head.slice(0, COLUMNS)) top.append(Object.assign(document.createElement('th'), { textContent: cell(name), scope: 'col' }));
  const body = sheet.createTBody();
  for (const row of rows.slice(0, ROWS)) {
    const line = body.insertRow();
    for (const value of row.slice(0, COLUMNS)) line.insertCell().textContent = cell(value);
  }
  if (cut) sheet.append(Object.assign(sheet.createTFoot().insertRow().insertCell(), { textContent: `cut from ${rows.length} rows and ${head.length} columns; CSV holds all`, colSpan: COLUMNS }).parentElement.parentElement);
  return sheet;
}

const cell = (value) => (value === null || value === undefined ? '' : typeof value === 'number' ? shown(value) : String(value));

// Labels may hold plotly's few tags and entities.
export const plain = (text) => String(text).replace(/<br\s*\/?>/g, ' ').replace(/<[^>]*>/g, '').replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');

const axisKey = (trace, letter) => (trace[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
const axis = (layout, trace, letter) => layout?.[axisKey(trace, letter)] ?? {};
const axisName = (layout, trace, letter) => plain(axis(layout, trace, letter).title?.text ?? '').trim();

// The label that an axis writes at a value, where it writes one at every value.
function labelled(layout, trace, letter, value) {
  const { tickvals, ticktext } = axis(layout, trace, letter);
  const at = tickvals && ticktext ? Array.from(tickvals).indexOf(value) : -1;
  if (at >= 0) return plain(ticktext[at]);
  return typeof value === 'string' ? plain(value) : value;
}

// A name for each of the places of a grid along an axis, null for the gaps between tiles.
export function names(layout, trace, letter, count) {
  const told = layout?.meta?.names?.[axisKey(trace, letter)];
  if (told?.length === count) return told.map(plain);
  const start = trace[`${letter}0`] ?? 0;
  const step = trace[`d${letter}`] ?? 1;
  const places = isArray(trace[letter]) ? Array.from(trace[letter]) : Array.from({ length: count }, (_, index) => start + index * step);
  const { tickvals, ticktext } = axis(layout, trace, letter);
  const ticks = tickvals && ticktext ? Array.from(tickvals, (at, index) => [at, plain(ticktext[index])]) : [];
  const at = new Map(ticks);
  const title = axisName(layout, trace, letter) || (letter === 'x' ? 'column' : 'row');
  const counted = (place) => (typeof place === 'number' ? `${title} ${cell(place)}` : plain(place));
  if (places.every((place) => at.has(place))) return places.map((place) => at.get(place) || counted(place));
  if (ticks.length > 1 && linear(ticks)) return places.map((place) => between(ticks, place));
  if (ticks.length && trace.meta?.tile) return tiled(ticks, trace.meta.tile[letter === 'x' ? 0 : 1], count);
  return places.map(counted);
}

// Numbers at the ticks, evenly spaced: what stands between two of them can be said.
function linear(ticks) {
  const numbers = ticks.map(([at, text]) => [at, Number(text.replace(/[ \u00a0]/g, '').replace('−', '-'))]);
  if (ticks.some(([, text]) => !text.trim()) || numbers.some(([, value]) => Number.isNaN(value))) return false;
  const slope = (numbers[1][1] - numbers[0][1]) / (numbers[1][0] - numbers[0][0]);
  return numbers.every(([at, value]) => Math.abs(value - numbers[0][1] - slope * (at - numbers[0][0])) < 1e-6 * (1 + Math.abs(value)));
}

function between(ticks, place) {
  const [[a, from], [b, to]] = ticks.map(([at, text]) => [at, Number(text.replace(/[ \u00a0]/g, '').replace('−', '-'))]);
  return cell(Number((from + ((to - from) * (place - a)) / (b - a)).toPrecision(10)));
}

// Tiles side by side, each named by the tick at its middle: “head 3 · 5” is its fifth place.
function tiled(ticks, size, count) {
  const out = Array(count).fill(null);
  ticks.forEach(([middle, text], tile) => {
    const first = Math.round(middle - (size - 1) / 2);
    for (let k = 0; k < size; k += 1) if (first + k < count) out[first + k] = `${text.trim() || tile + 1} · ${k + 1}`;
  });
  return out;
}

function grid(trace, layout) {
  if (!isArray(trace.z) || !isArray(trace.z[0]) || trace.meta?.picture) return null;
  const xs = names(layout, trace, 'x', trace.z[0].length);
  const ys = names(layout, trace, 'y', trace.z.length);
  const kept = xs.map((name, index) => (name === null ? -1 : index)).filter((index) => index >= 0);
  const value = decoded(trace);
  const words = trace.meta?.words;   // cells that stand for words, not for numbers
  return {
    grid: true,
    head: ['', ...kept.map((index) => xs[index])],
    rows: Array.from(trace.z, (row, index) => [ys[index], ...kept.map((at) => (words ? plain(trace.text[index][at] ?? '') : value(row[at])))]).filter(([name]) => name !== null),
  };
}

// Cells that are drawn as the root of their value, in 256 steps: meta.root is the largest value, meta.from the faintest step.
function decoded(trace) {
  const { root, from = 0, gaps } = trace.meta ?? {};
  if (!root) return (value) => (Number.isNaN(value) && gaps ? null : value);
  return (value) => (value === null || Number.isNaN(value) || (from && value < from) ? null : root * ((value - from) / (trace.zmax - from)) ** 2);
}

const FIELDS = ['labels', 'x', 'y', 'z', 'r', 'theta', 'values', 'text'];
const LABELS = { x: 'x', y: 'value', z: 'z', r: 'radius', theta: 'angle', labels: 'name', values: 'value', text: 'label' };

function columns(trace, layout) {
  const present = FIELDS.filter((field) => isArray(trace[field]) && !isArray(trace[field][0]));
  const hidden = trace.hoverinfo === 'skip' || trace.marker?.opacity === 0;   // drawn to be seen or clicked, not read
  if (!present.length || hidden) return null;
  const length = Math.max(...present.map((field) => trace[field].length));
  const head = present.map((field) => (field === 'x' || field === 'y' ? axisName(layout, trace, field) || LABELS[field] : LABELS[field]));
  const rows = Array.from({ length }, (_, index) => present.map((field) => {
    const value = trace[field][index];
    if (field === 'x' || field === 'y') return labelled(layout, trace, field, value);
    return typeof value === 'string' ? plain(value) : value;
  })).filter((row) => row.some((value) => value !== null && value !== undefined));
  return { head, rows, fields: present };
}

// One row a number, for CSV: figure, trace, then x, y, z and text.
export function tidy(figure, name, title) {
  return sheets(figure, title).flatMap(({ caption, head, rows, fields, grid: isGrid }) => {
    if (isGrid) return rows.flatMap(([y, ...values]) => values.map((value, index) => [name, caption, head[index + 1], y, value ?? '', '']));
    if (!fields) return rows.map((row) => [name, caption, ...row]);
    return rows.map((row) => {
      const get = (...wanted) => row[fields.findIndex((field) => wanted.includes(field))] ?? '';
      return [name, caption, get('x', 'labels', 'theta'), get('y', 'values', 'r'), get('z'), get('text')];
    });
  });
}
