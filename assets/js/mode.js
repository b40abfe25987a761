// Class mode, while the address says class=1. What it shows is in lazy/classroom.js.

import { on } from './hub.js';

const NAMES = ['class', 'lesson', 'part', 'question', 'room'];
const LETTERS = 'abcdefghjkmnpqrstuvwxyz';   // none that is taken for another
const CODE = 4;

const inClass = (query) => new URLSearchParams(query).get('class') === '1';

// The address of a state: it stays in class mode if it is there, and never holds the secret of a diagnose exercise.
export function kept(query) {
  if (document.body.classList.contains('diagnosing')) return location.search;
  if (!inClass(location.search)) return query;
  const here = [...new URLSearchParams(location.search)].filter(([name]) => NAMES.includes(name));
  const told = new URLSearchParams(query);
  if (here.some(([name]) => name === 'lesson')) told.delete('entry');   // the part says which
  return `?${new URLSearchParams([...here, ...told])}`;
}

// The address of the entry outside class mode: of what is shown, or of what stood before a fault was hidden in it.
export function stood(query) {
  if (!document.body.classList.contains('diagnosing')) return query;
  const entry = new URLSearchParams(query).get('entry');
  const rest = [...new URLSearchParams(location.search)].filter(([name]) => name !== 'entry' && !NAMES.includes(name));
  return `?${new URLSearchParams([['entry', entry], ...rest])}`;
}

// A new room: its code, and in this tab the secret of who leads it. Whoever opens the same link is in it.
export function room() {
  const code = drawn(CODE);
  keep(code, drawn(20));
  return code;
}

// The secrets of the rooms that this tab leads; where storage is refused they last as long as the page.
const led = new Map();

function keep(code, secret) {
  led.set(code, secret);
  try { sessionStorage.setItem(`host of ${code}`, secret); } catch { /* another site's frame */ }
}

const drawn = (count) => [...crypto.getRandomValues(new Uint8Array(count))].map((one) => LETTERS[one % LETTERS.length]).join('');

export function secretOf(code) {
  try { return sessionStorage.getItem(`host of ${code}`) ?? ''; } catch { return led.get(code) ?? ''; }
}

export function leadNoMore(code) {
  led.delete(code);
  try { sessionStorage.removeItem(`host of ${code}`); } catch { /* another site's frame */ }
}

on('opening', (query) => {
  document.body.classList.remove('revealed');
  document.body.classList.toggle('class', inClass(query));
  document.body.classList.toggle('learner', inClass(query) && !new URLSearchParams(query).get('room'));
});
