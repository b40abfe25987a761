// A figure as numbers: a table to read, and rows to save.

import { isArray } from './arrays.js';
import { shown } from './scale.js';

const ROWS = 200;      // of a table in the page; the saved file has all
const COLUMNS = 40;

export function table({ data, layout }, title) {
  const box = document.createElement('div');
  if (layout?.meta?.table) {   // a picture whose coordinates say nothing brings its own
    box.append(element(layout.meta.table, title));
    return box;
  }
  for (const trace of data) {
    const grid = trace.type === 'heatmap' ? matrix(trace, layout) : columns(trace, layout);
    if (!grid || !grid.rows.length) continue;
    box.append(element(grid, data.length > 1 ? `${title}: ${plain(trace.name)}` : title));
  }
  if (!box.children.length) box.append(Object.assign(document.createElement('p'), { textContent: 'This figure is a picture; it holds no table of numbers.' }));
  return box;
}

function element({ head, rows }, caption) {
  const sheet = document.createElement('table');
  sheet.append(Object.assign(document.createElement('caption'), { textContent: caption }));
  const cut = rows.length > ROWS || head.length > COLUMNS;
  const top = sheet.createTHead().insertRow();
  for (const name of head.slice(0, COLUMNS)) top.append(Object.assign(document.createElement('th'), { textContent: name, scope: 'col' }));
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

function axis(layout, trace, letter) {
  const key = (trace[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`);
  return layout?.[key] ?? {};
}

const axisName = (layout, trace, letter) => plain(axis(layout, trace, letter).title?.text ?? '') || letter;

// The label that an axis writes at a value, where it writes its own.
function labelled(layout, trace, letter, value) {
  const { tickvals, ticktext } = axis(layout, trace, letter);
  const at = tickvals && ticktext ? Array.from(tickvals).indexOf(value) : -1;
  if (at >= 0) return plain(ticktext[at]);
  return typeof value === 'string' ? plain(value) : value;
}

function matrix(trace, layout) {
  if (!isArray(trace.z) || !isArray(trace.z[0])) return null;
  const wide = trace.z[0].length;
  const xs = trace.x ? Array.from(trace.x) : Array.from({ length: wide }, (_, index) => index);
  const ys = trace.y ? Array.from(trace.y) : Array.from({ length: trace.z.length }, (_, index) => index);
  return {
    head: ['', ...xs.map((x) => cell(labelled(layout, trace, 'x', x)))],
    rows: Array.from(trace.z, (row, index) => [labelled(layout, trace, 'y', ys[index]), ...row]),
  };
}

const FIELDS = ['labels', 'x', 'y', 'z', 'r', 'theta', 'values', 'text'];

function columns(trace, layout) {
  const present = FIELDS.filter((field) => isArray(trace[field]) && !isArray(trace[field][0]));
  if (!present.length || trace.hoverinfo === 'skip' && trace.mode === 'lines') return null;
  const length = Math.max(...present.map((field) => trace[field].length));
  const head = present.map((field) => (field === 'x' || field === 'y' ? axisName(layout, trace, field) : field));
  const rows = Array.from({ length }, (_, index) => present.map((field) => {
    const value = trace[field][index];
    if (field === 'x' || field === 'y') return labelled(layout, trace, field, value);
    return typeof value === 'string' ? plain(value) : value;
  })).filter((row) => row.some((value) => value !== null && value !== undefined));
  return { head, rows };
}

// One row a point, for CSV: figure, trace, then what the point has.
export function tidy({ data }, name) {
  const rows = [];
  data.forEach((trace, index) => {
    const part = trace.name || `${trace.type ?? 'scatter'} ${index + 1}`;
    if (isArray(trace.z) && isArray(trace.z[0])) {
      trace.z.forEach((line, i) => Array.from(line).forEach((value, j) => rows.push([name, part, trace.x?.[j] ?? j, trace.y?.[i] ?? i, value, ''])));
      return;
    }
    const length = Math.max(0, ...FIELDS.map((field) => (isArray(trace[field]) ? trace[field].length : 0)));
    for (let at = 0; at < length; at += 1) {
      const get = (field) => (isArray(trace[field]) ? trace[field][at] : '');
      rows.push([name, part, get('x') ?? get('labels'), get('y') ?? get('values'), get('z') || '', isArray(trace.text) ? plain(trace.text[at] ?? '') : '']);
    }
  });
  return rows;
}
