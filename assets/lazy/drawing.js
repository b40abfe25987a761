// A digit that a person draws, as a control: pen, eraser, examples, keys. Its value is text (app/experiments/drawing.py):
// “example 7”, or the ink of 8×8 pixels as hexadecimal digits.

import { on } from '../js/hub.js';
import { token } from '../js/palette.js';
import { HELD_OUT } from './held_out_digits.js';

const SIDE = 8;
const FULL = 15;
const EVERY = 200;   // ms between two runs while the pen moves
const FIRST = [...'0123456789'].map((digit) => HELD_OUT.findIndex((one) => one.digit === digit));

const open = new Set();   // the drawings on the page
on('theme', () => {
  for (const drawing of open) {
    if (drawing.root.isConnected) drawing.repaint();
    else open.delete(drawing);
  }
});

// Draws the control into `root`; `told` is given every new value.
export function mount(root, spec, told) {
  const drawing = new Drawing(root, spec.label, told);
  open.add(drawing);
  return (value) => drawing.set(value);
}

const BUTTONS = `<div class="tools"><div class="seg" role="radiogroup" aria-label="Tool"></div><button type="button" class="btn line" data-do="clear">Clear</button></div>
  <div class="tools which"><button type="button" class="btn line icon" data-do="previous" aria-label="Previous example">‹</button><output></output><button type="button" class="btn line icon" data-do="next" aria-label="Next example">›</button></div>
  <div class="thumbs" role="group" aria-label="An example of each digit"></div>`;

class Drawing {
  constructor(root, label, told) {
    Object.assign(this, { root, label, told, value: '', ink: new Array(SIDE * SIDE).fill(0), example: null, erases: false, at: 0, last: null, sent: 0, timer: 0 });
    root.innerHTML = `<div class="sheet"><canvas width="8" height="8" tabindex="0" role="application"></canvas><i class="cursor"></i></div>
      <div class="beside">${BUTTONS}</div><span class="sr" aria-live="polite"></span>`;
    const find = (selector) => root.querySelector(selector);
    Object.assign(this, { canvas: find('canvas'), cursor: find('.cursor'), output: find('output'), said: find('.sr') });
    this.canvas.setAttribute('aria-label', `${label}: canvas of 8 by 8 pixels. Arrow keys move, space inks or clears a pixel.`);
    this.addTools(find('.seg'));
    this.addThumbs(find('.thumbs'));
    root.addEventListener('click', ({ target }) => this.pressed(target.closest('[data-do], [data-example]')?.dataset));
    this.canvas.addEventListener('pointerdown', (event) => this.down(event));
    this.canvas.addEventListener('pointermove', (event) => { if (this.last) for (const one of event.getCoalescedEvents?.() ?? [event]) this.stroke(one); });
    for (const name of ['pointerup', 'pointercancel']) this.canvas.addEventListener(name, () => this.up());
    this.canvas.addEventListener('keydown', (event) => this.key(event));
  }

  addTools(group) {
    ['Pen', 'Eraser'].forEach((name, index) => {
      const cell = document.createElement('label');
      cell.innerHTML = `<input type="radio" name="${this.root.id}-tool"${index ? '' : ' checked'}><span>${name}</span>`;
      cell.firstChild.addEventListener('change', () => { this.erases = index === 1; });
      group.append(cell);
    });
  }

  addThumbs(group) {
    this.thumbs = FIRST.map((example) => {
      const button = Object.assign(document.createElement('button'), { type: 'button', ariaLabel: `Example ${example}, a ${HELD_OUT[example].digit}` });
      button.dataset.example = example;
      button.append(Object.assign(document.createElement('canvas'), { width: SIDE, height: SIDE }));
      group.append(button);
      return button;
    });
  }

  set(value) {
    if (value === this.value || this.last) return;   // a stroke under way is newer
    this.show(value);
  }

  show(value) {
    const example = /^example\s*(\d+)$/.exec(value);
    this.value = value;
    this.example = example && HELD_OUT[example[1]] ? Number(example[1]) : null;
    const ink = this.example === null ? value : HELD_OUT[this.example].ink;
    if (ink.length === SIDE * SIDE) this.ink = [...ink].map((level) => Number.parseInt(level, 16));
    this.repaint();
  }

