const head =
  '<!doctype html><html lang="en"><meta charset="utf-8"><title>Bench</title><link rel="icon" href="data:,">';

/** Nothing but a page. */
export const blank = `${head}<body><p>A page.</p>`;

/** The page of a host, with the widget of its script tag. */
export const widget = `${head}<body><p>A page.</p><script src="/smooth-agent.js" data-agent-id="bench" defer></script>`;

/** The page of a host with the loader, on which the browser is never idle: only the launcher is painted. */
export const loader = `${head}<body><p>A page.</p><script>requestIdleCallback = () => 0;</script><script src="/loader.js" data-agent-id="bench" defer></script>`;

/**
 * The floor: a box of the panel's size, pinned to its end, whose one text node takes every piece as
 * it comes from the same socket.
 */
export const plain = `${head}<style>
  #box { position: fixed; inset: auto 20px 20px auto; inline-size: 400px; block-size: 560px; overflow: hidden auto;
    padding: 20px 16px; box-sizing: border-box; font: 400 15px/1.5 system-ui, sans-serif; white-space: pre-wrap; }
</style><body><p>A page.</p><div id="box"></div><script>
  const box = document.querySelector("#box");
  const text = box.appendChild(document.createTextNode(""));
  const socket = new WebSocket(location.origin.replace("http", "ws") + "/ws");
  const ask = (action) => socket.send(JSON.stringify({ requestId: "r" + Math.random(), ...action }));
  socket.onopen = () => ask({ action: "create_conversation_session", agentId: "bench" });
  socket.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    if (event.type === "eventual_response") globalThis.doneAt = Date.now();
    if (event.type !== "stream_token") return;
    text.appendData(event.token);
    box.scrollTop = box.scrollHeight;
  };
  globalThis.say = (message) => ask({ action: "send_message", sessionId: "s1", message });
</script>`;

/** As many messages as plain paragraphs in a scroller of the panel's size. */
export const list = (count) => `${head}<style>
  #box { position: fixed; inset: auto 20px 20px auto; inline-size: 400px; block-size: 560px; overflow: hidden auto;
    padding: 20px 16px; box-sizing: border-box; font: 400 15px/1.5 system-ui, sans-serif; white-space: pre-wrap; }
</style><body><p>A page.</p><div id="box"></div><script>
  const box = document.querySelector("#box");
  for (let index = 0; index < ${count}; index += 1) {
    box.append(Object.assign(document.createElement("p"), { textContent: "Message " + index + ". ".padEnd(200, "of some length ") }));
  }
  box.scrollTop = box.scrollHeight;
</script>`;
