// The controls of an experiment, drawn from their descriptions (docs/decisions/0002-controls.md).

import { control } from './control.js';
import { on, state, turn } from './hub.js';
import { follow } from './value.js';

// A set of controls at one place of the page. Ids begin with `prefix`, so that two sets can stand beside each other.
export class Controls {
  constructor(root, turns, prefix = 'control') {
    Object.assign(this, { root, turns, prefix, rows: new Map(), kind: '' });
    root.classList.add('controls');
  }

  // True if the controls are other ones than before. Gently: what a hand is on keeps its value.
  draw(entry, specs, gently = false) {
    const kind = JSON.stringify([entry, specs.map(({ value, ...spec }) => spec)]);
    const other = kind !== this.kind;
    if (other) {
      this.kind = kind;
      this.rows = new Map(specs.map((spec) => [spec.name, control(spec, `${this.prefix}-${spec.name}`, this.turns)]));
      this.root.replaceChildren(...[...this.rows.values()].map((row) => row.element));
    }
    for (const spec of specs) if (other || !gently || !this.held(spec.name)) this.put(spec.name, spec.value);
    return other;
  }

  put(name, value) {
    this.rows.get(name)?.set(value);
    this.rows.get(name)?.complain('');
  }

  held(name) { return Boolean(this.rows.get(name)?.element.contains(document.activeElement)); }
}

// Shows or hides the controls that are out of sight at first.
export function more(open = !document.body.classList.contains('more-controls')) {
  document.body.classList.toggle('more-controls', open);
  document.querySelectorAll('[data-act=more]').forEach((button) => button.setAttribute('aria-expanded', String(open)));
}

export function mount(given) {
  const controls = new Controls(given.element, turn);
  follow(given, (told) => {
    Object.assign(state, { specs: told.specs, preset: told.preset });
    controls.draw(told.entry, told.specs, told.gently);
  });
  on('named', (named) => { for (const [name, words] of Object.entries(named)) controls.rows.get(name)?.rename?.(words); });
  on('values', (changes) => { for (const [name, value] of Object.entries(changes)) controls.put(name, value); });
  on('told', (told) => {
    if (told.state === 'refused') return refuse(controls, told.problems);
    if (!told.values || told.serial !== state.serial || state.due) return;
    for (const [name, value] of Object.entries(told.values)) {
      if (controls.held(name)) controls.rows.get(name).complain('');
      else controls.put(name, value);
    }
  });
}

function refuse({ rows }, problems) {
  for (const [name, line] of Object.entries(problems)) {
    const row = rows.get(name);
    if (row?.spec.more && line) more(true);
    if (row) row.complain(`${row.spec.label} ${line}`);
    else [...rows.values()][0]?.complain(line);
  }
}
