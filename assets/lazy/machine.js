// Buttons under a figure that runs on in the browser. A machine is a module of ./machines: `create(numbers)` gives
// step(), traces() → { name of a trace: what is laid over it }, says() → a sentence, numbers() → what tests compare;
// and, if it has them, done(), rate (steps a second), acts → [{ label, act() }], touched({ x, y }) → whether it took it.

import { inflate } from '../js/arrays.js';
import { draw } from '../js/stepper.js';

const still = matchMedia('(prefers-reduced-motion: reduce)');
const RATE = 20;

export class Bench {
  constructor(view) {
    this.view = view;
    this.took = false;   // whether the last press on the plot was the machine's
    this.element = Object.assign(document.createElement('div'), { className: 'step machine' });
    this.element.setAttribute('role', 'group');
    this.element.innerHTML = `<button type="button" class="btn play"><svg viewBox="0 0 16 16" aria-hidden="true"><path d=""/></svg></button>
      <button type="button" class="btn line" data-do="step">One step</button><span class="acts"></span><button type="button" class="btn line" data-do="again">Start again</button><output></output>`;
    const find = (selector) => this.element.querySelector(selector);
    Object.assign(this, { play: find('.play'), acts: find('.acts'), output: find('output') });
    this.play.addEventListener('click', () => (this.timer ? this.pause() : this.run()));
    find('[data-do=step]').addEventListener('click', () => { this.pause(); this.step(); });
    find('[data-do=again]').addEventListener('click', () => { this.pause(); this.begin(); });
  }

  // The machine of a run: it begins anew, and runs on if the one before it ran.
  async give({ name, numbers }, title) {
    const { create } = await import(`./machines/${name}.js`);
    const ran = Boolean(this.timer);
    this.pause();
    this.create = () => create(inflate(numbers));
    this.title = title;
    this.element.setAttribute('aria-label', `${title}, in steps`);
    this.begin();
    if (ran) this.run();
  }

  begin() {
    this.made = this.create();
    this.count = 0;
    this.acts.replaceChildren(...(this.made.acts ?? []).map(({ label, act }) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', className: 'btn line', textContent: label });
      button.addEventListener('click', () => { act(); this.write(); });
      return button;
    }));
    this.write(false);
  }

  run() {
    if (this.made.done?.()) this.begin();
    if (still.matches) return this.step();   // reduced motion: one step a press
    let due = performance.now();
    const turn = (now) => {
      this.timer = requestAnimationFrame(turn);
      if (now < due || this.view.busy) return;
      due = Math.max(due + 1000 / (this.made.rate ?? RATE), now - 100);
      this.step();
    };
    this.timer = requestAnimationFrame(turn);
    this.label();
  }

  step() {
    if (!this.made.done?.()) { this.made.step(); this.count += 1; }
    if (this.made.done?.()) this.pause();
    this.write();
  }

  pause() {
    cancelAnimationFrame(this.timer);
    this.timer = 0;
    this.label();
  }

  stop() {
    this.pause();
    this.element.remove();
    this.made = this.create = null;
  }

  // A press on the plot, and what follows until it ends, as far as the machine wants it.
  touch(event) {
    const told = (now) => {
      const [x, y] = this.view.where(now);
      const took = Boolean(this.made?.touched?.({ x, y }));
      if (took) this.write();
      return took;
    };
    this.took = told(event);
    if (!this.took) return false;
    const over = new AbortController();
    addEventListener('pointermove', told, over);
    for (const name of ['pointerup', 'pointercancel']) addEventListener(name, () => over.abort(), over);
    return true;
  }

  write(moved = true) {
    this.view.lay(moved ? this.made.traces() : null);
    this.output.textContent = this.made.says();
    this.label();
  }

  label() {
    draw(this.play, this.timer ? 'Pause' : 'Run', !this.timer);
  }
}
