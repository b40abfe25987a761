// Diagnose: one of the entry's switches is thrown unseen, or none; the figures must tell which.

import { on, state, turn } from '../js/hub.js';
import { stood } from '../js/mode.js';

let box = null;
let thrown = null;   // the change of controls as text, {} for none
let before = {};     // values of what may be switched

const switches = () => [...document.querySelectorAll('#claims .sw[data-claim]')];

// Each switch once, though it may break several claims; and none at all.
function suspects() {
  const known = new Map(switches().map((one) => [one.dataset.change, one.textContent.trim()]));
  return [...known].map(([change, label]) => ({ change, label })).concat({ change: '{}', label: 'nothing: all is as it should be' });
}

let arrived = () => {};
on('told', () => arrived());

export async function start() {
  if (thrown || !state.entry) return;
  const offered = suspects();
  const names = offered.flatMap(({ change }) => Object.keys(JSON.parse(change)));
  const open = switches().filter((one) => one.getAttribute('aria-checked') === 'true').flatMap((one) => Object.keys(JSON.parse(one.dataset.change)));
  before = Object.fromEntries(names.map((name) => [name, open.includes(name) ? state.preset[name] : state.values[name]]));
  if (open.length) {   // what is broken in view is mended first, and the address says so
    const there = new Promise((done) => { arrived = done; });
    turn(before);
    await there;
  }
  thrown = offered[Math.floor(Math.random() * offered.length)].change;
  document.body.classList.add('diagnosing');
  ask(offered);
  turn({ ...before, ...JSON.parse(thrown) });
}

// Out of the exercise: what was switched is put back, and the address says what stands again.
export function leave() {
  if (!thrown) return;
  state.query = stood(state.query);
  forget();
  box.remove();
  turn(before);
}

function forget() {
  thrown = null;
  document.body.classList.remove('diagnosing', 'diagnosed');
}

function ask(offered) {
  box ??= Object.assign(document.createElement('form'), { id: 'diagnosis', className: 'predict' });
  const legend = Object.assign(document.createElement('legend'), { textContent: 'Something may have been switched. What do the figures show?' });
  const set = document.createElement('fieldset');
  set.append(legend, ...offered.map(choice));
  const submit = Object.assign(document.createElement('button'), { type: 'submit', className: 'btn solid', textContent: 'Diagnose', disabled: true });
  const verdict = Object.assign(document.createElement('p'), { className: 'verdict' });
  verdict.setAttribute('role', 'status');
  const done = Object.assign(document.createElement('button'), { type: 'button', className: 'btn line', textContent: 'Put it back' });
  done.addEventListener('click', leave);
  box.replaceChildren(set, submit, verdict, done);
  box.classList.remove('answered');
  document.querySelector('#figures').before(box);
  box.oninput = () => { submit.disabled = false; };
  box.onsubmit = (event) => { event.preventDefault(); tell(offered, done); };
  set.querySelector('input').focus({ preventScroll: true });
  box.scrollIntoView({ block: document.body.classList.contains('class') ? 'nearest' : 'start' });   // a class has no bar above
}

function choice({ change, label }) {
  const row = Object.assign(document.createElement('label'), { className: 'choice' });
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'diagnosis', value: change });
  row.append(input, Object.assign(document.createElement('span'), { textContent: label }));
  return row;
}

function tell(offered, done) {
  const right = box.querySelector(':checked').value === thrown;
  const { label } = offered.find((one) => one.change === thrown);
  const what = thrown === '{}' ? 'Nothing was switched' : `It was “${label}”`;
  box.querySelector('.verdict').textContent = `${right ? 'You had it. ' : ''}${what}.${thrown === '{}' ? '' : ' The claims say what to look for.'}`;
  box.querySelectorAll('input').forEach((input) => { input.disabled = true; });
  box.classList.add('answered');
  document.body.classList.add('diagnosed');   // what was hidden is in view; the address keeps what stood before
  done.focus({ preventScroll: true });
}

on('values', (changes) => { if (document.body.classList.contains('diagnosed') && Object.keys(changes).length) { forget(); box.remove(); } });
on('opening', () => { if (thrown) forget(); box?.remove(); });

document.addEventListener('keydown', (event) => { if (event.key === 'Escape') leave(); });
