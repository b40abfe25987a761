// The guesses of a room as bars: one a choice, or one a bin between the ends of the slider.

import { shown, ticks } from '../js/scale.js';

export function histogram(box, room, form, answer) {
  const { counts } = room;
  const most = Math.max(1, ...counts);
  const right = answer ? rightBar(room, answer) : -1;
  box.style.setProperty('--bars', counts.length);
  box.replaceChildren(
    ...counts.map((count, index) => bar(count, most, label(form, room, index), index === right)),
    ...(room.high === undefined ? [] : [axis(room)]),
    ...(answer && room.high !== undefined ? [measured(room, answer)] : []),
  );
  box.classList.toggle('answered', Boolean(answer));
  box.setAttribute('role', 'img');
  box.setAttribute('aria-label', counts.map((count, index) => count && `${label(form, room, index)}: ${count}`).filter(Boolean).join('; ') || 'no guess yet');
}

function rightBar({ low, high, counts }, { right, value }) {
  if (high === undefined) return right;
  return Math.min(counts.length - 1, Math.max(0, Math.floor((counts.length * (value - low)) / (high - low))));
}

function label(form, { low, high, counts }, index) {
  if (high === undefined) return `${index + 1}`;
  const at = (place) => shown(Number((low + ((high - low) * place) / counts.length).toPrecision(3)));
  return `${at(index)} to ${at(index + 1)}`;
}

function bar(count, most, title, right) {
  const column = Object.assign(document.createElement('div'), { className: right ? 'column right' : 'column', title });
  const number = Object.assign(document.createElement('span'), { textContent: count || '' });
  const fill = document.createElement('i');
  fill.style.height = `${(100 * count) / most}%`;
  column.append(number, fill);
  if (/^\d+$/.test(title)) column.append(Object.assign(document.createElement('small'), { textContent: right ? `${title} measured` : title }));
  return column;
}

function axis({ low, high }) {
  const line = Object.assign(document.createElement('div'), { className: 'axis' });
  line.append(...ticks(low, high).map((tick) => {
    const mark = Object.assign(document.createElement('span'), { textContent: shown(tick) });
    mark.style.setProperty('--at', (tick - low) / (high - low));
    return mark;
  }));
  return line;
}

function measured({ low, high }, { value }) {
  const mark = Object.assign(document.createElement('div'), { className: 'measured' });
  const part = Math.min(1, Math.max(0, (value - low) / (high - low)));
  mark.style.setProperty('--at', part);
  mark.classList.toggle('left', part > 0.6);
  mark.append(Object.assign(document.createElement('b'), { textContent: `measured ${shown(Number(value.toPrecision(4)))}` }));
  return mark;
}
