"""An app's page with a model of ours in the kernel's place, which answers when a test says so."""

import base64
import json

# A kernel's widget that answers when the test says so.
MODEL = """([shown, tiles]) => {
  const values = { shown, tiles: Uint8Array.from(atob(tiles), (letter) => letter.charCodeAt(0)) };
  const heard = [];
  window.sent = [];
  window.tell = (more) => {
    values.shown = { ...values.shown, ...more };
    heard.forEach((call) => call());
  };
  page.render({
    el: document.body,
    model: {
      get: (name) => values[name],
      on: (event, call) => event === "change:shown" && heard.push(call),
      send: (content) => window.sent.push(content),
    },
  });
}"""


def opened(page, app, tiles=b""):
    """The app's page with a model of ours in the kernel's place."""
    page.add_script_tag(type="module", content=app._esm.replace("export default", "window.page ="))
    page.wait_for_function("window.page")
    page.evaluate(MODEL, [json.loads(json.dumps(app.shown)), base64.b64encode(tiles).decode()])


def imported(page, code):
    """A script's exports as ``module`` on the page."""
    page.evaluate(
        """async code => {
          const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
          window.module = await import(address);
        }""",
        code,
    )
