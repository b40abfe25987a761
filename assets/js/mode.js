// Class mode, while the address says class=1. What it shows is in lazy/classroom.js.

import { on } from './hub.js';

const NAMES = ['class', 'lesson', 'part', 'question', 'room'];
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

const inClass = (query) => new URLSearchParams(query).get('class') === '1';

// The address of a state: it stays in class mode if it is there, and keeps a diagnose exercise's secret.
export function kept(query) {
  if (document.body.classList.contains('diagnosing')) return location.search;
  if (!inClass(location.search)) return query;
  const here = [...new URLSearchParams(location.search)].filter(([name]) => NAMES.includes(name));
  const told = new URLSearchParams(query);
  if (here.some(([name]) => name === 'lesson')) told.delete('entry');   // the part says which
  return `?${new URLSearchParams([...here, ...told])}`;
}

// An id that separates one class from another: whoever opens the same link shares it.
export function room() {
  const drawn = crypto.getRandomValues(new Uint8Array(5));
  return [...drawn].map((one) => LETTERS[one % LETTERS.length]).join('');
}

on('opening', (query) => {
  document.body.classList.remove('revealed');
  document.body.classList.toggle('class', inClass(query));
});
