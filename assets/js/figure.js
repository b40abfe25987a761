// PlotlyView: one figure with its header, caption, plot, table and, if it unfolds in steps, its stepper.

import { inflate, merged } from './arrays.js';
import { circle, flipped, moved as movedEdge, pen, under } from './edges.js';
import { folded } from './fold.js';
import { gaps } from './gaps.js';
import { go } from './address.js';
import { emit, on, state, turn } from './hub.js';
import { palette, repainted, token } from './palette.js';
import { plotly } from './plotly.js';
import { moved, toggled } from './points.js';
import { styled } from './lazy.js';
import { join, leave } from './stepper.js';
import { names, table } from './table.js';
import { afterPaint } from './paint.js';
import { follow } from './value.js';

export const views = new Map();   // slot element id → View, for saving

let traces = null;
export const tracing = () => (traces ??= Promise.all([import('../lazy/trace.js'), styled('trace')]).then(([module]) => module));
const players = () => import('../lazy/player.js');
const benches = () => Promise.all([import('../lazy/machine.js'), styled('machine')]).then(([module]) => module);
const narrow = matchMedia('(pointer: coarse)');

export function mount(given) {
  plotly();   // fetched while the first result is computed
  const block = given.element.closest('.block');
  const hero = block.id === 'hero';
  const view = new View(given.element, { block, page: hero ? 'home' : 'entry', pick: hero ? hop : pickControls });
  views.set(block.id, view);
  follow(given, (told) => view.receive(told));
}

export class View {
  // The view of the page that it belongs to clears it when another takes its place; `pick` is told what was clicked.
  constructor(element, { block, page, pick, stand = null }) {
    Object.assign(this, { block, pick });
    this.told = null;
    this.step = 0;
    this.lit = [];        // outlines of cells: shapes of Plotly's, in colours of the theme
    this.busy = this.again = false;
    element.innerHTML = `<figure class="fig"><header><h3></h3><button type="button" class="twin" aria-expanded="false">
      <svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 4h11M2.5 8h11M2.5 12h7"/></svg><span class="lbl">As table</span></button>
      <button type="button" class="twin tracer" aria-expanded="false" hidden>
      <svg class="i" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="2.2"/><path d="M8 1.5v4M8 10.5v4M1.5 8h4M10.5 8h4"/></svg><span class="lbl">Trace</span></button>
      <button type="button" class="twin fills" aria-pressed="false"><svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10"/></svg><span class="sr">Full screen</span></button></header>
      <p class="cap"></p><p class="cue" hidden></p><div class="runline"><i></i></div><div class="plot" role="img"></div><div class="twin-table" tabindex="0" hidden></div></figure><div class="stepper"></div>`;
    const find = (selector) => element.querySelector(selector);
    Object.assign(this, { title: find('h3'), caption: find('.cap'), plot: find('.plot'), twin: find('.twin'), tracer: find('.tracer'), whole: find('.fills'), cue: find('.cue'), sheet: find('.twin-table'), stand: stand ?? find('.stepper') });
    this.twin.addEventListener('click', () => this.toggleTable());
    this.tracer.addEventListener('click', () => tracing().then((module) => module.toggle(this)));
    this.whole.addEventListener('click', () => this.fullscreen());
    element.addEventListener('keydown', (event) => { if (event.key === 'Escape' && this.block.classList.contains('whole')) this.fullscreen(false); });
    this.width = this.drawnWidth = 0;   // remembered: asking the page for it costs a layout
    this.observer = new ResizeObserver((entries) => this.resized(entries.at(-1).contentRect.width));
    this.observer.observe(this.plot);
    on('told', () => { if (this.painted) { this.hint(); this.christen(); } });   // the controls' names may come after the figure
    on('pen', () => { if (this.painted) this.hint(); });
    on('theme', () => this.paint());
    on('words', () => this.clear());
    on('view', (view) => { if (view !== page) this.clear(); });
    this.clear();
  }

