// Says that the server does not answer, or that it has only just been started, on every view of the page.

import { on, state } from './hub.js';

const line = Object.assign(document.createElement('p'), { className: 'offline', hidden: true });
line.setAttribute('role', 'status');
document.body.append(line);

function draw() {
  line.textContent = !state.connected ? 'No connection. What you change is kept and sent when the server is back.'
    : state.starting ? 'The server is starting. The page goes on by itself.' : '';
  line.hidden = !line.textContent;
  document.body.toggleAttribute('data-offline', !state.connected);
}

on('connection', draw);
on('starting', draw);
