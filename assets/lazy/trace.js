// Where a number comes from: asked of the server, shown under its figure, its sources outlined in every figure.

import { afterPaint } from '../js/paint.js';
import { isArray } from '../js/arrays.js';
import { folded } from '../js/fold.js';
import { views } from '../js/figure.js';
import { on, server, state } from '../js/hub.js';
import { mark } from '../js/line.js';
import { lay } from '../js/panel.js';
import { token } from '../js/palette.js';
import { names } from '../js/table.js';

const PAUSE = 120;      // ms that a frame has to stay before it is asked about
const COLOURS = { 'from-1': 'c2', 'from-2': 'c3', 'from-3': 'c4', 'from-4': 'c5', 'from-5': 'c8' };

let at = null;          // {view, trace, point, entry}: what is traced
let timer = 0;
let asked = 0;

const panel = document.createElement('section');
panel.className = 'origin';
panel.setAttribute('aria-label', 'Where this number comes from');
panel.innerHTML = `<header><h4 tabindex="-1">Where this number comes from</h4><span class="moves" role="group" aria-label="Go to the number beside it"></span>
  <button type="button" class="btn line shut" aria-label="Close the trace">Close</button></header><div class="told" aria-live="polite"></div>`;
const title = panel.querySelector('h4');
const told = panel.querySelector('.told');
const moves = panel.querySelector('.moves');
for (const [name, sign, down, right] of [['left', '←', 0, -1], ['up', '↑', -1, 0], ['down', '↓', 1, 0], ['right', '→', 0, 1]]) {
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn line', textContent: sign });
  button.setAttribute('aria-label', name);
  button.dataset.way = down ? 'y' : 'x';
  button.addEventListener('click', () => move(down, right));
  moves.append(button);
}
panel.querySelector('.shut').addEventListener('click', () => { const { view } = at; close(); view.tracer.focus(); });
panel.addEventListener('keydown', (event) => { if (event.key === 'Escape') { const { view } = at; close(); view.tracer.focus(); } });

export function toggle(view) {
  if (at?.view === view) return close();
  trace(view, view.told.traced[0], []).then(() => title.focus());   // the server says where to begin
}

// Of the figure that is traced, or else of the first that can be.
export function toggleAny() {
  const view = at?.view ?? shown().find((one) => one.told.traced?.length);
  if (view) toggle(view);
}

export function clicked(view, point, { clientX, clientY }) {
  const direct = view.traces(point) && [point.curveNumber, [point.pointNumber ?? point.pointIndex].flat()];
  const place = direct || under(view, clientX, clientY);
  if (place) trace(view, ...place);
}

// The cell of a heatmap at a place of the screen: pictures have no hover of their own to tell it.
function under(view, clientX, clientY) {
  const { left, top } = view.plot.getBoundingClientRect();
  for (const which of view.told.traced) {
    const data = drawn(view, which);
    if (data.type !== 'heatmap') continue;
    const [x, y] = ['x', 'y'].map((letter) => view.plot._fullLayout[(data[`${letter}axis`] ?? letter).replace(letter, `${letter}axis`)]);
    const at = ([axis, from, pixel]) => axis.p2d(pixel - from - axis._offset);
    const column = nearest(data, 'x', at([x, left, clientX]), data.z[0].length);
    const row = nearest(data, 'y', at([y, top, clientY]), data.z.length);
    if (column !== null && row !== null) return [which, [row, column]];
  }
  return null;
}

function nearest(data, letter, value, count) {
  const index = Math.round((value - along(data, letter, 0)) / (along(data, letter, 1) - along(data, letter, 0)));
  return index >= 0 && index < count ? index : null;
}

export async function trace(view, which, point) {
  if (at && at.view !== view) at.view.tracer.setAttribute('aria-expanded', 'false');
  at = { view, trace: which, point, entry: state.entry };
  await ask();
}

