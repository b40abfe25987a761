// Everything that a press on the page does, in one place.

import { go } from './address.js';
import { more } from './controls.js';
import { address } from './frame.js';
import { on, open, server, state, stop, turn } from './hub.js';
import { room, stood } from './mode.js';
import { expand } from './rail.js';
import { save } from './save.js';
import { toggle } from './theme.js';

const before = new Map();   // control → the value that a break-it switch replaced

const acts = {
  theme: toggle,
  stop,
  diagnose: () => import('../lazy/diagnose.js').then((exercise) => exercise.start()),
  class: () => go(`${stood(state.query)}&class=1&room=${room()}`),
  source(button) {
    const code = document.getElementById(button.getAttribute('aria-controls'));
    code.hidden = !code.hidden;
    button.setAttribute('aria-expanded', String(!code.hidden));
  },
  break(button) {
    const change = JSON.parse(button.dataset.change);
    const broken = button.getAttribute('aria-checked') === 'true';
    for (const name of Object.keys(change)) if (!broken) before.set(name, state.values[name]);
    button.setAttribute('aria-checked', String(!broken));
    turn(broken ? Object.fromEntries(Object.keys(change).map((name) => [name, mended(name, change[name])])) : change);
  },
  reset() { open(`?entry=${encodeURIComponent(state.entry)}`); },
  more: () => more(),
  tab: (button) => choose(button),
  save: (button) => save(button.dataset.kind),
  compare(button) {   // the state beside the preset it was changed from; unchanged, the first suggested pair
    const changed = [...new URLSearchParams(stood(state.query))].filter(([name]) => name !== 'entry').map(([name, value]) => [`with.${name}`, value]);
    go(changed.length ? `?${new URLSearchParams([['entry', state.entry], ['with', state.entry], ...changed])}` : button.dataset.query);
  },
  async copy(button) {
    const text = address();
    if (await copied(text)) flash(button, 'Copied');
    else offer(button, text);
  },
  alone: (link) => { link.href = address(); },
  async code(button) {
    const code = button.parentElement.querySelector('pre');
    const done = await copied(code.textContent);
    if (!done) getSelection().selectAllChildren(code);
    flash(button, done ? 'Copied' : 'Selected, to be copied by hand');
  },
  drawer() { document.body.classList.toggle('drawer'); },
  find() { document.body.classList.add('drawer'); document.querySelector('#rail input[type=search]').focus(); },
  chapter(button) { expand(button.closest('li'), button.getAttribute('aria-expanded') !== 'true'); },
};

// The value from before the switch; if that is the breaking one, the preset's.
function mended(name, breaking) {
  const was = before.get(name);
  before.delete(name);
  return was === undefined || was === breaking ? state.preset[name] : was;
}

function choose(tab) {
  document.body.dataset.tab = tab.getAttribute('aria-controls');
  for (const other of tab.parentElement.querySelectorAll('[role=tab]')) {
    const chosen = other === tab;
    other.setAttribute('aria-selected', String(chosen));
    other.tabIndex = chosen ? 0 : -1;
  }
}

// A frame may be refused the clipboard; the older way asks for a press, which there was.
async function copied(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement('textarea'), { value: text });
    document.body.append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    return done;
  }
}

// The address to be copied by hand, where neither way is allowed.
function offer(button, text) {
  document.querySelector('.flash.by-hand')?.remove();
  const field = Object.assign(document.createElement('input'), { value: text, readOnly: true, ariaLabel: 'The address, to be copied by hand' });
  const note = Object.assign(document.createElement('span'), { className: 'flash by-hand' });
  note.append('Copy it here: ', field);
  button.after(note);
  field.focus();
  field.select();
  field.addEventListener('blur', () => note.remove());
}

export function flash(button, word) {
  const note = Object.assign(document.createElement('span'), { className: 'flash', textContent: word, role: 'status' });
  button.append(note);
  setTimeout(() => note.remove(), 1400);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act]');
  if (button && acts[button.dataset.act]) return void acts[button.dataset.act](button);
  if (document.body.classList.contains('drawer') && !event.target.closest('#rail')) document.body.classList.remove('drawer');
  const link = event.target.closest('a[href^="?"], a[href^="#"]');
  if (!link || link.target || event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.getAttribute('href').startsWith('#')) {
    const target = document.querySelector(link.getAttribute('href'));
    target.scrollIntoView();
    if (link.classList.contains('skip')) target.querySelector('input, select, button')?.focus();
    return;
  }
  document.body.classList.remove('drawer');
  const query = link.getAttribute('href') === '?' ? '' : link.getAttribute('href');
  go('lesson' in link.dataset ? `${query}&room=${room()}` : query);   // a class of its own
});

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('form.join');
  if (!form) return;
  event.preventDefault();
  const code = form.elements.code.value.trim().toLowerCase();
  const query = await server('join', code);   // where its teacher is
  form.querySelector('output').textContent = query ? '' : `No class has the code ${code} now.`;
  if (query) go(query);
});

document.addEventListener('keydown', (event) => {
  const tab = event.target.closest?.('[role=tab]');
  if (tab && (event.key === 'ArrowLeft' || event.key === 'ArrowRight')) {
    const tabs = [...tab.parentElement.querySelectorAll('[role=tab]')];
    const next = tabs[(tabs.indexOf(tab) + (event.key === 'ArrowRight' ? 1 : tabs.length - 1)) % tabs.length];
    choose(next);
    next.focus();
  }
  if (event.key === 'Escape') document.body.classList.remove('drawer');
});

on('told', (told) => { if (told.entry && told.entry !== document.body.dataset.entry) before.clear(); });
