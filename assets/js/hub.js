// The page's state in the browser, and the one place that asks the server: by a plain request, and by a stream for
// what that leaves to come.

import { afterPaint } from './paint.js';

const listeners = new Map();

export const state = {
  page: Math.random().toString(36).slice(2) + Date.now().toString(36),
  serial: 0,        // of the newest request
  shown: 0,         // of the newest answer on the page
  entry: null,
  title: '',
  values: {},       // of the controls, as they stand
  preset: {},
  specs: [],
  query: '',        // the address of what is shown
  run: null,        // the last result, for saving
  opening: false,   // an entry is on its way
  due: false,       // a change waits for the run before it
  ahead: 0,         // runs of others before ours, while it waits for its turn
  phase: 'idle',    // idle, asking, running (asked for more than a moment), streaming
};

let wire = null;
let waiting = null;   // a request made before the wire was there
let newest = null;    // what to ask for when it is due
let lateTimer = 0;
let nextTimer = 0;
let asked = 0;

const UNREADABLE = '<p class="notice wrong" role="alert">The answer of the server could not be read. What stands here is the last good result.</p>';
const MOMENT = 150;   // ms until a run counts as running
const GAP = 120;      // ms between two requests, at least
const ENOUGH = 400;   // ms after which a newer request no longer waits for an older one

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
}

export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export function connect(connection) {
  wire = connection;
  const held = waiting;
  waiting = null;
  if (held) send(held);
}

// Opens what a query string leads to.
export function open(query) {
  clearTimeout(nextTimer);
  state.opening = true;
  emit('opening', query);
  send({ query });
}

// Runs the entry with these controls changed. While a run is on its way, only the newest change is kept.
export function turn(changes = {}) {
  if (!state.entry || state.opening) return;   // the controls on the page are about to go
  Object.assign(state.values, changes);
  emit('values', changes);
  ask(() => ({ entry: state.entry, values: { ...state.values } }));
}

// Sends what `request` then gives, apart from the request before it; of several that wait, only the newest is sent.
export function ask(request) {
  newest = request;
  clearTimeout(nextTimer);
  const since = performance.now() - asked;
  const busy = state.phase === 'asking' || state.phase === 'running';
  const wait = Math.max(0, (busy ? ENOUGH : GAP) - since);
  nextTimer = setTimeout(() => send(newest()), wait);
  state.due = true;
}

function send(request) {
  state.due = false;
  if (!wire) { waiting = request; return; }
  asked = performance.now();
  state.serial += 1;
  state.ahead = 0;
  phase('asking');
  clearTimeout(lateTimer);
  lateTimer = setTimeout(() => { if (state.phase === 'asking') phase('running'); }, MOMENT);
  emit('asked', request);
  fly({ ...request, page: state.page, serial: state.serial });
}

async function fly(request) {
  let text = '{"state": "waiting", "more": true}';   // a server that does not answer: Gradio says so when the stream fails
  try { text = await wire.server.first(request); } catch (problem) { console.warn(problem); }
  const told = parsed(text, request.serial);
  if (told.state !== 'waiting' && told.state !== 'late') receive(told);
  if (told.more && request.serial === state.serial) wire.trigger('ask', { ...request, follows: told.state !== 'waiting' });
}

// A message of the server as it was meant, or that it cannot be read: then the last good state stays.
export function parsed(text, serial = state.serial) {
  try { return JSON.parse(text); } catch (problem) {
    console.warn('an answer that is not JSON', problem);
    return { serial, state: 'failed', more: false, parts: { notices: UNREADABLE } };
  }
}

// An answer: what the page is told, and its parts by the id of the component that draws them.
// The first figure is drawn at once; the words around it follow its paint, a frame later.
export function receive(told) {
  if (told.serial < state.shown) return;   // an older run never overwrites a newer one
  if (told.state === 'queued') return queued(told);
  state.shown = told.serial;
  const { 'figure-0': first, ...parts } = told.parts;
  if (told.serial === state.serial) state.opening = false;
  if (told.state === 'words') state.entry = told.entry;
  if (told.values) {
    if (!state.due || state.entry !== told.entry) state.values = told.values;
    Object.assign(state, { entry: told.entry, title: told.title, query: told.query, run: told.run });
  }
  if (first === undefined) return around(told, parts);
  document.body.dataset.view = 'entry';
  try { draw('figure-0', first); } catch (problem) { broken('figure-0', problem); }
  afterPaint(() => { if (told.serial === state.shown) around(told, parts); });
}

// A part that cannot be drawn: the others stand, and the page does not wait for it.
function broken(name, problem) {
  console.warn(name, problem);
  draw('notices', UNREADABLE);
}

function queued(told) {
  if (told.serial !== state.serial) return;
  state.ahead = told.ahead;
  settle('running');
  emit('phase', state.phase);
}

function around(told, parts) {
  if (told.state === 'words') emit('words', told);
  for (const [name, part] of Object.entries(parts)) {
    try { draw(name, part); } catch (problem) { broken(name, problem); }
  }
  const current = told.serial === state.serial;
  if (current && told.state !== 'words') settle(told.state === 'partial' ? 'streaming' : told.waits ? 'running' : 'idle');
  if (told.state !== 'words') emit('told', told);
  if (current && state.due && state.phase === 'idle') ask(newest);
}

const places = new Map();   // name → how it is drawn
const early = new Map();    // parts for components that are not there yet

export function place(name, draws) {
  places.set(name, draws);
  if (early.has(name)) draws(early.get(name));
  early.delete(name);
}

function draw(name, part) {
  if (places.has(name)) places.get(name)(part);
  else early.set(name, part);
}

export function stop() {
  clearTimeout(nextTimer);
  wire?.server.stop(state.page);
  state.serial += 1;
  state.shown = state.serial;
  settle('idle');
  emit('stopped');
}

export const server = (name, sent) => wire.server[name](sent);

function settle(next) {
  clearTimeout(lateTimer);
  phase(next);
}

function phase(next) {
  if (state.phase === next) return;
  state.phase = next;
  emit('phase', next);
}

export const elapsed = () => performance.now() - asked;
