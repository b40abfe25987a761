// Search as you type; what the first page shows.

import { go } from './address.js';
import { on, server } from './hub.js';
import { afterPaint } from './paint.js';
import { filter, level, mark } from './rail.js';

let asked = 0;
let opened = null;   // the entry whose first words have closed the search
let due = false;   // the focus, once the first page is there

const fields = '[data-act=search]';

// The list of hits that belongs to a search field: in the rail it takes the place of the chapters.
const list = (field) => field.closest('.rail, .finder').querySelector('.hits');

async function search(field) {
  const words = field.value.trim();
  const ticket = ++asked;
  const hits = list(field);
  const found = words ? await server('search', words) : [];
  if (ticket !== asked) return;
  const only = field.closest('.rail') ? level() : '';
  const kept = found.filter((hit) => !only || hit.level === only);
  hits.replaceChildren(...(kept.length ? kept.map(row) : [empty(words)]));
  hits.hidden = !words;
  field.closest('.rail')?.querySelector('.cat').toggleAttribute('hidden', Boolean(words));
}

function row(hit) {
  const item = document.createElement('li');
  if (!hit.level) {   // not written yet: found, but leads nowhere
    item.className = 'soon';
    item.append(Object.assign(document.createElement('span'), { textContent: hit.title }), Object.assign(document.createElement('small'), { textContent: `${hit.chapter} · coming` }));
    return item;
  }
  const link = Object.assign(document.createElement('a'), { href: `?entry=${encodeURIComponent(hit.slug)}` });
  const title = Object.assign(document.createElement('span'), { textContent: hit.title });
  const chapter = Object.assign(document.createElement('small'), { textContent: hit.chapter });
  link.append(title, chapter);
  item.append(link);
  return item;
}

function empty(words) {
  return Object.assign(document.createElement('li'), { className: 'none', textContent: `Nothing is called “${words}” here.` });
}

function close(field) {
  asked += 1;
  field.value = '';
  list(field).hidden = true;
  field.closest('.rail')?.querySelector('.cat').removeAttribute('hidden');
}

document.addEventListener('input', (event) => {
  if (event.target.matches(fields)) search(event.target);
  if (event.target.matches('#rail [name=level]')) {
    filter();
    const field = event.target.closest('.rail').querySelector(fields);
    if (field.value) search(field);
  }
});

function focus() {
  const field = [...document.querySelectorAll(fields)].find((one) => one.offsetParent);
  field?.focus();
  return Boolean(field);
}

on('view', () => { if (due) afterPaint(focus); due = false; });

document.addEventListener('keydown', (event) => {
  const typing = event.target.matches?.('input, textarea, select, [contenteditable]');
  if (event.key === '/' && !typing) {
    if (document.body.dataset.view === 'entry') document.body.classList.add('drawer');
    due = !focus();   // compare and the map have no search: that of the first page
    if (due) go('');
    event.preventDefault();
    return;
  }
  const place = event.target.closest?.('.search, .hits');
  if (!place) return;
  const field = event.target.closest('.rail, .finder').querySelector(fields);
  const links = [...list(field).querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'ArrowDown') (links[at + 1] ?? links.at(-1))?.focus();
  else if (event.key === 'ArrowUp') (at > 0 ? links[at - 1] : field).focus();
  else if (event.key === 'Enter' && event.target === field && links[0]) links[0].click();
  else if (event.key === 'Escape') { close(field); field.focus(); }
  else return;
  event.preventDefault();
});

document.addEventListener('click', (event) => {
  const offered = event.target.closest('[data-act=try]');
  if (offered) {
    const field = document.querySelector(`#pitch ${fields}`);
    field.value = offered.textContent;
    field.focus();
    search(field);
  }
});

on('told', (told) => {
  if (told.state === 'home') chapter(told);
  arrived(told);
});
on('words', arrived);
on('opening', () => { opened = null; });

function arrived(told) {
  afterPaint(() => mark(told.entry ?? null, told.chapter));
  if (told.entry && told.entry !== opened) document.querySelectorAll(fields).forEach((field) => { if (field.value) close(field); });
  opened = told.entry;   // its later results leave alone what is typed meanwhile
}

// The first page shows its chapters, or with them the entries of one.
function chapter(told) {
  const home = document.querySelector('#home');
  home.dataset.chapter = told.chapter ?? '';
  const problems = told.problems ?? [];
  let note = home.querySelector('.home-notices');
  if (!note) { note = Object.assign(document.createElement('div'), { className: 'home-notices' }); home.querySelector('.bar')?.after(note); }
  note.replaceChildren(...problems.map((line) => Object.assign(document.createElement('p'), { className: 'notice', textContent: line, role: 'alert' })));
}

