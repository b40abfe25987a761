// A component's value is JSON text. Gradio empties it when a run ends without a word; what is drawn then stays.

export function follow({ props, watch }, draw) {
  const read = () => { if (props.value) draw(JSON.parse(props.value)); };
  watch('value', read);
  read();
}
