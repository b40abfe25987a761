// Says that the server does not answer, on every view of the page.

import { on } from './hub.js';

const line = Object.assign(document.createElement('p'), { className: 'offline', hidden: true });
line.setAttribute('role', 'status');
document.body.append(line);

on('connection', (there) => {
  line.hidden = there;
  line.textContent = there ? '' : 'No connection. What you change is kept and sent when the server is back.';
  document.body.toggleAttribute('data-offline', !there);
});