  receive(told) {
    if (!told) return this.clear();
    const another = this.told?.name !== told.name;
    this.told = told;
    if (this.block.hasAttribute('data-empty') || this.block.hasAttribute('data-half') !== told.half) this.width = 0;
    this.block.toggleAttribute('data-empty', false);
    this.block.toggleAttribute('data-half', told.half);
    this.title.textContent = told.title;
    this.caption.innerHTML = told.caption;   // escaped by the server
    this.plot.style.setProperty('--h', `${told.height}px`);
    this.plot.setAttribute('aria-label', `${told.title}. ${told.text}`);
    this.twin.setAttribute('aria-label', `${told.title} as table`);
    this.tracer.setAttribute('aria-label', `Trace a number of ${told.title}`);
    this.whole.setAttribute('aria-label', `${told.title} in full screen`);
    this.tracer.hidden = !told.traced?.length;
    if (another && !this.sheet.hidden) this.toggleTable();
    this.hear(told.sound);
    this.drive(told.machine);
    this.raw = scaled(inflate(told.plot), told.scales);
    this.frames = this.raw.frames ?? [];
    this.step = join(this, another);
    if (told.slot) afterPaint(() => this.paint());   // the first figure goes first
    else this.paint();
  }

  clear() {
    if (this.told && window.Plotly) window.Plotly.purge(this.plot);
    if (this.block.classList.contains('whole')) this.fullscreen(false);
    leave(this);
    this.player?.stop();
    this.bench?.stop();
    this.told = this.raw = this.painted = null;
    this.frames = [];
    this.plot.dataset.drawn = '0';
    this.block.toggleAttribute('data-empty', true);
    this.plot.classList.remove('clickable');
  }

  // What can be heard has a player under its plot.
  async hear(sound) {
    if (!sound) return void this.player?.stop();
    const { Player } = await players();
    if (this.told?.sound !== sound) return;
    this.player ??= new Player();
    this.plot.after(this.player.element);
    this.player.give(sound, this.told.title);
  }

  // What can be stepped without the model has its buttons under its plot.
  async drive(machine) {
    this.over = null;
    if (!machine) return void this.bench?.stop();
    const { Bench } = await benches();
    if (this.told?.machine !== machine) return;
    this.bench ??= new Bench(this);
    this.plot.after(this.bench.element);
    await this.bench.give(machine, this.told.title);
  }

  // The figure with these numbers laid over its traces, by their names; null for its own.
  lay(over) {
    this.over = over;
    this.draw();
    if (!this.sheet.hidden) this.fill();
  }

  paint() {
    if (!this.raw) return;
    this.painted = repainted(this.raw, palette());
    this.draw();
  }

  go(step) {
    if (step === this.step || !this.frames.length) return;
    this.step = step;
    this.draw();
    emit('stepped', this);
  }

  light(shapes) {
    if (!shapes.length && !this.lit.length) return;
    this.lit = shapes;
    this.draw();
  }

  // The data and layout at a step: what the frame names laid over the first picture, and over it what a machine says.
  at(figure, step) {
    const { data, layout } = this.framed(figure, step);
    return { data: this.over ? data.map((trace) => merged(trace, this.over[trace.name])) : data, layout };
  }

  framed(figure, step) {
    const frame = figure.frames?.[step];
    if (!frame) return { data: figure.data, layout: figure.layout };
    const data = [...figure.data];
    (frame.data ?? []).forEach((trace, index) => {
      const place = frame.traces?.[index] ?? index;
      data[place] = merged(data[place], trace);
    });
    return { data, layout: merged(figure.layout, frame.layout) };
  }

  async draw() {
    if (this.busy) { this.again = true; return; }   // a newer picture replaces one that waits
    this.busy = true;
    try {
      const Plotly = window.Plotly ?? await plotly();
      this.width ||= this.plot.clientWidth;
      if (!this.painted || !this.width) return;
      this.drawnWidth = this.width;
      const { data, layout } = this.sized();
      await Plotly.react(this.plot, data, layout, { displayModeBar: false, responsive: false, doubleClick: 'reset', showTips: false });
      if (!this.told) return;
      this.listen();
      this.plot.dataset.drawn = String(Number(this.plot.dataset.drawn || 0) + 1);
      this.plot.dataset.serial = String(this.told?.serial ?? '');
      if (!this.sheet.hidden) this.fill();
    } finally {
      this.busy = false;
      if (this.again) { this.again = false; this.draw(); }
    }
  }

