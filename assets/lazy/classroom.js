// Class mode: one question at a time, in large type, the guesses of the room first, the result when it is revealed.

import { go } from '../js/address.js';
import { tracing } from '../js/figure.js';
import { on, state, turn } from '../js/hub.js';
import { asked, guessed, prepare, reveal } from '../js/predict.js';
import { typeset } from '../js/tex.js';
import { histogram } from './histogram.js';

const EVERY = 2000;   // ms between two looks at the room

const address = new URL('modelarium/room', document.baseURI);
let root = null;
let timer = 0;
let asking = false;   // the question on the page is being revealed, or is
let answer = null;    // what was measured then
let before = {};      // values that the reveal changed
let broken = 0;       // claims that were broken and mended
let known = '';       // of the room, as it is drawn

let arrived = () => {};
const arrival = () => new Promise((done) => { arrived = done; });

const find = (selector) => root.querySelector(selector);
const within = () => document.body.classList.contains('class');
const revealed = () => document.body.classList.contains('revealed');

export function mount(element) {
  root = element;
  root.addEventListener('click', (event) => acts[event.target.closest('[data-class]')?.dataset.class]?.());
  root.addEventListener('change', changed);
  root.addEventListener('submit', (event) => event.preventDefault());
  document.body.dataset.classroom = 'ready';   // styles are there: the result is out of sight
  return draw;
}

function draw(html) {
  root.innerHTML = html;   // escaped by the server
  [asking, answer, before, broken, known] = [false, null, {}, 0, ''];
  document.body.classList.remove('revealed', 'breaking');
  typeset(root);
  prepare(find('form'));
  meet();
  badge();
  find('form [type=range]')?.focus({ preventScroll: true });   // choices have keys of their own
}

// The room is told that this page is there, and its guess.
async function meet() {
  clearTimeout(timer);
  if (!within() || !root.children.length) return;
  timer = setTimeout(meet, EVERY);
  if (document.hidden) return;
  const form = find('form');
  const sent = { ...asked(form), room: find('.room').dataset.room, page: state.page, guess: guessed(form) };
  const got = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(sent) }).catch(() => null);
  if (!got?.ok || form !== find('form')) return;
  count(await got.json());
}

// Others' guesses stand open only beside one's own, or when somebody asks for them.
function count(room) {
  const missing = room.present - room.guesses;
  const open = revealed() || guessed(find('form')) !== null || 'open' in find('.room').dataset;
  const news = JSON.stringify([room, open, answer]);
  if (news === known) return;   // a screen reader is not told the same again
  known = news;
  find('.room .count').textContent = `${room.guesses} of ${room.present} are in`;
  find('.veil .count').textContent = missing > 1 ? `${missing} guesses are missing` : missing ? 'One guess is missing' : 'Every guess is in';
  find('[data-class=show]').hidden = open || !room.guesses;
  if (open && room.curves) find('.sketch').dispatchEvent(new CustomEvent('others', { detail: room.curves }));
  else if (open) histogram(find('.histogram'), room, find('form'), answer);
}

function changed(event) {
  if (event.target.name === 'when') turn(event.target.value === 'before' ? before : JSON.parse(find('form').dataset.set));
  else if (!revealed()) meet();
}

const acts = {
  show() { find('.room').dataset.open = ''; meet(); },

  async reveal() {
    const form = find('form');
    if (asking || state.opening) return;
    asking = true;
    find('.veil p').textContent = 'The run is on its way';
    const change = JSON.parse(form.dataset.set);
    before = Object.fromEntries(Object.keys(change).map((name) => [name, state.values[name]]));
    const changes = Object.keys(change).some((name) => change[name] !== before[name]);
    if (changes) turn(change);
    answer = (await Promise.all([reveal(form), changes && arrival()]))[0];
    if (form !== find('form')) return;
    typeset(form);
    document.body.classList.add('revealed');
    if (changes && find('.when')) find('.when').hidden = false;
    document.activeElement.blur?.();   // the keys are for the figures now
    meet();
  },

  break() {
    if (!revealed()) return;
    document.body.classList.add('breaking');
    const switches = [...document.querySelectorAll('#claims .sw[data-claim]')];
    const thrown = switches.find((one) => one.getAttribute('aria-checked') === 'true');
    if (thrown) broken += 1;
    (thrown ?? switches[broken % switches.length])?.click();
  },

  diagnose() { if (revealed()) import('./diagnose.js').then((exercise) => exercise.start()); },

  trace() { if (revealed()) tracing().then((module) => module.toggleAny()); },

  leave() {
    if (document.querySelector('.origin')) acts.trace();
    else go(state.query);
  },
};

const KEYS = { ' ': 'reveal', n: 'next', b: 'break', d: 'diagnose', t: 'trace', Escape: 'leave' };

document.addEventListener('keydown', (event) => {
  if (!within() || !root?.children.length || event.metaKey || event.ctrlKey || event.altKey) return;
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

on('told', () => {
  arrived();
  if (root) badge();
});
