// Predict first: one question after the other, each with the result hidden until its guess is in.

import { toTop } from './frame.js';
import { on, server, state, turn } from './hub.js';
import { shown } from './scale.js';

const panel = () => document.querySelector('#predictions .predictions');
const button = () => document.querySelector('#bar [data-act=predict]');

// What a form asks, as the server knows it.
export const asked = (form) => JSON.parse(form.dataset.place);

// Some answers need more than a form has: maps to choose from, a frame to draw in.
export function prepare(form) {
  for (const box of form.querySelectorAll('[data-lazy]')) import(`../lazy/${box.dataset.lazy}.js`).then((module) => module.mount(box, form));
}

// A number of the slider, the index of a choice or a map, the heights of a curve; null until there is one.
export function guessed(form) {
  const curve = form.querySelector('[name=curve]');
  if (curve) return curve.value ? JSON.parse(curve.value) : null;
  const slider = form.querySelector('[type=range]');
  if (slider) return 'empty' in slider.dataset ? null : Number(slider.value);
  const chosen = form.querySelector(':checked');
  return chosen ? Number(chosen.value) : null;
}

// Closes a form and shows what was measured beside its guess.
export async function reveal(form) {
  form.querySelectorAll('input, [type=submit]').forEach((input) => { input.disabled = true; });
  const answer = await server('predict', { ...asked(form), guess: guessed(form) });
  form.querySelector('.verdict').innerHTML = answer.html;   // escaped by the server
  form.classList.add('answered');
  mark(form, answer.right);
  form.dispatchEvent(new CustomEvent('answered', { detail: answer }));
  return answer;
}

function mark(form, right) {
  const choice = form.querySelectorAll('.choice')[right ?? -1];
  choice?.classList.add('right');
  choice?.append(Object.assign(document.createElement('small'), { textContent: 'measured' }));
}

let arrived = () => {};
on('told', () => arrived());

// Sets the controls as a question asks; once that run is on the page, gives the values from before.
export async function ran(form) {
  const change = JSON.parse(form.dataset.set);
  const before = Object.fromEntries(Object.keys(change).map((name) => [name, state.values[name]]));
  if (Object.keys(change).every((name) => change[name] === before[name])) return {};
  const there = new Promise((done) => { arrived = done; });
  turn(change);
  await there;
  return before;
}

let before = {};   // values that the last reveal changed

// What one question shows could answer another: one at a time, each from the reader's own setting.
function ask(form) {
  for (const one of panel().querySelectorAll('form')) one.hidden = one !== form;
  panel().querySelector('[data-next]').hidden = true;
  if (Object.keys(before).length) turn(before);
  before = {};
  hide(true);
  form.querySelector('input')?.focus();
  prepare(form);   // its frames have a size now
}

function hide(hidden) {
  document.body.classList.toggle('predicting', hidden);
  panel().hidden = !hidden && !panel().querySelector('.answered');
  button()?.setAttribute('aria-pressed', String(hidden));
}

function clear(form) {
  form.reset();
  for (const curve of form.querySelectorAll('[name=curve]')) curve.value = '';
  form.querySelectorAll('.right').forEach((choice) => { choice.classList.remove('right'); choice.lastChild.remove(); });
  form.classList.remove('answered');
  form.querySelector('.verdict').replaceChildren();
  form.querySelector('[type=submit]').disabled = true;
  form.querySelectorAll('input').forEach((input) => { input.disabled = false; });
  const slider = form.querySelector('[type=range]');
  if (slider) { slider.dataset.empty = ''; slider.style.setProperty('--p', '0%'); form.querySelector('output').textContent = '–'; }
}

document.addEventListener('click', (event) => {
  if (event.target.closest('#predictions [data-next]')) return void ask(panel().querySelector('form:not(.answered)'));
  if (!event.target.closest('[data-act=predict]')) return;
  if (!panel()) return;   // the questions come with the first result
  const start = !document.body.classList.contains('predicting');
  hide(start);
  panel().hidden = !start;
  if (!start) return;
  before = {};
  panel().querySelectorAll('form').forEach(clear);
  ask(panel().querySelector('form'));
  toTop();
});

document.addEventListener('input', (event) => {
  const form = event.target.closest('form.predict');
  if (!form) return;
  form.querySelector('[type=submit]').disabled = false;
  if (event.target.type !== 'range') return;
  delete event.target.dataset.empty;
  const { min, max, value, dataset } = event.target;
  event.target.style.setProperty('--p', `${(100 * (value - min)) / (max - min)}%`);
  form.querySelector('output').textContent = shown(Number(value), dataset.unit);
});

document.addEventListener('submit', async (event) => {
  const form = event.target.closest('#predictions form.predict');
  if (!form) return;
  event.preventDefault();
  [before] = await Promise.all([ran(form), reveal(form)]);
  hide(false);
  panel().querySelector('[data-next]').hidden = !panel().querySelector('form:not(.answered)');
});

function leave() {
  document.body.classList.remove('predicting');
  button()?.setAttribute('aria-pressed', 'false');
}

on('words', leave);
let last = null;
on('told', (told) => {
  if (told.entry && told.entry !== last) { last = told.entry; leave(); }
});
