// A component is drawn from its own value, JSON text that it has from the start, or from its part of an answer.

import { place } from './hub.js';

export function follow({ element, props, watch }, draw) {
  const read = () => { if (props.value) draw(JSON.parse(props.value)); };
  watch('value', read);
  read();
  place(element.closest('.block').id, draw);
}
