// The address bar: it leads to what is shown, and what it leads to is shown.

import { embedded } from './embed.js';
import { framed, toTop } from './frame.js';
import { emit, on, open, state } from './hub.js';
import { kept } from './mode.js';
import { afterPaint } from './paint.js';

const TITLES = { home: '#entries-of-chapter h2, #pitch h1', entry: '#head h1', compare: '#compare h1', map: '#map h1' };   // where a lost focus goes

let current = null;

function viewOf(query) {
  const names = new URLSearchParams(query);
  if (!names.has('entry') && !names.has('lesson')) return names.has('map') ? 'map' : 'home';
  return names.has('with') ? 'compare' : 'entry';
}

// Where the reader stood at each address, so that going back leads there again.
const scroller = () => (framed ? document.body : document.scrollingElement);
let returning = null;
let still = 0;
history.scrollRestoration = 'manual';
function remember() {
  clearTimeout(still);
  still = setTimeout(() => history.replaceState({ top: scroller().scrollTop, run: document.querySelector('#run').scrollTop }, ''), 200);
}
addEventListener('scroll', remember, { capture: true, passive: true });

function goBack({ top, run }) {
  scroller().scrollTop = top;
  document.querySelector('#run').scrollTop = run;
}

export function go(query) {
  clearTimeout(still);
  returning = null;
  if (query !== location.search) history.pushState(null, '', query || location.pathname);
  open(query);
}

on('told', (told) => {
  const view = told.view ?? (told.state === 'home' ? 'home' : told.entry ? 'entry' : document.body.dataset.view);
  if (view !== 'entry') Object.assign(state, { entry: null, query: told.query ?? '' });
  show(view);
  if (told.state === 'home') {
    const chapter = told.chapter && document.querySelector('#entries-of-chapter h2').textContent;
    document.title = chapter ? `${chapter} · Modelarium` : 'Modelarium';
  } else if (told.query) {
    document.title = `${told.title} · Modelarium`;
    const query = kept(told.query);
    if (query !== location.search && !embedded) history.replaceState(history.state, '', query);
  }
});

on('told', (told) => {   // the words above are all there: once more, and from now on the reader's own
  if (returning && told.serial === state.serial && told.state !== 'partial') { const to = returning; returning = null; afterPaint(() => goBack(to)); }
});

on('words', (told) => { show('entry'); document.title = `${told.title} · Modelarium`; });

function show(view) {
  if (!view) return;
  const moved = current && (current !== view || document.body.dataset.entry !== String(state.entry));
  document.body.dataset.view = view;
  document.body.dataset.entry = String(state.entry);
  if (current !== view) emit('view', current = view);
  if (!moved) return;
  toTop();
  if (returning) afterPaint(() => returning && goBack(returning));
  afterPaint(() => {   // a link that left the page took the focus with it
    const lost = document.activeElement === document.body || document.activeElement.offsetParent === null;
    if (lost) [...document.querySelectorAll(TITLES[view])].find((title) => title.offsetParent)?.focus({ preventScroll: true });
  });
}

// A change that the server has not taken yet stands in the address, so that it outlives the page.
on('lost', ({ entry, values }) => {
  if (!entry || embedded) return;
  const changed = Object.entries(values).filter(([name, value]) => value !== state.preset[name]);
  history.replaceState(null, '', kept(`?${new URLSearchParams([['entry', entry], ...changed])}`));
});

addEventListener('popstate', ({ state: stood }) => {
  clearTimeout(still);
  returning = stood;
  open(location.search);
});

document.body.dataset.view = viewOf(location.search);   // the frame stands before the first answer
open(location.search);
