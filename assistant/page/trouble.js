// Says in the page's own words what goes wrong between the page and its server. Gradio's reports, which are in a
// language of its own choice, are hidden by page.css. Loaded before Gradio, whose requests it watches.
{
  const root = document.documentElement;
  const ask = window.fetch.bind(window);
  const shown = { state: null, trouble: null };
  let told = null; // what the server said of itself, and what to say once it cannot be asked
  let isLost = false;
  let isWatching = false;
  let isLeaving = false;

  const put = (name) => {
    const place = document.getElementById(name);
    const text = shown[name]?.[root.lang] ?? "";
    if (!place || place.textContent === text) return;
    place.lang = root.lang;
    place.textContent = text;
  };
  const show = (name, sentences) => {
    shown[name] = sentences;
    put(name);
  };
  const showAll = () => Object.keys(shown).forEach(put);
  new MutationObserver(showAll).observe(root, { attributeFilter: ["lang"] });
  document.addEventListener("DOMContentLoaded", showAll);

  // Asks how the server is, until it can answer everything.
  const watch = async () => {
    isWatching = true;
    try {
      const response = await ask("state");
      if (!response.ok) throw new Error(response.status);
      const now = await response.json();
      if (isLost) show("trouble", now.troubles[told && told.start !== now.start ? "restarted" : "back"]);
      isLost = false;
      told = now;
      show("state", told.state);
    } catch {
      if (!isLost && !isLeaving) show("trouble", told?.troubles.lost);
      isLost = true;
    }
    isWatching = isLost || !told.ready;
    if (isWatching) setTimeout(watch, 1000);
  };
  const check = () => {
    if (!isWatching && !isLeaving) watch();
  };
  window.addEventListener("pagehide", () => (isLeaving = true));
  watch();

  const fill = (sentences, seconds) =>
    Object.fromEntries(
      Object.entries(sentences).map(([language, text]) => [language, text.replace("{seconds}", seconds)]),
    );
  // Why a question was not taken: in the server's own words where it gives them.
  const reason = async (response) => {
    const said = await response.json().catch(() => ({}));
    if (said.nl && said.en) return said;
    const seconds = response.headers.get("retry-after");
    return seconds && told ? fill(told.troubles.busy, seconds) : told?.troubles.fault;
  };

  // Gradio keeps a question whose stream breaks waiting for ever, and takes no other. So a broken stream is ended
  // as the server would have: the questions that wait have failed.
  const waiting = new Set();
  const encoder = new TextEncoder();
  const failures = () => {
    const failed = [...waiting].map((id) => ({ msg: "process_completed", event_id: id, output: {}, success: false }));
    const messages = [...failed, { msg: "close_stream" }].map((message) => `data: ${JSON.stringify(message)}\n\n`);
    return encoder.encode(messages.join(""));
  };
  const passOn = (response) =>
    new ReadableStream({
      async start(controller) {
        const reader = response.body.getReader();
        const decoder = new TextDecoder();
        let end = "";
        try {
          for (let part = await reader.read(); !part.done; part = await reader.read()) {
            // Gradio says nothing of a question that it could not use.
            end = end.slice(-20) + decoder.decode(part.value, { stream: true });
            if (end.includes('"success":false')) show("trouble", told?.troubles.fault);
            controller.enqueue(part.value);
          }
        } catch {
          check();
          controller.enqueue(failures());
        }
        waiting.clear();
        controller.close();
      },
    });
  // A heartbeat never ends while the server is well.
  const follow = async (response) => {
    const reader = response.body.getReader();
    try {
      while (!(await reader.read()).done);
    } finally {
      check();
    }
  };

  const answers = {
    // Gradio asks this to load the page anew once the server is back: what was typed would be gone.
    app_id: () => new Response(null, { status: 404 }),
    join: async (request) => {
      const response = await ask(...request).catch(() => (check(), new Response("{}", { status: 503 })));
      if (response.ok) {
        show("trouble", null);
        waiting.add((await response.clone().json()).event_id);
      } else if (response.type !== "default") show("trouble", await reason(response.clone()));
      if (!response.ok) document.dispatchEvent(new Event("refused"));
      return response;
    },
    data: async (request) => {
      const response = await ask(...request).catch(() => null);
      if (response?.ok) return new Response(passOn(response), response);
      if (response) show("trouble", await reason(response));
      else check();
      return new Response(failures(), { headers: { "content-type": "text/event-stream" } });
    },
    heartbeat: async (request) => {
      const response = await ask(...request);
      follow(response.clone()).catch(() => {});
      return response;
    },
  };
  window.fetch = (...request) => {
    const { pathname } = new URL(request[0].url ?? request[0], document.baseURI);
    const [, asked] = pathname.match(/\/gradio_api\/(?:queue\/)?(app_id|join|data|heartbeat)(?:\/|$)/) ?? [];
    return asked ? answers[asked](request) : ask(...request);
  };
}
