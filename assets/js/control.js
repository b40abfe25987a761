// One control, drawn from its description: what it takes is known before it is sent.

import { server } from './hub.js';
import { styled } from './lazy.js';
import { scaleOf, shown } from './scale.js';

// {spec, element, input, set(value), complain(line)}; `turn` is told {name: value} when a person changes it.
export function control(spec, id, turn) {
  const row = { spec, turn, element: make('div', { className: 'ctl' }), error: make('p', { className: 'error', hidden: true, id: `${id}-error` }) };
  row.error.setAttribute('role', 'alert');
  row.element.dataset.control = spec.name;
  if (spec.more) row.element.classList.add('more');
  const parts = KINDS[kindOf(spec)](spec, id, row);
  row.element.append(...parts, row.error);
  row.input.setAttribute('aria-describedby', row.error.id);
  if (spec.help) row.element.title = spec.help;
  row.complain = (line) => {
    row.error.textContent = line;
    row.error.hidden = !line;
    row.input.setAttribute('aria-invalid', String(Boolean(line)));
  };
  return row;
}

function kindOf(spec) {
  if (spec.kind === 'choice') {
    const letters = spec.choices.map(String).join('').length;
    return spec.choices.length <= 4 && letters + 3 * spec.choices.length <= 32 ? 'segments' : 'select';
  }
  if (['text', 'switch', 'drawing', 'points', 'edges'].includes(spec.kind)) return spec.kind;
  return scaleOf(spec) ? 'range' : 'number';
}

const KINDS = {
  range(spec, id, row) {
    const scale = scaleOf(spec);
    const output = make('output', { htmlFor: id });
    const input = make('input', { type: 'range', id, name: spec.name, min: 0, max: scale.last, step: 1 });
    const write = (value) => {
      const last = value === -1 && /\blast\b/.test(spec.help);
      output.textContent = row.names ? called(row.names, value) : last ? 'last' : shown(value, spec.unit);
      input.setAttribute('aria-valuetext', output.textContent);
      input.style.setProperty('--p', `${(100 * input.value) / scale.last}%`);
    };
    row.set = (value) => { input.value = scale.place(value); write(value); };
    row.rename = (names) => { row.names = names; write(scale.value(Number(input.value))); };
    input.addEventListener('input', () => {
      const value = scale.value(Number(input.value));
      write(value);
      row.turn({ [spec.name]: value });
    });
    row.input = input;
    return [label(spec, id, output), input];
  },

  number(spec, id, row) {
    const input = make('input', { type: 'text', inputMode: 'decimal', id, name: spec.name, className: 'field num', autocomplete: 'off' });
    row.set = (value) => { if (document.activeElement !== input || Number(input.value) !== value) input.value = value; };
    typed(input, () => {
      const value = Number(input.value);
      row.turn({ [spec.name]: input.value.trim() === '' || Number.isNaN(value) ? input.value : value });
    });
    row.input = input;
    return [label(spec, id), input];
  },

  text(spec, id, row) {
    row.element.classList.add('two');
    const input = make('input', { type: 'text', id, name: spec.name, className: 'field', dir: 'auto', autocomplete: 'off', spellcheck: false });
    row.set = (value) => { if (input.value !== value) input.value = value; };
    typed(input, () => row.turn({ [spec.name]: input.value }), 450);
    row.input = input;
    if (!spec.words) return [label(spec, id), input];
    const offers = make('div', { className: 'offers' });
    offers.setAttribute('aria-label', `Words and sentences for ${spec.label}`);
    const put = (value) => { input.value = value; input.focus(); row.turn({ [spec.name]: value }); };
    input.addEventListener('focus', () => offer(input, offers, put));
    input.addEventListener('input', () => offer(input, offers, put));
    return [label(spec, id), input, offers];
  },

  select(spec, id, row) {
    const input = make('select', { id, name: spec.name, className: 'field' });
    input.append(...spec.choices.map((choice, index) => make('option', { value: index, textContent: worded(choice) })));
    row.set = (value) => { input.selectedIndex = spec.choices.indexOf(value); };
    input.addEventListener('change', () => row.turn({ [spec.name]: spec.choices[input.selectedIndex] }));
    row.input = input;
    const box = make('div', { className: 'sel' });
    box.append(input, icon('m3 6 5 5 5-5'));
    return [label(spec, id), box];
  },

  segments(spec, id, row) {
    const group = make('div', { className: 'seg' });
    group.setAttribute('role', 'radiogroup');
    group.setAttribute('aria-labelledby', `${id}-label`);
    const inputs = spec.choices.map((choice, index) => make('input', { type: 'radio', name: spec.name, value: index, id: `${id}-${index}` }));
    group.append(...inputs.map((input, index) => {
      const cell = make('label', {});
      cell.append(input, make('span', { textContent: worded(spec.choices[index]) }));
      input.addEventListener('change', () => row.turn({ [spec.name]: spec.choices[index] }));
      return cell;
    }));
    row.set = (value) => { const at = spec.choices.indexOf(value); if (inputs[at]) inputs[at].checked = true; };
    row.input = group;
    const name = make('span', { className: 'lab', id: `${id}-label`, textContent: spec.label });
    return [name, group];
  },

  drawing: (spec, id, row) => fetched('drawing', drawings, spec, id, row),

  points: (spec, id, row) => fetched('points', pointSets, spec, id, row),

  edges: (spec, id, row) => fetched('edges', edgeSets, spec, id, row),

  switch(spec, id, row) {
    const input = make('button', { type: 'button', id, className: 'sw' });
    input.setAttribute('role', 'switch');
    input.setAttribute('aria-labelledby', `${id}-label`);
    const word = make('span', {});
    input.append(make('i', {}), word);
    row.set = (value) => { input.setAttribute('aria-checked', String(Boolean(value))); word.textContent = value ? 'on' : 'off'; };
    input.addEventListener('click', () => row.turn({ [spec.name]: input.getAttribute('aria-checked') !== 'true' }));
    row.input = input;
    return [make('span', { className: 'lab', id: `${id}-label`, textContent: spec.label }), input];
  },
};