  // The picture at this step for this width, dressed for the page.
  sized() {
    const { data, layout: bare, height: asked = this.height } = folded(this.at(this.painted, this.step), this.width);
    const height = fitted(bare, data, this.width, asked);
    const lit = this.lit.length ? { ...bare, shapes: [...(bare.shapes ?? []), ...this.lit] } : bare;
    const empty = gaps(data);
    const layout = empty.length ? { ...lit, annotations: [...(lit.annotations ?? []), ...empty] } : lit;
    this.plot.style.setProperty('--h', `${height}px`);
    return { data, layout: dressed(layout, this.told.name, this.width, height) };
  }

  // As tall as it says; on the full screen as tall as that is.
  get height() {
    const { height } = this.told;
    return this.block.classList.contains('whole') ? Math.max(height, innerHeight - this.plot.getBoundingClientRect().top - 72) : height;
  }

  fullscreen(whole = !this.block.classList.contains('whole')) {
    this.block.classList.toggle('whole', whole);
    document.body.classList.toggle('figure-whole', whole);
    this.whole.setAttribute('aria-pressed', String(whole));
    this.width = 0;
    if (this.told) this.draw();
    this.whole.focus({ preventScroll: true });
  }

  // What a click does here, in words: nothing that can be clicked goes without them.
  hint() {
    const sets = [...new Set(this.painted.data.flatMap((trace) => trace.meta?.sets ?? []).filter(Boolean))];
    const lowered = (label) => (/^.[A-Z]/.test(label) ? label : label.charAt(0).toLowerCase() + label.slice(1));
    const labels = sets.map((name) => lowered(state.specs.find((spec) => spec.name === name)?.label ?? name.replaceAll('_', ' ')));
    const press = narrow.matches ? 'Tap' : 'Click';
    const adds = this.painted.data.some((trace) => trace.meta?.where);
    const drags = this.painted.data.some((trace) => trace.meta?.drags);
    const draws = this.painted.data.find((trace) => trace.meta?.draws);
    const picks = draws ? `${draws.meta.sets[0] && !pen.draws ? `${press} a node to choose it; ${narrow.matches ? 'with “draws an edge” on, ' : ''}` : ''}${narrow.matches ? 'tap two nodes' : 'drag from node to node'} to draw or remove an edge` : drags ? `${press} or drag to place the chosen ${labels[0].replace(/s$/, '')}` : adds ? `${press} to add a point, or on an added one to remove it` : this.block.id === 'hero' ? `${press} to open` : sets.length ? `${press} to set ${labels.join(' and ')}` : '';
    const follows = !this.told.traced?.length || this.block.id === 'hero' ? '' : !picks ? `${press} a number to trace it` : narrow.matches ? 'with Trace on, to trace a number' : 'Alt-click to trace a number';
    this.cue.textContent = [picks, follows].filter(Boolean).join('; ');
    this.cue.hidden = !this.cue.textContent;
    return Boolean(this.cue.textContent);
  }

  // Controls that pick a row or a column are told what those are called, where they are called by words.
  christen() {
    for (const trace of this.painted.data) {
      const sets = trace.meta?.sets;
      if (trace.type !== 'heatmap' || !sets || !trace.z?.length) continue;
      [['y', trace.z.length], ['x', trace.z[0].length]].forEach(([letter, count], index) => {
        const words = sets[index] && names(this.painted.layout, trace, letter, count);
        if (words?.some((word) => /^[^\W\d_]{2,}$/u.test(word))) emit('named', { [sets[index]]: words });
      });
    }
  }

  listen() {
    if (this.block.id !== 'hero') this.christen();
    this.plot.classList.toggle('clickable', this.hint());
    if (this.listening === this.plot._ev) return;
    this.listening = this.plot._ev;
    this.plot.on('plotly_click', ({ points, event }) => this.clicked(points[0], event));
    this.plot.on('plotly_hover', (event) => this.plot.classList.toggle('pointing', Boolean(event.points[0].data.meta?.sets) || this.traces(event.points[0])));
    this.plot.on('plotly_unhover', () => this.plot.classList.remove('pointing'));
    this.plot.addEventListener('pointerdown', (event) => this.dragged(event));
  }

