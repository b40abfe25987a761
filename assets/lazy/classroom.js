// Class mode: one question at a time, in large type, the guesses of the room first, the result when it is revealed. The
// page of a room's host leads: the others follow to its question, its reveal and its break, or go at their own pace.

import { go } from '../js/address.js';
import { tracing } from '../js/figure.js';
import { on, server, state, turn } from '../js/hub.js';
import { leadNoMore, secretOf, stood } from '../js/mode.js';
import { asked, guessed, prepare, ran, reveal } from '../js/predict.js';
import { typeset } from '../js/tex.js';
import { histogram } from './histogram.js';

const EVERY = 2000;   // ms between two looks at the room

const post = (name, sent) => fetch(new URL(`modelarium/${name}`, document.baseURI), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) }).catch(() => null);

const alone = { present: 1, guesses: 0, hosted: false, leads: false, standing: null, revealed: false };
const ownPace = new Set();   // rooms in which this page does not follow
let root = null;
let timer = 0;
let met = alone;      // what the room said last
let asking = false;   // the question on the page is being revealed, or is
let answer = null;    // what was measured then
let before = {};      // values that the reveal changed
let broken = null;    // the claim that is broken
let next = 0;         // the claim that is broken next
let known = '';       // of the room, as it is drawn

const find = (selector) => root.querySelector(selector);
const within = () => document.body.classList.contains('class');
const revealed = () => document.body.classList.contains('revealed');
const code = () => find('.room')?.dataset.room ?? '';
const hosts = () => Boolean(code() && secretOf(code()));
const follows = () => met.hosted && !met.leads && !ownPace.has(code());
const mayReveal = () => met.leads || !met.hosted || met.revealed;   // in a class that is led only its host reveals

export function mount(element) {
  root = element;
  root.addEventListener('click', clicked);
  root.addEventListener('change', changed);
  root.addEventListener('submit', (event) => event.preventDefault());
  document.body.dataset.classroom = 'ready';   // styles are there: the result is out of sight
  return draw;
}

function clicked(event) {
  const led = event.target.closest('.strip li a, [data-class=next]');
  if (led && follows()) event.preventDefault();
  else acts[event.target.closest('[data-class]')?.dataset.class]?.();
}

function draw(html) {
  root.innerHTML = html;   // escaped by the server
  [asking, answer, before, broken, known, met] = [false, null, {}, null, '', alone];
  next = Number(find('.ask').dataset.breaks) - 1;
  document.body.classList.remove('revealed', 'breaking', 'before', 'inviting');
  typeset(root);
  prepare(find('form'));
  stand();
  if (hosts()) find('fieldset').disabled = true;   // who leads does not guess
  if (hosts() && find('.strip li:first-child.now')) acts.invite();
  meet();
  badge();
  if (!state.opening) showBefore();
  find('form [type=range]')?.focus({ preventScroll: true });   // choices have keys of their own
}

// The room is told that this page is there, and its guess or, by its host, where the class is.
async function meet() {
  clearTimeout(timer);
  if (!within() || !root.children.length || !code()) return;
  timer = setTimeout(meet, EVERY);
  if (document.hidden && !hosts()) return;
  const form = find('form');
  const place = { ...asked(form), room: code(), page: state.page };
  const got = await post('room', hosts() ? { ...place, host: secretOf(code()), revealed: revealed(), broken } : { ...place, guess: guessed(form) });
  if (form !== find('form')) return;
  if (got?.status === 403) turnedAway((await got.json()).detail);
  if (!got?.ok) return;
  met = await got.json();
  count(met);
  stand();
  if (follows()) follow(met.standing);
}

// There is no place, or somebody else leads the room: then this page follows like the others.
function turnedAway(why) {
  if (!hosts()) { find('.room .count').textContent = why; return; }
  leadNoMore(code());
  find('fieldset').disabled = false;
  meet();
}

function stand() {
  const led = met.hosted && !met.leads;
  document.body.classList.toggle('hosting', hosts());
  document.body.classList.toggle('led', led);
  document.body.classList.toggle('following', follows());
  const pace = find('[name=pace]');
  if (pace) pace.checked = ownPace.has(code());
  find('.veil .btn').disabled = !mayReveal();
  if (!asking) find('.veil .what').textContent = mayReveal() ? 'The result is hidden' : 'The result is hidden until your teacher reveals it';
}

function follow({ place, revealed: open, broken: claim }) {
  if (JSON.stringify(place) !== JSON.stringify(asked(find('form')))) return go(`?${new URLSearchParams({ class: 1, ...place, room: code() })}`);
  if (open && !revealed()) return acts.reveal();
  if (revealed() && state.phase === 'idle' && claim !== broken) press(broken ?? claim);
}