  // Shows the value and tells it.
  turn(value) {
    this.show(value);
    this.tell();
  }

  tell() {
    clearTimeout(this.timer);
    this.sent = performance.now();
    this.told(this.value);
  }

  // What is drawn by now; while the pen moves it is told a few times a second.
  drawn(now) {
    this.show(this.ink.map((level) => level.toString(16)).join(''));
    clearTimeout(this.timer);
    const wait = this.sent + EVERY - performance.now();
    if (now || wait <= 0) this.tell();
    else this.timer = setTimeout(() => this.tell(), wait);
  }

  pressed({ do: act, example } = {}) {
    if (act === 'clear') this.turn('0'.repeat(SIDE * SIDE));
    const step = { next: 1, previous: -1 }[act];
    if (step) this.turn(`example ${((this.example ?? -step) + step + HELD_OUT.length) % HELD_OUT.length}`);
    if (example) this.turn(`example ${example}`);
  }

  down(event) {
    if (event.button) return;
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.last = this.place(event);
    this.stroke(event);
    event.preventDefault();
  }

  up() {
    if (!this.last) return;
    this.last = null;
    this.drawn(true);
  }

  // In pixels of the image, from its upper left corner.
  place({ clientX, clientY }) {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    return [((clientX - left) / width) * SIDE, ((clientY - top) / height) * SIDE];
  }

  // Full ink on the line, less beside it, as a pen leaves it on a page of few pixels.
  stroke(event) {
    const [from, to] = [this.last, this.place(event)];
    this.ink = this.ink.map((level, index) => {
      const away = distance([(index % SIDE) + 0.5, Math.floor(index / SIDE) + 0.5], from, to);
      const touched = Math.min(1, Math.max(0, 1.3 - away));
      return this.erases ? Math.min(level, Math.round(FULL * (1 - touched))) : Math.max(level, Math.round(FULL * touched));
    });
    this.last = to;
    this.drawn(false);
  }

  key(event) {
    const [row, column] = [Math.floor(this.at / SIDE), this.at % SIDE];
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key] ?? [0, 0];
    if (event.metaKey || event.ctrlKey || event.altKey) return;
    if (down || right) this.at = Math.min(SIDE - 1, Math.max(0, row + down)) * SIDE + Math.min(SIDE - 1, Math.max(0, column + right));
    else if (event.key === ' ' || event.key === 'Enter') { this.ink[this.at] = this.ink[this.at] ? 0 : FULL; this.drawn(false); }
    else if (event.key === 'Delete' || event.key === 'Backspace') { this.ink[this.at] = 0; this.drawn(false); }
    else return;
    event.preventDefault();
    this.point();
    this.said.textContent = `row ${Math.floor(this.at / SIDE) + 1}, column ${(this.at % SIDE) + 1}: ${this.ink[this.at] ? 'ink' : 'paper'}`;
  }

  point() {
    this.cursor.style.translate = `${(this.at % SIDE) * 100}% ${Math.floor(this.at / SIDE) * 100}%`;
  }

  repaint() {
    paint(this.canvas, this.ink);
    this.point();
    this.output.textContent = this.example === null ? 'own drawing' : `example ${this.example}, a ${HELD_OUT[this.example].digit}`;
    this.thumbs.forEach((button, index) => {
      button.setAttribute('aria-pressed', String(FIRST[index] === this.example));
      paint(button.firstChild, [...HELD_OUT[FIRST[index]].ink].map((level) => Number.parseInt(level, 16)));
    });
  }
}

// From a point to a stretch of line.
function distance([x, y], [ax, ay], [bx, by]) {
  const length = (bx - ax) ** 2 + (by - ay) ** 2;
  const along = length ? Math.min(1, Math.max(0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) : 0;
  return Math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay));
}

function paint(canvas, ink) {
  const brush = canvas.getContext('2d');
  brush.clearRect(0, 0, SIDE, SIDE);
  brush.fillStyle = token('ink');
  ink.forEach((level, index) => {
    brush.globalAlpha = level / FULL;
    brush.fillRect(index % SIDE, Math.floor(index / SIDE), 1, 1);
  });
}
