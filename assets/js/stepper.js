// Slider, play, space and arrow keys. Figures with equally many frames share one, which stands under the first of them.

import { mark } from './line.js';

const groups = new Map();   // number of frames → {step, members, element…}
const still = matchMedia('(prefers-reduced-motion: reduce)');
const SPEEDS = [1, 2, 0.5];
const SECONDS = 9;          // a pass at 1×, if its steps are no quicker than FASTEST
const FASTEST = 70;         // ms
const SLOWEST = 450;

export function join(view, another) {
  leave(view, view.frames.length);
  const count = view.frames.length;
  if (count < 2) return 0;
  const group = groups.get(count) ?? make(count);
  const fresh = !group.members.size;
  group.members.add(view);
  if (fresh || (another && group.members.size === 1)) {
    pause(group);
    group.step = Math.min(Math.max(view.told.start, 0), count - 1);
  }
  place(group);
  return group.step;
}

export function leave(view, keep = 0) {
  for (const [count, group] of groups) {
    if (count === keep || !group.members.delete(view)) continue;
    if (group.members.size) place(group);
    else { pause(group); group.element.remove(); }
  }
}

function make(count) {
  const element = document.createElement('div');
  element.className = 'step';
  element.setAttribute('role', 'group');
  element.setAttribute('aria-label', 'Steps');
  element.innerHTML = `<button type="button" class="btn play" aria-label="Play"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4.5 2.5v11l9-5.5z"/></svg></button>
    <input type="range" min="0" max="${count - 1}" step="1" aria-label="Step"><output></output><button type="button" class="btn line spd" aria-label="Speed">1×</button>`;
  const group = { count, step: 0, speed: 1, members: new Set(), element, timer: 0 };
  group.slider = element.querySelector('input');
  group.output = element.querySelector('output');
  group.play = element.querySelector('.play');
  group.slider.addEventListener('input', () => { pause(group); go(group, Number(group.slider.value)); });
  group.play.addEventListener('click', () => (group.timer ? pause(group) : play(group)));
  element.querySelector('.spd').addEventListener('click', (event) => {
    group.speed = SPEEDS[(SPEEDS.indexOf(group.speed) + 1) % SPEEDS.length];
    event.target.textContent = `${group.speed === 0.5 ? '½' : group.speed}×`;
    if (group.timer) { pause(group); play(group); }
  });
  groups.set(count, group);
  return group;
}

const first = (group) => [...group.members].sort((a, b) => a.told.slot - b.told.slot)[0];

function place(group) {
  const view = first(group);
  if (group.element.parentElement !== view.stand) view.stand.append(group.element);
  group.slider.setAttribute('aria-label', view.told.steps || 'Step');
  queueMicrotask(() => write(group));
}

function write(group) {
  if (!group.members.size) return;
  group.slider.value = group.step;
  group.slider.style.setProperty('--p', `${(100 * group.step) / (group.count - 1)}%`);
  group.output.textContent = first(group).stepName;
  group.slider.setAttribute('aria-valuetext', group.output.textContent);
  mark([...group.members].map((view) => view.told?.lines?.[group.step]).find(Boolean) ?? '');
}

function go(group, step) {
  group.step = Math.min(Math.max(step, 0), group.count - 1);
  for (const view of group.members) view.go(group.step);
  write(group);
}

function play(group) {
  if (group.step >= group.count - 1) go(group, 0);
  else if (still.matches) return go(group, group.step + 1);   // reduced motion: one step a press
  if (still.matches) return;
  const each = Math.min(SLOWEST, Math.max(FASTEST, (SECONDS * 1000) / group.count)) / group.speed;
  group.timer = setInterval(() => (group.step < group.count - 1 ? go(group, group.step + 1) : pause(group)), each);
  draw(group.play, 'Pause', false);
}

function pause(group) {
  clearInterval(group.timer);
  group.timer = 0;
  draw(group.play, 'Play', true);
}

// A button that plays or, if something plays, pauses.
export function draw(button, word, paused) {
  button.querySelector('path').setAttribute('d', paused ? 'M4.5 2.5v11l9-5.5z' : 'M4 2.5h2.8v11H4zM9.2 2.5H12v11H9.2z');
  button.setAttribute('aria-label', word);
}

document.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const plays = event.key === ' ';
  const taken = event.target.closest?.('input, textarea, select, [role=tab], [tabindex="0"], [contenteditable]');
  const pressed = plays && event.target.closest?.('button, a, summary');
  if (!(step || plays) || taken || pressed || event.metaKey || event.ctrlKey || event.altKey) return;
  const group = [...groups.values()].find((one) => one.members.size);
  if (!group) return;
  event.preventDefault();
  if (plays && !group.timer) return play(group);
  pause(group);
  if (step) go(group, group.step + step);
});