  // A point that is drawn out of the mouse or finger: placed while it moves, at most ten times a second.
  dragged(event) {
    if (!event.target.closest('.draglayer') || event.button !== 0 || event.altKey) return;
    this.drew = false;
    this.drawEdge(event);
    if (this.bench?.touch(event)) return;
    const trace = this.painted.data.find((one) => one.meta?.drags);
    if (!trace) return;
    let at = 0;
    const place = (now) => {
      const where = this.where(now);
      this.pick([[trace.meta.sets[0], Object.assign(where, { moves: true })]], this.told);
    };
    const move = (now) => { if (now.timeStamp - at > 100) { at = now.timeStamp; place(now); } };
    const over = new AbortController();
    addEventListener('pointermove', move, over);
    addEventListener('pointerup', (now) => { over.abort(); if (at) place(now); }, over);
    addEventListener('pointercancel', () => over.abort(), over);
  }

  // Where the pointer is, in the units of the axes.
  where({ clientX, clientY }) {
    const { xaxis, yaxis } = this.plot._fullLayout;
    const { left, top } = this.plot.getBoundingClientRect();
    return [xaxis.p2d(clientX - left - xaxis._offset), yaxis.p2d(clientY - top - yaxis._offset)];
  }

  // An edge from node to node while the button is down; one that is taken by its middle moves its nearer end.
  drawEdge(event) {
    const { data } = this.painted;
    const [nodes, middles] = ['draws', 'middles'].map((key) => data.find((one) => one.meta?.[key]));
    if (!nodes) return;
    const from = under(this.plot, nodes, event);
    const edge = from === null && middles ? under(this.plot, middles, event) : null;
    if (from === null && edge === null) return;
    const over = new AbortController();
    const end = (now) => {
      over.abort();
      const to = under(this.plot, nodes, now);
      if (to === from && from !== null && pressed(nodes)) return void this.drawFrom(nodes.meta.draws, { pointNumber: from, x: nodes.x[from], y: nodes.y[from] });
      if (to === null || to === from) return;
      this.drew = true;   // Plotly calls the end of a drag a click on what is there or was taken
      const pairs = from !== null ? [[from, to]] : movedEdge(middles.customdata[edge][0][0], to, nodes);
      if (pairs) this.pick([[nodes.meta.draws, pairs]], this.told);
    };
    addEventListener('pointerup', end, over);
    addEventListener('pointercancel', () => over.abort(), over);
  }

  // A click on a node while edges are drawn: the first is where one begins, the second where it ends.
  drawFrom(name, { pointNumber: node, x, y }) {
    const from = pen.from;
    pen.from = from === null ? node : null;
    this.light(pen.from === null ? [] : [circle(x, y, token('accent'))]);
    if (from !== null && from !== node) this.pick([[name, [[from, node]]]], this.told);
  }

  traces = (point) => Boolean(this.told?.traced?.includes(point.curveNumber));

  // A click selects or traces, never both: it traces while Trace is on, with Alt held, or where there is nothing to select.
  clicked(point, event) {
    const sets = point.data.meta?.sets;
    const traces = this.tracer.getAttribute('aria-expanded') === 'true' || event.altKey || !sets;
    if (traces) { if (this.told.traced?.length) tracing().then((module) => module.clicked(this, point, event)); return; }
    if (pressed(point.data) || this.bench?.took || this.drew) return;
    const given = point.customdata ?? point.pointNumber ?? point.pointIndex;
    const values = point.data.meta.where ? [Object.assign([point.x, point.y], { moves: point.data.meta.drags })] : Array.isArray(given) || ArrayBuffer.isView(given) ? given : [given];
    this.pick(sets.map((name, index) => [name, values[index]]).filter(([name, value]) => name && value !== undefined && value !== null), this.told);
  }

