// Predict first: the result is hidden until every guess is in.

import { on, server, state } from './hub.js';
import { shown } from './scale.js';

const panel = () => document.querySelector('#predictions .predictions');
const button = () => document.querySelector('#bar [data-act=predict]');

export function hide(on) {
  document.body.classList.toggle('predicting', on);
  panel().hidden = !on && !panel().querySelector('.answered');
  button()?.setAttribute('aria-pressed', String(document.body.classList.contains('predicting')));
}

document.addEventListener('click', (event) => {
  if (event.target.closest('[data-act=predict]')) {
    const start = !document.body.classList.contains('predicting');
    if (start) panel().querySelectorAll('form').forEach(clear);
    hide(start);
    if (!start) panel().hidden = true;
    if (start) { panel().querySelector('input')?.focus(); scrollTo({ top: 0 }); }
  }
  if (event.target.closest('[data-act=reveal]')) hide(false);
});

function clear(form) {
  form.reset();
  form.classList.remove('answered');
  form.querySelector('.verdict').replaceChildren();
  form.querySelector('[type=submit]').disabled = true;
  form.querySelectorAll('input').forEach((input) => { input.disabled = false; });
  const slider = form.querySelector('[type=range]');
  if (slider) { slider.dataset.empty = ''; slider.style.setProperty('--p', '0%'); form.querySelector('output').textContent = '–'; }
}

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
  const form = event.target.closest('form.predict');
  if (!form) return;
  event.preventDefault();
  const slider = form.querySelector('[type=range]');
  const guess = slider ? Number(slider.value) : Number(form.querySelector(':checked')?.value);
  form.querySelectorAll('input, [type=submit]').forEach((input) => { input.disabled = true; });
  const told = await server('predict', { entry: state.entry, index: Number(form.dataset.index), guess });
  form.querySelector('.verdict').innerHTML = told.html;   // escaped by the server
  form.classList.add('answered');
  if (!panel().querySelector('form:not(.answered)')) hide(false);
});

on('words', () => document.body.classList.remove('predicting'));
let last = null;
on('told', (told) => {
  if (told.entry && told.entry !== last) { last = told.entry; document.body.classList.remove('predicting'); button()?.setAttribute('aria-pressed', 'false'); }
});
