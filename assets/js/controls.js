// The controls of an experiment, drawn from their description: what each takes is known before it is sent.

import { on, state, turn } from './hub.js';
import { scaleOf, shown } from './scale.js';
import { follow } from './value.js';

let root = null;
const drawn = new Map();   // name → {spec, element, set(value), row}

export function mount(given) {
  root = given.element;
  root.classList.add('controls');
  follow(given, receive);
}

function receive(told) {
  const same = state.controls === JSON.stringify([told.entry, told.specs.map(({ value, ...spec }) => spec)]);
  Object.assign(state, { specs: told.specs, preset: told.preset });
  if (!same) {
    state.controls = JSON.stringify([told.entry, told.specs.map(({ value, ...spec }) => spec)]);
    drawn.clear();
    root.replaceChildren(...told.specs.map(control));
  }
  for (const spec of told.specs) put(spec.name, spec.value);
}

function put(name, value) {
  const row = drawn.get(name);
  if (!row) return;
  row.set(value);
  complain(name, '');
}

function complain(name, line) {
  const row = drawn.get(name);
  if (!row) return false;
  if (line && row.spec.more) more(true);
  row.error.textContent = line;
  row.error.hidden = !line;
  row.input.setAttribute('aria-invalid', String(Boolean(line)));
  return true;
}

// Shows or hides the controls that are out of sight at first.
export function more(open = !document.body.classList.contains('more-controls')) {
  document.body.classList.toggle('more-controls', open);
  document.querySelector('[data-act=more]').setAttribute('aria-expanded', String(open));
}

on('values', (changes) => { for (const [name, value] of Object.entries(changes)) put(name, value); });

on('told', (told) => {
  if (told.state === 'refused') {
    for (const [name, line] of Object.entries(told.problems)) {
      const label = drawn.get(name)?.spec.label;
      if (!complain(name, label ? `${label} ${line}` : line)) complain([...drawn.keys()][0], line);
    }
    return;
  }
  if (!told.values || told.serial !== state.serial || state.due) return;
  for (const [name, value] of Object.entries(told.values)) {
    if (drawn.get(name)?.element.contains(document.activeElement)) complain(name, '');   // not under the hand that turns it
    else put(name, value);
  }
});

function control(spec) {
  const id = `control-${spec.name}`;
  const row = { spec, element: make('div', { className: 'ctl' }), error: make('p', { className: 'error', hidden: true, id: `${id}-error` }) };
  row.error.setAttribute('role', 'alert');
  if (spec.more) row.element.classList.add('more');
  const parts = KINDS[kindOf(spec)](spec, id, row);
  row.element.append(...parts, row.error);
  row.input.setAttribute('aria-describedby', row.error.id);
  if (spec.help) row.element.title = spec.help;
  drawn.set(spec.name, row);
  return row.element;
}

function kindOf(spec) {
  if (spec.kind === 'choice') {
    const letters = spec.choices.map(String).join('').length;
    return spec.choices.length <= 4 && letters + 3 * spec.choices.length <= 32 ? 'segments' : 'select';
  }
  if (spec.kind === 'text' || spec.kind === 'switch') return spec.kind;
  return scaleOf(spec) ? 'range' : 'number';
}

const KINDS = {
  range(spec, id, row) {
    const scale = scaleOf(spec);
    const output = make('output', { htmlFor: id });
    const input = make('input', { type: 'range', id, name: spec.name, min: 0, max: scale.last, step: 1 });
    const write = (value) => {
      output.textContent = shown(value, spec.unit);
      input.setAttribute('aria-valuetext', output.textContent);
      input.style.setProperty('--p', `${(100 * input.value) / scale.last}%`);
    };
    row.set = (value) => { input.value = scale.place(value); write(value); };
    input.addEventListener('input', () => {
      const value = scale.value(Number(input.value));
      write(value);
      turn({ [spec.name]: value });
    });
    row.input = input;
    return [label(spec, id, output), input];
  },

  number(spec, id, row) {
    const input = make('input', { type: 'text', inputMode: 'decimal', id, name: spec.name, className: 'field num', autocomplete: 'off' });
    row.set = (value) => { if (document.activeElement !== input || Number(input.value) !== value) input.value = value; };
    typed(input, () => {
      const value = Number(input.value);
      turn({ [spec.name]: input.value.trim() === '' || Number.isNaN(value) ? input.value : value });
    });
    row.input = input;
    return [label(spec, id), input];
  },

  text(spec, id, row) {
    row.element.classList.add('two');
    const input = make('input', { type: 'text', id, name: spec.name, className: 'field', dir: 'auto', autocomplete: 'off', spellcheck: false });
    row.set = (value) => { if (input.value !== value) input.value = value; };
    typed(input, () => turn({ [spec.name]: input.value }), 450);
    row.input = input;
    return [label(spec, id), input];
  },

  select(spec, id, row) {
    const input = make('select', { id, name: spec.name, className: 'field' });
    input.append(...spec.choices.map((choice, index) => make('option', { value: index, textContent: worded(choice) })));
    row.set = (value) => { input.selectedIndex = spec.choices.indexOf(value); };
    input.addEventListener('change', () => turn({ [spec.name]: spec.choices[input.selectedIndex] }));
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
      input.addEventListener('change', () => turn({ [spec.name]: spec.choices[index] }));
      return cell;
    }));
    row.set = (value) => { const at = spec.choices.indexOf(value); if (inputs[at]) inputs[at].checked = true; };
    row.input = group;
    const name = make('span', { className: 'lab', id: `${id}-label`, textContent: spec.label });
    return [name, group];
  },

  switch(spec, id, row) {
    const input = make('button', { type: 'button', id, className: 'sw' });
    input.setAttribute('role', 'switch');
    input.setAttribute('aria-labelledby', `${id}-label`);
    const word = make('span', {});
    input.append(make('i', {}), word);
    row.set = (value) => { input.setAttribute('aria-checked', String(Boolean(value))); word.textContent = value ? 'on' : 'off'; };
    input.addEventListener('click', () => turn({ [spec.name]: input.getAttribute('aria-checked') !== 'true' }));
    row.input = input;
    return [make('span', { className: 'lab', id: `${id}-label`, textContent: spec.label }), input];
  },
};

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