async function ask() {
  clearTimeout(timer);
  if (!at || state.phase === 'streaming') return;   // what trains is explained when it is done
  const { view } = at;
  const mine = ++asked;
  const answer = await server('trace', { entry: state.entry, values: state.values, figure: view.told.key, trace: at.trace, point: at.point, frame: view.step });
  if (mine !== asked || !at || !view.told) return;   // another was asked meanwhile
  if (!answer?.html) return shut();
  const { trace: which, point } = answer;
  Object.assign(at, { trace: which, point });
  const last = lastOfRow(view.block);
  if (last.nextElementSibling !== panel) last.after(panel);   // moved again, it would lose the focus
  view.tracer.setAttribute('aria-expanded', 'true');
  const way = point.length > 1 ? '' : drawn(view, which).orientation === 'h' ? 'y' : 'x';   // bars stand in a row or a column
  for (const button of moves.children) button.hidden = Boolean(way) && button.dataset.way !== way;
  title.textContent = `Where ${answer.values.join(' and ')} ${answer.values.length > 1 ? 'come' : 'comes'} from${of(view, which, point)}`;
  lay(told, answer.html);
  mark(answer.line);
  equation(answer.function);
  light([[view.told.key, which, 'here', [point]], ...answer.lit]);
}

// “: layer 2, head 1, row Ada, column lives”: what the picture and the controls call the place.
function of(view, which, point) {
  const data = drawn(view, which);
  const { layout } = view.at(view.raw, view.step);
  const [row, column] = point.length > 1 ? ['y', 'x'].map((letter, index) => names(layout, data, letter, index ? data.z[0].length : data.z.length)[point[index]]) : [];
  const tiles = [row, column].map((name) => name?.split(' · ')).filter((parts) => parts?.length === 2);
  const chosen = tiles.length ? tiles.map(([tile]) => tile) : ['layer', 'head'].filter((name) => name in state.values).map((name) => `${name} ${state.values[name]}`);
  const place = tiles.length || row === undefined ? [] : [`row ${row}`, `column ${column}`];
  const told = [...chosen, ...place].join(', ');
  return told && `: ${told}`;
}

// The last figure beside this one: the panel is as wide as the row.
function lastOfRow(block) {
  let last = block;
  for (let next = block; next?.classList.contains('block') && next.offsetTop === block.offsetTop; next = next.nextElementSibling) last = next;
  return last;
}

// Nothing is known of the number there, perhaps only at this step.
function shut() {
  if (panel.isConnected && at.point.length) told.textContent = 'Nothing is known of where this comes from.';
  else close();
}

function close() {
  if (!at) return;
  at.view.tracer.setAttribute('aria-expanded', 'false');
  at = null;
  asked += 1;
  panel.remove();
  light([]);
  mark('');
  equation('');
}

// The equation of the page that this function computes.
function equation(name) {
  for (const row of document.querySelectorAll('#equations .eq')) row.toggleAttribute('data-traced', Boolean(name) && row.querySelector('.fn').textContent.trim().endsWith(` ${name}()`));
}

function light(lit) {
  for (const view of shown()) {
    const shapes = lit.filter(([figure]) => figure === view.told.key).flatMap(([, which, name, points]) => outlines(view, which, points, name));
    view.light(shapes);
  }
}

const shown = () => [...views.values()].filter((view) => view.told && view.block.id !== 'hero');

// A trace as it stands at this step, on a phone folded.
const drawn = (view, which) => folded(view.at(view.raw, view.step), view.width).data[which];

// Where cell n of a heatmap lies on an axis.
const along = (data, letter, n) => (isArray(data[letter]) ? data[letter][n] : (data[`${letter}0`] ?? 0) + n * (data[`d${letter}`] ?? 1));

// A dark and a light line around each run of cells, so that it shows on any colour. Its form: cells as rectangles, other points as rings.
function outlines(view, which, points, name) {
  const data = drawn(view, which);
  const axes = { xref: data.xaxis ?? 'x', yref: data.yaxis ?? 'y' };
  const colour = name === 'here' ? token('ink') : token(COLOURS[name]);
  const dash = name === 'here' ? 'solid' : 'dot';
  const halo = { color: token('stage'), width: name === 'here' ? 5 : 4 };
  const forms = data.type === 'heatmap' ? runs(points).map((run) => rectangle(data, run)) : points.map(([index]) => (data.type === 'bar' ? bar(data, index, among(view, which, index)) : ring(data, index))).filter(Boolean);
  return forms.flatMap((form) => [{ ...axes, ...form, line: halo }, { ...axes, ...form, line: { color: colour, width: 2, dash } }]);
}