const module = (name) => { let found = null; return () => (found ??= Promise.all([import(`../lazy/${name}.js`), styled(name)]).then(([one]) => one)); };
const drawings = module('drawing');
const pointSets = module('points');
const edgeSets = module('edges');

// A control of several parts, whose module is fetched when the first of its kind is on the page.
function fetched(name, load, spec, id, row) {
  row.element.classList.add('two');
  const input = make('div', { id, className: name });
  input.setAttribute('role', 'group');
  input.setAttribute('aria-labelledby', `${id}-label`);
  row.input = input;
  let newest = '';
  row.set = (value) => { newest = value; };
  load().then(({ mount }) => {
    row.set = mount(input, spec, (value) => row.turn({ [spec.name]: value }));
    row.set(newest);
  });
  return [make('span', { className: 'lab', id: `${id}-label`, textContent: spec.label }), input];
}

// “in (last)”, “lives (1)”: a token by its word, as the figures name it.
function called(names, value) {
  const word = names.at(value);
  const place = value === -1 ? 'last' : shown(value);
  return word === undefined ? place : `${word} (${place})`;
}

let vocabulary = null;

// While a word is being typed, known words that begin so; else whole sentences to try.
async function offer(input, offers, put) {
  vocabulary ??= await server('words', null).catch(() => null);
  if (!vocabulary) return;
  const begun = input.value.match(/[^\W\d_]+$/u)?.[0] ?? '';
  const words = begun ? vocabulary.words.filter((word) => word.toLowerCase().startsWith(begun.toLowerCase()) && word !== begun).slice(0, 8) : [];
  const chips = words.length
    ? words.map((word) => [word, `${input.value.slice(0, input.value.length - begun.length)}${word} `])
    : vocabulary.examples.filter((one) => one !== input.value).map((one) => [one, one]);
  offers.replaceChildren(...chips.map(([text, value]) => {
    const chip = make('button', { type: 'button', className: 'chip', textContent: text });
    chip.addEventListener('mousedown', (event) => event.preventDefault());   // the field keeps the focus
    chip.addEventListener('click', () => put(value));
    return chip;
  }));
}

// What is typed runs after a pause, or at once with Enter or on leaving the field.
function typed(input, run, pause = 300) {
  let timer = 0;
  let last = null;
  const now = () => { clearTimeout(timer); if (last !== null && input.value !== last) run(); last = null; };
  input.addEventListener('focus', () => { last = input.value; });
  input.addEventListener('input', () => {
    clearTimeout(timer);
    timer = setTimeout(() => { last = input.value; run(); }, pause);
  });
  input.addEventListener('change', now);
  input.addEventListener('keydown', (event) => { if (event.key === 'Enter') { clearTimeout(timer); last = input.value; run(); } });
}

function label(spec, id, output) {
  const element = make('label', { htmlFor: id });
  element.append(make('span', { textContent: spec.label }), ...(output ? [output] : []));
  return element;
}

const worded = (choice) => String(choice).replaceAll('_', ' ');

function make(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

function icon(d) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', 'i');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', d);
  svg.append(path);
  return svg;
}
