// Two sides: their controls, their figures on shared scales, and what differs. The address holds both.

import { go } from '../js/address.js';
import { Controls } from '../js/controls.js';
import { View, taken } from '../js/figure.js';
import { ask, state } from '../js/hub.js';
import { lay } from '../js/panel.js';
import { listed } from '../js/rail.js';

export function mount(element) {
  const page = new Comparison(element);
  return (part) => page.draw(part);
}

const SIDES = ['left', 'right'];

const side = (name) => `<section class="side ${name}" aria-label="${name} side"><div class="head"></div>
  <div class="pick ctl"><label for="${name}-entry"><span>Entry</span></label><div class="sel"><select class="field" id="${name}-entry"></select>
  <svg class="i" viewBox="0 0 16 16" aria-hidden="true"><path d="m3 6 5 5 5-5"/></svg></div></div>
  <form class="own"></form><p class="live"></p><div class="told"></div></section>`;

class Comparison {
  constructor(element) {
    element.innerHTML = `<div class="cp"><div class="top"></div><p class="said" aria-live="polite"></p>
      <div class="same" hidden><span></span><button type="button" class="btn" data-act="inputs" aria-expanded="false" aria-controls="inputs">Change them</button>
        <button type="button" class="btn" data-act="more" aria-expanded="false">More controls</button></div>
      <form id="inputs" hidden></form><div class="sides">${SIDES.map(side).join('')}</div><div class="rows"></div>
      <div class="low"><div class="sheet"></div><div class="others"></div></div></div>`;
    const find = (selector) => element.querySelector(selector);
    this.places = Object.fromEntries(['top', 'said', 'same', 'rows', 'sheet', 'others'].map((name) => [name, find(`.${name}`)]));
    this.inputs = find('#inputs');
    this.sides = SIDES.map((name, index) => {
      const root = find(`.side.${name}`);
      const pick = root.querySelector('select');
      entries().then((groups) => { pick.append(...groups); pick.value = this.entries[index]; });
      pick.addEventListener('change', () => this.choose(index, pick.value));
      return { root, pick, controls: new Controls(root.querySelector('.own'), (changes) => this.turn(index, changes), name) };
    });
    this.both = new Controls(this.inputs, (changes) => this.turn(0, changes), 'both');
    this.rows = [];
    this.entries = [null, null];
    this.values = [{}, {}];
    this.shared = new Set();
    element.addEventListener('submit', (event) => event.preventDefault());
    element.addEventListener('click', (event) => this.pressed(event.target.closest('[data-act]')));
  }

  pressed(button) {
    const { act, name } = button?.dataset ?? {};
    if (act === 'swap') go(this.query(1, 0));
    if (act === 'inputs') {
      this.inputs.hidden = !this.inputs.hidden;
      button.setAttribute('aria-expanded', String(!this.inputs.hidden));
    }
    if (act === 'apart') this.shared.delete(name);
    if (act === 'join') this.shared.add(name);
    if (act === 'apart' || act === 'join') ask(() => ({ query: this.query() }));
  }

  // Another entry keeps nothing but the seed, which every entry has.
  choose(index, entry) {
    const seed = this.values[0].seed ? `&seed=${this.values[0].seed}` : '';
    const [left, right] = this.entries.with(index, entry);
    go(`?entry=${left}${seed}&with=${right}`);
  }

  turn(index, changes) {
    Object.assign(this.values[index], changes);
    ask(() => ({ query: this.query() }));
  }

  query(left = 0, right = 1) {
    const own = Object.entries(this.values[right]).filter(([name]) => !this.shared.has(name)).map(([name, value]) => [`with.${name}`, value]);
    return `?${new URLSearchParams([['entry', this.entries[left]], ...Object.entries(this.values[left]), ['with', this.entries[right]], ...own])}`;
  }

  draw(part) {
    lay(this.places.top, part.bar);
    lay(this.places.said, part.said);
    part.sides.forEach(({ head }, index) => lay(this.sides[index].root.querySelector('.head'), head));
    if (part.rows) this.fill(part);
  }

  fill(part) {
    this.entries = part.sides.map((one) => one.entry);
    if (!state.due && state.shown === state.serial) {   // else what was just turned is newer
      this.values = part.sides.map((one) => one.values);
      this.shared = new Set(part.shared.map((spec) => spec.name));
    }
    const specs = part.sides.map((one) => one.specs);
    const pick = (index) => (picked) => {
      const values = taken(picked, [...specs[index], ...part.shared], this.values[index]);
      for (const [name, value] of Object.entries(values)) this.turn(this.shared.has(name) ? 0 : index, { [name]: value });
    };
    this.picks = SIDES.map((_, index) => pick(index));
    if (this.both.draw('both', part.shared, true)) this.tie(this.both, () => ['apart', 'set apart']);
    this.places.same.hidden = false;
    lay(this.places.same.firstElementChild, part.same);
    this.places.same.querySelector('[data-act=inputs]').hidden = !part.shared.length;
    this.sides.forEach(({ root, pick: select, controls }, index) => {
      const { entry, notices, badge } = part.sides[index];
      select.value = entry;
      const other = controls.draw(`${entry} ${part.common}`, specs[index], true);
      if (other && index) this.tie(controls, (name) => part.common.includes(name) && ['join', 'as on the left']);
      root.querySelector('.live').textContent = badge;
      lay(root.querySelector('.told'), notices);
    });
    lay(this.places.sheet, part.table);
    lay(this.places.others, part.pairs);
    part.rows.forEach((row, index) => row.forEach((told, place) => this.row(index)[place].receive(told)));
    this.rows.slice(part.rows.length).flat().forEach((view) => view.clear());
  }

  // A button under each control that `says` has one for.
  tie({ rows }, says) {
    for (const { spec, element } of rows.values()) {
      const [act, words] = says(spec.name) || [];
      if (!act) continue;
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'tie', textContent: words });
      Object.assign(button.dataset, { act, name: spec.name });
      button.setAttribute('aria-label', `${spec.label}: ${words}`);
      element.append(button);
    }
  }

  // The two views of a row, made when first needed; what steps stands under both.
  row(index) {
    if (!this.rows[index]) {
      const element = Object.assign(document.createElement('div'), { className: 'row' });
      element.innerHTML = `${SIDES.map((name) => `<div class="cell ${name}"></div>`).join('')}<div class="stepper"></div>`;
      this.places.rows.append(element);
      const stand = element.lastElementChild;
      this.rows[index] = SIDES.map((_, place) => {
        const block = element.children[place];
        return new View(block, { block, page: 'compare', stand, pick: (...picked) => this.picks[place](...picked) });
      });
    }
    return this.rows[index];
  }
}

// Every entry there is, as the catalogue lists them.
async function entries() {
  const chapters = [...document.querySelectorAll('#rail .cat > li')];
  await Promise.all(chapters.map(listed));
  return chapters.map((chapter) => {
    const group = Object.assign(document.createElement('optgroup'), { label: chapter.querySelector('button span').textContent });
    group.append(...[...chapter.querySelectorAll('a')].map((link) => new Option(link.firstElementChild.textContent, link.dataset.entry)));
    return group;
  });
}
