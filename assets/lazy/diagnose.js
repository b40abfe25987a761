// Diagnose: one of the entry's switches is thrown unseen, or none; the figures must tell which.

import { on, state, turn } from '../js/hub.js';

let box = null;
let thrown = null;   // the change of controls as text, {} for none

const switches = () => [...document.querySelectorAll('#claims .sw[data-claim]')];

// Each switch once, though it may break several claims; and none at all.
function suspects() {
  const known = new Map(switches().map((one) => [one.dataset.change, one.textContent.trim()]));
  return [...known].map(([change, label]) => ({ change, label })).concat({ change: '{}', label: 'nothing: all is as it should be' });
}

export function start() {
  if (thrown || !state.entry) return;
  mend();
  const offered = suspects();
  thrown = offered[Math.floor(Math.random() * offered.length)].change;
  const change = JSON.parse(thrown);
  document.body.classList.add('diagnosing');
  ask(offered);
  turn(change);
}

// The run as the entry tells it: every switch back.
function mend() {
  const names = switches().flatMap((one) => Object.keys(JSON.parse(one.dataset.change)));
  turn(Object.fromEntries(names.map((name) => [name, state.preset[name]])));
}

function ask(offered) {
  box ??= Object.assign(document.createElement('form'), { id: 'diagnosis', className: 'predict' });
  const legend = Object.assign(document.createElement('legend'), { textContent: 'Something may have been switched. What do the figures show?' });
  const set = document.createElement('fieldset');
  set.append(legend, ...offered.map(choice));
  const submit = Object.assign(document.createElement('button'), { type: 'submit', className: 'btn solid', textContent: 'Diagnose', disabled: true });
  const verdict = Object.assign(document.createElement('p'), { className: 'verdict' });
  verdict.setAttribute('role', 'status');
  box.replaceChildren(set, submit, verdict);
  box.classList.remove('answered');
  document.querySelector('#figures').before(box);
  box.oninput = () => { submit.disabled = false; };
  box.onsubmit = (event) => { event.preventDefault(); tell(offered); };
  set.querySelector('input').focus({ preventScroll: true });
  box.scrollIntoView({ block: 'nearest' });
}

function choice({ change, label }) {
  const row = Object.assign(document.createElement('label'), { className: 'choice' });
  const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'diagnosis', value: change });
  row.append(input, Object.assign(document.createElement('span'), { textContent: label }));
  return row;
}

function tell(offered) {
  const right = box.querySelector(':checked').value === thrown;
  const { label } = offered.find((one) => one.change === thrown);
  const what = thrown === '{}' ? 'Nothing was switched' : `It was “${label}”`;
  box.querySelector('.verdict').textContent = `${right ? 'You had it. ' : ''}${what}.${thrown === '{}' ? '' : ' The claims say what to look for; their switch mends it.'}`;
  box.querySelectorAll('input').forEach((input) => { input.disabled = true; });
  box.classList.add('answered');
  end();
}

function end() {
  if (!thrown) return;
  thrown = null;
  document.body.classList.remove('diagnosing');
  turn();   // so that the address says what stands
}

on('opening', () => { thrown = null; document.body.classList.remove('diagnosing'); box?.remove(); });
