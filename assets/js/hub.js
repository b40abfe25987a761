// The page's state in the browser, and the one place that asks the server: one request, whose answer comes in lines.
// What the server does not answer is kept and asked again (docs/decisions/0009-a-stream-of-our-own.md).

import { lines, Newer, post, Refused } from './connection.js';
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
  connected: true,  // the server answered the last time
  starting: false,  // it answered that it still loads what computes
  ahead: 0,         // runs of others before ours, while it waits for its turn
  phase: 'idle',    // idle, asking, running (asked for more than a moment), streaming
};

let mounted = false;  // the components are there
let waiting = null;   // a request made before that
let flight = null;    // the newest request under way
let newest = null;    // what to ask for when it is due
let lateTimer = 0;
let nextTimer = 0;
let againTimer = 0;
let asked = 0;

const UNREADABLE = '<p class="notice wrong" role="alert">The answer of the server could not be read. What stands here is the last good result.</p>';
const MOMENT = 150;   // ms until a run counts as running
const GAP = 120;      // ms between two requests, at least
const ENOUGH = 400;   // ms after which a newer request no longer waits for an older one
const AGAIN = 1000;   // ms until what was not answered is asked again

export function on(name, listener) {
  if (!listeners.has(name)) listeners.set(name, new Set());
  listeners.get(name).add(listener);
}

export function emit(name, detail) {
  for (const listener of listeners.get(name) ?? []) listener(detail);
}

export function connect() {
  mounted = true;
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
  if (!mounted) { waiting = request; return; }
  clearTimeout(againTimer);
  asked = performance.now();
  state.serial += 1;
  state.ahead = 0;
  phase('asking');
  clearTimeout(lateTimer);
  lateTimer = setTimeout(() => { if (state.phase === 'asking') phase('running'); }, MOMENT);
  emit('asked', request);
  fly(request, { ...request, page: state.page, serial: state.serial });
}

// A message of the server as it was meant, or that it cannot be read: then the last good state stays.
function parsed(text, serial) {
  try { return JSON.parse(text); } catch (problem) {
    console.warn('an answer that is not JSON', problem);
    return { serial, state: 'failed', parts: { notices: UNREADABLE } };
  }
}

const LAST = new Set(['done', 'failed', 'refused', 'home']);   // after another state more has to come

async function fly(request, sent) {
  flight?.abort();
  const mine = flight = new AbortController();
  let last = null;
  try {
    for await (const line of lines(await post('ask', sent, mine.signal))) {
      if (mine !== flight) return;
      connected(true);
      const told = parsed(line, sent.serial);
      last = told.state;
      try { receive(told); } catch (problem) { reportError(problem); }   // a fault in drawing is none of the connection
    }
    if (mine !== flight) return;
    if (last && !LAST.has(last)) lost(request);
    else if (!last) settle('idle');
  } catch (problem) {
    if (mine !== flight || mine.signal.aborted) return;
    if (problem instanceof Newer) return renew(request);
    if (problem instanceof Refused) receive({ serial: sent.serial, state: 'failed', parts: { notices: problem.notice } });
    else lost(request);
  }
}

function renew(request) {
  emit('lost', request);   // the address holds it now
  location.reload();
}

let unanswered = null;

function lost(request) {
  unanswered = request;
  connected(false);
  emit('lost', request);
  againTimer = setTimeout(again, AGAIN);
}

const again = () => send(state.due ? newest() : unanswered);

function connected(there) {
  if (state.connected === there) return;
  state.connected = there;
  emit('connection', there);
}

addEventListener('online', () => { if (!state.connected && unanswered) again(); });

// An answer: what the page is told, and its parts by the id of the component that draws them.
// The first figure is drawn at once; the words around it follow its paint, a frame later.
export function receive(told) {
  if (told.serial < state.shown) return;   // an older run never overwrites a newer one
  starting(told.starting === true);
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

function starting(still) {
  if (state.starting === still) return;
  state.starting = still;
  emit('starting', still);
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
  if (current && told.state !== 'words') settle(told.state === 'partial' ? 'streaming' : told.waits || told.state === 'waiting' ? 'running' : 'idle');
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
  clearTimeout(againTimer);
  flight?.abort();
  post('stop', state.page).catch(() => {});
  state.serial += 1;
  state.shown = state.serial;
  settle('idle');
  emit('stopped');
}

// A short question; without a connection it is asked until there is one.
export async function server(name, sent) {
  for (;;) {
    try {
      const answer = await (await post(name, sent)).json();
      connected(true);
      return answer;
    } catch (problem) {
      if (problem instanceof Refused) throw problem;
      connected(false);
      await new Promise((done) => { setTimeout(done, AGAIN); });
    }
  }
}

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
