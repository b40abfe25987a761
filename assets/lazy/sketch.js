// A curve drawn by hand: by pointer from left to right, or by the arrow keys, point by point.

import { shown, ticks } from '../js/scale.js';

const EDGE = { left: 52, right: 14, top: 14, bottom: 44 };
const HEIGHT = 250;
const STEPS = 40;   // from the lowest to the highest, by key

export function mount(box, form) {
  box.querySelector('svg')?.remove();
  const sketch = new Sketch(box, JSON.parse(box.dataset.axes));
  box.addEventListener('others', (event) => sketch.others(event.detail));
  form.addEventListener('answered', (event) => sketch.answer(event.detail.curve), { once: true });
}

class Sketch {
  constructor(box, axes) {
    Object.assign(this, axes, { box, field: box.querySelector('[name=curve]'), drawn: axes.at.map(() => null), point: 0, last: null });
    this.width = Math.max(box.clientWidth, 240);
    this.svg = element('svg', { viewBox: `0 0 ${this.width} ${HEIGHT}`, height: HEIGHT, tabindex: 0, role: 'slider', 'aria-valuemin': this.low, 'aria-valuemax': this.high });
    this.svg.setAttribute('aria-label', `${this.label} along ${this.along}: left and right choose a point, up and down move it`);
    this.frame();
    this.curve = this.svg.appendChild(element('path', { class: 'drawn' }));
    this.dots = this.at.map(() => this.svg.appendChild(element('circle', { r: 5, class: 'drawn' })));
    box.append(this.svg);
    this.svg.addEventListener('pointerdown', (event) => { this.svg.setPointerCapture(event.pointerId); this.last = null; this.stroke(event); });
    this.svg.addEventListener('pointermove', (event) => { if (event.buttons) this.stroke(event); });
    this.svg.addEventListener('pointerup', () => this.changed('change'));
    this.svg.addEventListener('keydown', (event) => this.key(event));
    this.show();
  }

  x(index) { return EDGE.left + 12 + ((this.width - EDGE.left - EDGE.right - 24) * index) / (this.at.length - 1); }

  y(value) { return EDGE.top + ((HEIGHT - EDGE.top - EDGE.bottom) * (this.high - value)) / (this.high - this.low); }

  frame() {
    for (const tick of ticks(this.low, this.high)) {
      this.svg.append(element('line', { x1: EDGE.left, x2: this.width - EDGE.right, y1: this.y(tick), y2: this.y(tick) }), text(EDGE.left - 8, this.y(tick) + 4, shown(tick), 'end'));
    }
    this.at.forEach((place, index) => this.svg.append(text(this.x(index), HEIGHT - 22, shown(place), 'middle')));
    const middle = (EDGE.left + this.width - EDGE.right) / 2;
    this.svg.append(text(middle, HEIGHT - 4, this.along, 'middle'));
    this.hint = this.svg.appendChild(text(middle, HEIGHT / 2 - 8, 'draw from left to right', 'middle', 'hint'));
  }

  // Every point between the last place of the pointer and this one takes its height from the line between them.
  stroke(event) {
    if (this.closed) return;
    const box = this.svg.getBoundingClientRect();
    const at = ((event.clientX - box.left) * this.width) / box.width;
    const here = { index: ((at - this.x(0)) * (this.at.length - 1)) / (this.x(this.at.length - 1) - this.x(0)), value: this.value(((event.clientY - box.top) * HEIGHT) / box.height) };
    const from = this.last ?? here;
    const [low, high] = [Math.min(from.index, here.index) - 0.3, Math.max(from.index, here.index) + 0.3];
    this.at.forEach((_, index) => {
      if (index < low || index > high) return;
      const part = here.index === from.index ? 1 : Math.min(1, Math.max(0, (index - from.index) / (here.index - from.index)));
      this.drawn[index] = from.value + part * (here.value - from.value);
      this.point = index;
    });
    this.last = here;
    this.changed('input');
    event.preventDefault();
  }

  value(y) {
    const raw = this.high - ((y - EDGE.top) * (this.high - this.low)) / (HEIGHT - EDGE.top - EDGE.bottom);
    return Math.min(this.high, Math.max(this.low, raw));
  }

  key(event) {
    const aside = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const up = { ArrowDown: -1, ArrowUp: 1, PageDown: -5, PageUp: 5 }[event.key];
    if (this.closed || (!aside && !up)) return;
    event.preventDefault();
    event.stopPropagation();
    const height = this.drawn[this.point] ?? (this.low + this.high) / 2;
    if (up) this.drawn[this.point] = Math.min(this.high, Math.max(this.low, height + (up * (this.high - this.low)) / STEPS));
    else {
      this.drawn[this.point] ??= height;
      this.point = Math.min(this.at.length - 1, Math.max(0, this.point + aside));
      this.drawn[this.point] ??= height;
    }
    this.changed('input');
    this.changed('change');
  }

  changed(kind) {
    this.show();
    if (this.drawn.includes(null)) return;
    this.field.value = JSON.stringify(this.drawn.map((value) => Number(value.toPrecision(4))));
    this.field.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  show() {
    this.curve.setAttribute('d', this.path(this.drawn));
    this.hint.setAttribute('visibility', this.closed || !this.drawn.every((value) => value === null) ? 'hidden' : 'visible');
    this.dots.forEach((dot, index) => {
      const there = this.drawn[index] !== null;
      dot.setAttribute('visibility', there ? 'visible' : 'hidden');
      dot.classList.toggle('here', index === this.point);
      if (there) { dot.setAttribute('cx', this.x(index)); dot.setAttribute('cy', this.y(this.drawn[index])); }
    });
    const value = this.drawn[this.point];
    this.svg.setAttribute('aria-valuenow', value ?? this.low);
    this.svg.setAttribute('aria-valuetext', `at ${shown(this.at[this.point])}: ${value === null ? 'not drawn' : shown(Number(value.toPrecision(3)))}`);
  }

  path(values) {
    let pen = 'M';
    return values.map((value, index) => {
      if (value === null) { pen = 'M'; return ''; }
      const part = `${pen}${this.x(index)} ${this.y(value)}`;
      pen = 'L';
      return part;
    }).join('');
  }

  // What the others in the room drew, behind one's own.
  others(curves) {
    for (const old of this.svg.querySelectorAll('.other')) old.remove();
    this.curve.before(...curves.map((curve) => element('path', { class: 'other', d: this.path(curve) })));
  }

  answer(curve) {
    this.closed = true;
    this.show();
    this.svg.append(element('path', { class: 'measured', d: this.path(curve) }));
    curve.forEach((value, index) => this.svg.append(element('rect', { class: 'measured', x: this.x(index) - 4, y: this.y(value) - 4, width: 8, height: 8 })));
    const end = this.at.length - 1;
    this.svg.append(text(this.x(end) - 6, this.y(curve[end]) + (this.y(curve[end]) < 40 ? 22 : -12), 'measured', 'end', 'measured'));
  }
}

function element(name, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function text(x, y, words, anchor, kind = '') {
  return Object.assign(element('text', { x, y, 'text-anchor': anchor, class: kind }), { textContent: words });
}