  resized(width) {
    this.width = width;
    if (this.raw && width && Math.abs(width - this.drawnWidth) >= 1) requestAnimationFrame(() => this.draw());
  }

  toggleTable() {
    this.sheet.hidden = !this.sheet.hidden;
    this.twin.setAttribute('aria-expanded', String(!this.sheet.hidden));
    if (!this.sheet.hidden) this.fill();
    else this.sheet.replaceChildren();
  }

  fill() {
    this.sheet.replaceChildren(table(this.at(this.raw, this.step), this.told.title));
  }

  get stepName() {
    const name = String(this.frames[this.step]?.name ?? this.step);
    return this.told.steps && /^[\d.]+$/.test(name) ? `${this.told.steps} ${name}` : name;
  }
}

// A picture of square cells takes no more height than its cells do: none is left empty under it on a narrow page.
function fitted(layout, data, width, height) {
  const { xaxis = {}, yaxis = {} } = layout;
  const grid = data.find((trace) => trace.type === 'heatmap');
  if (!grid || !(yaxis.scaleanchor || xaxis.scaleanchor) || Object.keys(layout).some((key) => /^[xy]axis\d/.test(key))) return height;
  const span = (axis, count) => (axis.range ? Math.abs(axis.range[1] - axis.range[0]) : count);
  const { l = 80, r = 80, t = 100, b = 80 } = layout.margin ?? {};
  const ratio = (yaxis.scaleratio ?? 1) / (xaxis.scaleratio ?? 1);
  const needed = (span(yaxis, grid.z.length) / span(xaxis, grid.z[0].length)) * (width - l - r) * ratio + t + b;
  return Math.min(height, Math.ceil(needed));
}

// Whether a press on a node begins or ends an edge (drawEdge sees to it), and chooses none.
const pressed = ({ meta: { draws, sets } }) => Boolean(draws && (pen.draws || !sets[0]));

// What a click sets, as far as the controls take it; `values` are those that stand now.
export function taken(picked, specs, values) {
  const found = {};
  for (const [name, value] of picked) {
    const spec = specs.find((one) => one.name === name);
    if (spec?.kind === 'points') found[name] = (value.moves ? moved : toggled)(values[name], value, spec);
    else if (spec?.kind === 'edges') found[name] = flipped(values[name], value, spec);
    else if (spec && (spec.kind === 'choice' ? spec.choices.includes(value) : !(value < spec.low || value > spec.high))) found[name] = value;
  }
  return found;
}

function pickControls(picked) {
  const changes = taken(picked, state.specs, state.values);
  if (Object.keys(changes).length) turn(changes);
}

// On the first page a picture belongs to an entry: a click opens it there.
function hop(picked, { name }) {
  go(`?${new URLSearchParams([['entry', name.split('|')[0]], ...picked])}`);
}

// Ranges that a figure shares with another laid over its own.
function scaled(figure, scales) {
  if (!scales) return figure;
  return { ...figure, layout: merged(figure.layout, scales.layout), data: figure.data.map((trace, index) => merged(trace, scales.traces[index])) };
}

// What every figure gets from the page: its type, its hover box, no play with the axes where a finger scrolls.
function dressed(layout, name, width, height) {
  const out = {
    ...layout,
    autosize: false, width, height,
    separators: '.\u00a0',   // as numbers are written everywhere
    uirevision: layout.uirevision ?? name,
    font: { ...layout.font, family: token('sans'), size: layout.font?.size ?? 12, color: layout.font?.color ?? token('ink-2') },
    hoverlabel: { bgcolor: token('ink'), bordercolor: token('ink'), font: { color: token('paper'), family: token('mono'), size: 12 }, ...layout.hoverlabel },
  };
  for (const key of Object.keys(out)) {
    if (!/^[xy]axis\d*$/.test(key)) continue;
    const axis = out[key];
    const title = axis.title && { ...axis.title, font: { size: 12, ...axis.title.font } };
    const written = axis.type === 'log' ? {} : { exponentformat: 'none', separatethousands: true };
    out[key] = { ...written, ...axis, title, fixedrange: narrow.matches || axis.fixedrange };
  }
  return out;
}