// [row, column] points as rectangles [top, left, bottom, right]: runs along rows, and equal runs of rows below each other.
function runs(points) {
  const rows = new Map();
  for (const [row, column] of points) rows.set(row, [...(rows.get(row) ?? []), column]);
  const found = [];
  for (const [row, columns] of [...rows].sort((a, b) => a[0] - b[0])) {
    columns.sort((a, b) => a - b);
    for (let from = 0, to = 0; from < columns.length; from = to) {
      to = from + 1;
      while (columns[to] === columns[to - 1] + 1) to += 1;
      const above = found.find(([, left, bottom, right]) => bottom === row - 1 && left === columns[from] && right === columns[to - 1]);
      if (above) above[2] = row;
      else found.push([row, columns[from], row, columns[to - 1]]);
    }
  }
  return found;
}

function rectangle(data, [top, left, bottom, right]) {
  const [wide, tall] = ['x', 'y'].map((letter) => (along(data, letter, 1) - along(data, letter, 0)) / 2);
  return { type: 'rect', x0: along(data, 'x', left) - wide, x1: along(data, 'x', right) + wide, y0: along(data, 'y', top) - tall, y1: along(data, 'y', bottom) + tall };
}

const place = (values, index) => (isArray(values) ? values[index] : index);

// Where a bar begins that stands on others, and where between two ticks one stands that shares its place with others.
function among(view, which, index) {
  const { data, layout } = folded(view.at(view.raw, view.step), view.width);
  const one = data[which];
  const mates = data.filter((other) => other.type === 'bar' && other.xaxis === one.xaxis && other.yaxis === one.yaxis);
  const before = mates.indexOf(one);
  const wide = 1 - (layout.bargap ?? 0.2);
  if (layout.barmode === 'group') return { begin: 0, shift: wide * ((before + 0.5) / mates.length - 0.5), wide: wide / mates.length };
  const under = layout.barmode === 'stack' ? mates.slice(0, before) : [];
  return { begin: under.reduce((sum, { x, y, orientation }) => sum + (orientation === 'h' ? x : y)[index], 0), shift: 0, wide };
}

function bar(data, index, { begin, shift, wide }) {
  const across = data.orientation === 'h';
  const [at, tip] = across ? [place(data.y, index), data.x[index]] : [place(data.x, index), data.y[index]];
  const middle = shift + (typeof at === 'number' ? at : index);   // names stand in their order
  const half = (isArray(data.width) ? data.width[index] : data.width ?? wide) / 2;
  const from = begin + (data.base?.[index] ?? 0);
  const [side, length] = [[middle - half, middle + half], [from, from + tip]];
  const [x, y] = across ? [length, side] : [side, length];
  return { type: 'rect', x0: x[0], x1: x[1], y0: y[0], y1: y[1] };
}

function ring(data, index) {
  const [x, y] = [place(data.x, index), place(data.y, index)];
  if (x === null || x === undefined || y === null || y === undefined) return null;
  return { type: 'circle', xsizemode: 'pixel', ysizemode: 'pixel', xanchor: x, yanchor: y, x0: -7, x1: 7, y0: -7, y1: 7 };
}

function move(down, right) {
  const { view, trace: which, point } = at;
  const data = drawn(view, which);
  const next = point.length < 2 ? [point[0] + down + right] : [point[0] + down, point[1] + right];
  const inside = point.length < 2 ? next[0] < (data.y ?? data.x).length : next[0] < data.z.length && next[1] < data.z[0].length;
  if (next.every((index) => index >= 0) && inside) trace(view, which, next);
}

on('told', (told) => {
  if (!at || !told.entry) return;   // a refused value leaves all as it was
  if (told.entry === at.entry) afterPaint(ask);
  else close();
});
on('stepped', (view) => { if (at?.view === view) { clearTimeout(timer); timer = setTimeout(ask, PAUSE); } });
on('words', close);
on('view', (name) => { if (name !== 'entry') close(); });
on('theme', () => { if (at) afterPaint(ask); });
