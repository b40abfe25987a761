// The component that joins the page to the server: it sends requests and hands on what comes back.

import { connect, receive } from './hub.js';
import './actions.js';
import './address.js';
import './badge.js';
import './finder.js';
import './predict.js';
import './theme.js';
import { follow } from './value.js';

export function mount({ trigger, server, ...given }) {
  follow(given, receive);
  connect({ trigger, server });
}
