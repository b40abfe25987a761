// How a question goes to the server and its answer comes back.

// The server does not take the question; asked again it would not either.
export class Refused extends Error {
  get notice() {
    const line = Object.assign(document.createElement('p'), { className: 'notice wrong', role: 'alert', textContent: this.message });
    return line.outerHTML;
  }
}

// Other files than this page's: the server is a newer one.
export class Newer extends Error {}

export async function post(name, sent, signal) {
  const address = new URL(`modelarium/${name}`, document.baseURI);
  const body = JSON.stringify(sent);
  const answer = await fetch(address, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal });
  if (answer.status >= 400 && answer.status < 500) throw new Refused(await said(answer));
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  if ((answer.headers.get('x-modelarium') ?? window.modelarium.folder) !== window.modelarium.folder) throw new Newer();
  return answer;
}

async function said(answer) {
  const text = await answer.text();
  try { return JSON.parse(text).detail; } catch { return text; }
}

export async function* lines({ body }) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const pieces = (rest + value).split('\n');
    rest = pieces.pop();
    yield* pieces;
  }
}
