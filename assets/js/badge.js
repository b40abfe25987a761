// The line above the controls: what ran, or that it is running; and the state of everything that waits for it.

import { elapsed, on, state } from './hub.js';

let badge = [];     // of the last result
let failed = false;
let tally = '';     // what stood there before “checking again”
let timer = 0;

const find = (selector) => document.querySelector(selector);

function write(parts, live) {
  const line = find('#run .live .line');
  if (!line) return;
  const first = document.createElement(live ? 'b' : 'span');
  first.textContent = parts[0];
  line.replaceChildren(first, parts.slice(1).map((part) => ` · ${part}`).join(''));
}

function draw() {
  const busy = state.phase === 'running' || state.phase === 'streaming' || !state.connected;
  document.body.dataset.phase = !busy && failed ? 'failed' : state.phase;
  document.body.toggleAttribute('data-result', badge.length > 0);
  swap(find('#run [data-act=reset]'), find('#run [data-act=stop]'), busy);
  clearInterval(timer);
  count(busy);
  if (busy) {
    const what = state.phase === 'streaming' ? 'figures follow' : badge.length ? 'figures show the previous run' : 'first run';
    const stage = !state.connected ? 'no connection' : state.starting ? 'the server is starting' : state.ahead && state.phase === 'running' ? `waiting, ${state.ahead} before you` : 'running';
    const tick = () => write([stage, `${(elapsed() / 1000).toFixed(1)} s`, what], false);
    timer = setInterval(tick, 100);
    tick();
  } else if (failed) write(['no result', badge.length ? 'figures show the previous run' : 'see below'], false);
  else if (badge.length) write(badge, true);
}

function swap(reset, stop, busy) {
  if (!reset || !stop) return;
  const focused = document.activeElement === (busy ? reset : stop);
  reset.hidden = busy;
  stop.hidden = !busy;
  if (focused) (busy ? stop : reset).focus();
}

function count(busy) {
  const place = find('#claims .sec span');
  if (!place) return;
  if (busy && place.textContent !== 'checking again') { tally = place.textContent; place.textContent = 'checking again'; }
  if (!busy && place.textContent === 'checking again') place.textContent = badge.length ? tally : 'not checked';
}

on('words', () => { badge = []; failed = false; draw(); });
on('asked', () => { failed = false; });
on('told', (told) => {
  if (told.badge) badge = told.badge;
  failed = told.state === 'failed';
  draw();
});
on('stopped', () => { if (badge.length) badge = ['stopped', ...badge.filter((part) => part !== 'stopped').slice(1)]; else failed = true; draw(); });
on('phase', draw);
on('starting', draw);
on('connection', draw);
