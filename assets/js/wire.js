// The component that joins the page to the server: it sends requests and hands on what comes back.

import { connect, parsed, receive } from './hub.js';
import './actions.js';
import './address.js';
import './badge.js';
import './finder.js';
import './predict.js';
import './theme.js';

export function mount({ props, watch, trigger, server }) {
  watch('value', () => { if (props.value) receive(parsed(props.value)); });   // Gradio empties it when a run ends without a word
  connect({ trigger, server });
}