// Others' guesses stand open only beside one's own, or when somebody asks for them.
function count(room) {
  const missing = room.present - room.guesses;
  const open = revealed() || guessed(find('form')) !== null || 'open' in find('.room').dataset;
  const news = JSON.stringify([room, open, answer]);
  if (news === known) return;   // a screen reader is not told the same again
  known = news;
  find('.room .count').textContent = `${room.guesses} of ${room.present} are in`;
  find('.veil .count').textContent = !room.present ? 'Nobody has joined yet' : missing > 1 ? `${missing} guesses are missing` : missing ? 'One guess is missing' : 'Every guess is in';
  find('[data-class=show]').hidden = open || !room.guesses;
  if (open && room.curves) find('.sketch').dispatchEvent(new CustomEvent('others', { detail: room.curves }));
  else if (open) histogram(find('.histogram'), room, find('form'), answer);
}

function changed(event) {
  if (event.target.name === 'pace') {
    if (event.target.checked) ownPace.add(code()); else ownPace.delete(code());
    stand();
    meet();
  } else if (event.target.name === 'when') turn(event.target.value === 'before' ? before : JSON.parse(find('form').dataset.set));
  else if (!revealed()) meet();
}

const switches = () => [...document.querySelectorAll('#claims .sw[data-claim]')];

// Breaks a claim, or mends it if it is broken.
function press(claim) {
  const one = switches().find((other) => Number(other.dataset.claim) === claim);
  if (!one) return;
  document.body.classList.add('breaking');
  broken = broken === null ? claim : null;
  one.click();
}

const acts = {
  show() { find('.room').dataset.open = ''; meet(); },

  async reveal() {
    const form = find('form');
    if (asking || state.opening || !mayReveal()) return;
    asking = true;
    document.body.classList.remove('inviting');
    find('.veil .what').textContent = 'The run is on its way';
    [answer, before] = await Promise.all([reveal(form), ran(form)]);
    if (form !== find('form')) return;
    typeset(form);
    document.body.classList.remove('before');
    document.body.classList.add('revealed');
    if (Object.keys(before).length && find('.when')) find('.when').hidden = false;
    document.activeElement.blur?.();   // the keys are for the figures now
    meet();
  },

  break() {
    if (!revealed() || follows()) return;
    const all = switches();
    const claims = [...all.slice(next), ...all.slice(0, next)];
    const claim = broken ?? Number((claims.find((one) => !one.closest('.failed')) ?? claims[0]).dataset.claim);
    if (broken !== null) next = (claim + 1) % all.length;
    press(claim);
    meet();
  },

  async invite() {
    const open = document.body.classList.toggle('inviting');
    find('.strip .room-code').setAttribute('aria-expanded', String(open));
    if (!open || find('.qr').childElementCount) return;
    const link = new URL(`?${new URLSearchParams({ class: 1, ...asked(find('form')), room: code() })}`, document.baseURI);
    const invited = await server('invite', link.href);
    find('.qr').innerHTML = invited.qr;   // drawn by the server
    find('.invite .address').textContent = invited.address ? `${new URL('.', invited.address).href}, “Join a class”` : invited.note;
  },

  async save() {
    const got = await post('guesses', { room: code(), host: secretOf(code()) });
    if (!got?.ok) return;
    const href = URL.createObjectURL(await got.blob());
    Object.assign(document.createElement('a'), { href, download: `guesses-${code()}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(href), 10_000);
  },

  diagnose() { if (revealed()) import('./diagnose.js').then((exercise) => exercise.start()); },

  trace() { if (revealed()) tracing().then((module) => module.toggleAny()); },

  leave() {
    if (document.querySelector('.origin')) acts.trace();
    else go(stood(state.query));
  },
};

const KEYS = { ' ': 'reveal', n: 'next', b: 'break', d: 'diagnose', t: 'trace', Escape: 'leave' };

document.addEventListener('keydown', (event) => {
  if (!within() || !root?.children.length || event.metaKey || event.ctrlKey || event.altKey) return;
  if (event.key !== 'Escape' && event.target.closest?.('select, textarea, [role=application], input:not([type=radio], [type=range], [type=checkbox])')) return;   // something is typed or drawn
  const pressed = event.key === ' ' && event.target.closest?.('button, a, select, [type=radio]:not(:checked)');
  const choice = find('form')?.querySelectorAll('[type=radio]')[Number(event.key) - 1];
  const act = KEYS[event.key] ?? KEYS[event.key.toLowerCase()];
  if (pressed || (act === 'reveal' && asking)) return;
  if (choice) choice.click();
  else if (act) find(`[data-class=${act}]`)?.click();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// What ran, as the page says it elsewhere.
function badge() {
  const line = find('.foot .line');
  if (line) line.textContent = document.querySelector('#runbar .line').textContent;
}

// The run from before the reveal, where it is another than the one that answers.
function showBefore() {
  if (!within() || asking || !('before' in find('.ask').dataset)) return;
  const change = Object.entries(JSON.parse(find('form').dataset.set));
  document.body.classList.toggle('before', change.some(([name, value]) => value !== state.values[name]));
}

on('told', () => {
  if (!root?.children.length) return;
  badge();
  showBefore();
});
