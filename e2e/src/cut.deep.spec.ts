import { expect } from "@playwright/test";
import { expectGrowth, lettersOf, partsOf, recordRenders, visit } from "./chat.js";
import { test } from "./deployment.js";

test.use({ proxied: true, pace: { ttftMs: 10, tokensPerSecond: 100 } });

for (const question of ["Thanks", "Where is my order 1187?"]) {
  test(`cut after each token in turn, the answer is right each time: ${question}`, async ({
    page,
    deployment,
  }) => {
    // One visit for every cut.
    test.setTimeout(180_000);
    const { proxy, shop } = deployment;
    if (!proxy) throw new Error("The page does not go through the proxy.");
    const sockets: string[] = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));

    /** Asks in a conversation of its own, and cuts after the given token. */
    const ask = async (cutAfter: number) => {
      let tokens = 0;
      sockets.length = 0;
      proxy.cutAfter = (frame) => {
        if (frame.includes('"type":"stream_token"')) tokens += 1;
        else return false;
        return tokens === cutAfter;
      };
      const chat = await visit(page, shop.url);
      const renders = await recordRenders(page);
      await chat.say(question);
      await expect(chat.answers).toHaveCount(1);
      await chat.ended();
      await expect(chat.said).toHaveCount(1);
      const answer = {
        text: await chat.answers.locator("[part=prose]").allInnerTexts(),
        parts: await partsOf(chat.answers),
      };
      const shown = await renders();
      await page.evaluate(() => localStorage.clear());
      return { answer, shown, tokens };
    };

    const whole = await ask(0);
    expect(whole.tokens).toBeGreaterThan(5);
    expect(sockets).toHaveLength(1);
    for (const token of cuts(whole.tokens)) {
      const { answer, shown } = await ask(token);
      expect(answer, `cut after token ${token}`).toEqual(whole.answer);
      expectGrowth(shown);
      expect(shown.at(-1)).toBe(lettersOf(whole.answer.text.join("")));
      expect(sockets, `cut after token ${token}`).toHaveLength(2);
    }
  });
}

/** Each of few tokens; of many the first ones, in which the steps of the model change, and the last. */
function cuts(tokens: number): number[] {
  const all = Array.from({ length: tokens }, (_, index) => index + 1);
  return tokens <= 12 ? all : [...all.slice(0, 10), ...all.slice(-2)];
}
