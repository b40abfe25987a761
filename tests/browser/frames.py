"""Pages of another site that show ours in a frame, and a browser in which such frames may store nothing."""

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from playwright.sync_api import BrowserContext, BrowserType

from tests.browser.chromium import FLAGS, NAMES

FIXED = """<!doctype html><body style="margin:0">
<iframe src="{src}" style="border:0;width:{width}px;height:{height}px" {more}></iframe>
<textarea id="paste"></textarea>"""

RESIZING = """<!doctype html><body style="margin:0"><div style="height:80px">the host's head</div>
<iframe src="{src}" style="border:0;width:100%;height:600px" scrolling="no"></iframe>
<div style="height:200px">the host's foot</div>
<script>
const frame = document.querySelector('iframe');
window.heights = [];
let informed = false;
const say = (message) => frame.contentWindow.postMessage('[iFrameSizer]' + message, '*');
const introduce = () => say('host:8:false:false:32:true:true:null:bodyOffset:null:null:0:false:parent:scroll:true');
function inform() {
  const place = frame.getBoundingClientRect(), body = document.body.getBoundingClientRect();
  const seen = { iframeHeight: place.height, iframeWidth: place.width, clientHeight: innerHeight,
    clientWidth: innerWidth, offsetTop: place.top - body.top, offsetLeft: place.left - body.left,
    scrollTop: scrollY, scrollLeft: scrollX };
  if (informed) say('pageInfo:' + JSON.stringify(seen));
}
addEventListener('scroll', inform);
addEventListener('resize', inform);
frame.addEventListener('load', introduce);
addEventListener('message', ({ source, data }) => {
  if (source !== frame.contentWindow || typeof data !== 'string') return;
  if (data === '[iFrameResizerChild]Ready') introduce();
  const [id, height, , type] = data.replace('[iFrameSizer]', '').split(':');
  if (id !== 'host') return;
  if (type === 'pageInfo' || type === 'pageInfoStop') informed = type === 'pageInfo';
  else if (type === 'size' || type === 'init') {
    frame.style.height = height + 'px';
    window.heights.push(Number(height));
  }
  inform();
});
</script>"""
"""What a host page with iframe-resizer, as the Hub is one, says to the script that Gradio serves for it."""


class Hosts:
    """Host pages on ``localhost``; the frames in them show ``127.0.0.1``, which a browser takes for another site."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.pages: dict[str, str] = {}

    def _put(self, page: str) -> str:
        path = f"/{len(self.pages)}"
        self.pages[path] = page
        return f"http://localhost:{self._port}{path}"

    def fixed(self, src: str, *, width: int = 1280, height: int = 600, more: str = "") -> str:
        return self._put(FIXED.format(src=src, width=width, height=height, more=more))

    def resizing(self, src: str) -> str:
        return self._put(RESIZING.replace("{src}", src))


@contextmanager
def hosts() -> Iterator[Hosts]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = found.pages.get(self.path, "").encode()
            self.send_response(200 if body else 204)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    found = Hosts(server.server_address[1])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield found
    server.shutdown()


@contextmanager
def storing_nothing(browser: BrowserType, profile: Path) -> Iterator[BrowserContext]:
    """A window of a browser that is set to block what frames of other sites store, as some are by default."""
    (profile / "Default").mkdir(parents=True)
    blocked = {"profile": {"block_third_party_cookies": True, "cookie_controls_mode": 1}}
    (profile / "Default" / "Preferences").write_text(json.dumps(blocked))
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    window = browser.launch_persistent_context(
        str(profile), executable_path=found, args=FLAGS, viewport={"width": 1280, "height": 800}
    )
    try:
        yield window
    finally:
        window.close()
