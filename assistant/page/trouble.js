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

  // Gradio opens a stream for its answers and the server closes it after the last one. A question that is sent at that
  // moment finds it open still and is never answered, and one whose stream breaks waits for ever. So Gradio gets a
  // stream that stays open, and the server is listened to for as long as a question waits. Where that fails, the
  // questions have failed too, as the server would have said.
  const waiting = new Set();
  const ended = new Set(); // before it was known here that they wait
  const encoder = new TextEncoder();
  let gradio = null; // where its stream is filled
  let address = null; // where the server tells its answers
  let isListening = false;

  const pass = (event) => gradio?.enqueue(encoder.encode(`${event}\n\n`));
  const fail = () => {
    const failed = { msg: "process_completed", output: {}, success: false };
    for (const id of waiting) pass(`data: ${JSON.stringify({ ...failed, event_id: id })}`);
    waiting.clear();
  };
  const take = (event) => {
    if (event.includes('"msg":"close_stream"')) return;
    // Gradio says nothing of a question that it could not use.
    if (event.includes('"success":false')) show("trouble", told?.troubles.fault);
    // After this one Gradio would take no press any more.
    if (event.includes('"msg":"unexpected_error"')) throw new Error("the server gave up");
    const [, id] = event.match(/"msg":"process_completed".*?"event_id":"(\w+)"/) ?? [];
    if (id && !waiting.delete(id)) ended.add(id);
    pass(event);
  };
  const read = async (response) => {
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    let isHeard = false;
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const events = (rest + part.value).split("\n\n");
      rest = events.pop();
      events.forEach(take);
      isHeard ||= events.length > 0;
    }
    if (!isHeard) throw new Error("the server told nothing");
  };
  const listen = async () => {
    if (isListening || !address) return;
    isListening = true;
    try {
      while (waiting.size) {
        const response = await ask(address);
        if (!response.ok) {
          show("trouble", await reason(response));
          break;
        }
        await read(response);
      }
    } catch {
      check();
    }
    isListening = false;
    fail();
  };
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
        const { event_id: id } = await response.clone().json();
        if (!ended.delete(id)) waiting.add(id);
        listen();
      } else if (response.type !== "default") show("trouble", await reason(response.clone()));
      if (!response.ok) document.dispatchEvent(new Event("refused"));
      return response;
    },
    data: async ([request]) => {
      address = request.url ?? request;
      const body = new ReadableStream({
        start: (controller) => void (gradio = controller),
        cancel: () => void (gradio = null),
      });
      listen();
      return new Response(body, { headers: { "content-type": "text/event-stream" } });
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
