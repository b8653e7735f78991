import { createHmac } from "node:crypto";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { pino } from "pino";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { FeedbackNotice, Notice } from "./notice.js";
import { notices, type NoticesOptions } from "./notices.js";

const NOTICE: Notice = {
  type: "question.asked",
  at: "2030-01-01T00:00:00.000Z",
  ...{ organizationId: "o", agentId: "shop", conversationId: "c", turnId: "t", requestId: "r" },
  ...{ toolCallId: "call", toolName: "refund", title: "Refund", summary: "Refund — €20" },
  ...{ kind: "approval", approver: "team", userId: "ada" },
  expiresAt: "2030-01-02T00:00:00.000Z",
};
const FEEDBACK: FeedbackNotice = {
  type: "feedback.received",
  at: "2030-01-01T00:00:00.000Z",
  ...{ organizationId: "o", agentId: "shop", conversationId: "c", messageId: "m", userId: null },
  ...{ rating: "down", comment: "a word of Ada's" },
};
const SECRET = `whsec_${Buffer.from("24 bytes, and some more of them").toString("base64")}`;

interface Delivery {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A real receiver, which answers each delivery as the test says. */
async function receiver(answer: (response: ServerResponse, count: number) => void) {
  const deliveries: Delivery[] = [];
  let wake = () => {};
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      deliveries.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      answer(response, deliveries.length);
      wake();
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook?token=in-the-url`;
  return {
    url,
    deliveries,
    async reached(count: number) {
      while (deliveries.length < count) await new Promise<void>((resolve) => (wake = resolve));
    },
  };
}

function tellers(options: Omit<NoticesOptions, "log">) {
  const log: string[] = [];
  const logger = pino({ level: "trace" }, { write: (line) => void log.push(line) });
  return { told: notices({ ...options, log: logger }), log };
}

const ends = (status: number) => (response: ServerResponse) => response.writeHead(status).end();

describe("a webhook", () => {
  test("is signed so that whoever holds the secret knows it, fresh and whole", async () => {
    const { url, deliveries } = await receiver(ends(204));
    const { told, log } = tellers({ webhooks: [{ url, secret: SECRET }] });
    told.tell(() => NOTICE);
    await told.drain(5_000);
    const [delivery] = deliveries;
    expect(deliveries).toHaveLength(1);
    expect(JSON.parse(delivery?.body ?? "")).toEqual(NOTICE);
    const { headers } = delivery as Delivery;
    expect(headers["content-type"]).toBe("application/json");
    const id = String(headers["webhook-id"]);
    const timestamp = Number(headers["webhook-timestamp"]);
    expect(Math.abs(Date.now() / 1_000 - timestamp)).toBeLessThan(10);
    const key = Buffer.from(SECRET.slice("whsec_".length), "base64");
    const signed = createHmac("sha256", key).update(`${id}.${timestamp}.${delivery?.body}`);
    expect(headers["webhook-signature"]).toBe(`v1,${signed.digest("base64")}`);
    expect(log).toEqual([]);
  });

  test("is sent again under its own id while the receiver fails, and only then", async () => {
    const { url, deliveries } = await receiver((response, count) =>
      ends(count < 3 ? 500 : 200)(response),
    );
    const { told, log } = tellers({ webhooks: [{ url, secret: SECRET }] });
    told.tell(() => NOTICE);
    await told.drain(20_000);
    expect(deliveries).toHaveLength(3);
    expect(new Set(deliveries.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
    expect(log).toEqual([]);
  });

  test("is given up after three times, and its address and words stay out of the log", async () => {
    const { url, deliveries } = await receiver(ends(503));
    const { told, log } = tellers({ webhooks: [{ url, secret: SECRET }] });
    told.tell(() => NOTICE);
    await told.drain(20_000);
    expect(deliveries).toHaveLength(3);
    expect(log.join("")).toContain("webhook was given up");
    for (const word of ["in-the-url", SECRET, "€20", "ada"])
      expect(log.join("")).not.toContain(word);
  });

  test("follows nobody elsewhere", async () => {
    const other = await receiver(ends(200));
    const { url, deliveries } = await receiver((response) =>
      response.writeHead(307, { location: other.url }).end(),
    );
    const { told, log } = tellers({ webhooks: [{ url, secret: SECRET }] });
    told.tell(() => NOTICE);
    await told.drain(20_000);
    expect(deliveries).toHaveLength(3);
    expect(other.deliveries).toEqual([]);
    expect(log.join("")).toContain("webhook was given up");
  });

  test("is sent what it asked for, and one that is dead holds up no other", async () => {
    const dead = await receiver(() => {});
    const alive = await receiver(ends(200));
    const { told } = tellers({
      webhooks: [
        { url: dead.url, secret: SECRET },
        { url: alive.url, secret: SECRET, events: ["question.expired"] },
      ],
    });
    told.tell(() => NOTICE);
    told.tell(() => ({ ...NOTICE, type: "question.expired" }));
    await alive.reached(1);
    expect(JSON.parse(alive.deliveries[0]?.body ?? "")).toMatchObject({ type: "question.expired" });
    const began = Date.now();
    await told.drain(50);
    expect(Date.now() - began).toBeLessThan(2_000);
    expect(alive.deliveries).toHaveLength(1);
  });
});

describe("a listener", () => {
  test("that throws or never comes back holds up nobody and is told again", async () => {
    const heard: string[] = [];
    let count = 0;
    const { told, log } = tellers({
      onQuestion(notice) {
        heard.push(notice.type);
        count += 1;
        if (count === 1) throw new Error("a word of Ada's");
        return count === 2 ? new Promise<void>(() => {}) : undefined;
      },
    });
    for (let n = 0; n < 3; n += 1) told.tell(async () => NOTICE);
    await vi.waitUntil(() => heard.length === 3);
    await told.drain(20);
    expect(log.filter((line) => line.includes("onQuestion failed"))).toHaveLength(1);
    expect(log.join("")).not.toContain("Ada's");
  });

  test("is told of what it listens to, and of nothing else", async () => {
    const heard: string[] = [];
    const both = {
      onQuestion: () => void heard.push("question"),
      onFeedback: () => {
        heard.push("feedback");
        throw new Error("a word of Ada's");
      },
    };
    const { told, log } = tellers(both);
    told.tell(() => NOTICE);
    told.tell(() => FEEDBACK);
    await told.drain(1_000);
    expect(heard.toSorted()).toEqual(["feedback", "question"]);
    expect(log.filter((line) => line.includes("onFeedback failed"))).toHaveLength(1);
    expect(log.join("")).not.toContain("Ada's");
    for (const { told: alone } of [
      tellers({ onQuestion: both.onQuestion }),
      tellers({ onFeedback: () => void heard.push("feedback alone") }),
    ]) {
      alone.tell(() => FEEDBACK);
      await alone.drain(1_000);
    }
    expect(heard.slice(2)).toEqual(["feedback alone"]);
  });

  test("cannot change what the others are told", async () => {
    const { url, deliveries } = await receiver(ends(200));
    const { told } = tellers({
      onQuestion: (notice) => void Object.assign(notice, { title: "Changed" }),
      webhooks: [{ url, secret: SECRET }],
    });
    told.tell(() => ({ ...NOTICE }));
    await told.drain(5_000);
    expect(JSON.parse(deliveries[0]?.body ?? "")).toMatchObject({ title: "Refund" });
  });
});

describe("what is told", () => {
  test("is not even made when nobody listens, or after the end", async () => {
    let made = 0;
    const make = () => {
      made += 1;
      return null;
    };
    tellers({}).told.tell(make);
    const { told } = tellers({ onQuestion: () => {} });
    told.tell(make);
    await told.drain(1_000);
    told.tell(make);
    expect(made).toBe(1);
  });

  test("is bounded: what is too much is lost and said so", async () => {
    let heard = 0;
    const { told, log } = tellers({
      onQuestion: () => {
        heard += 1;
        return new Promise<void>(() => {});
      },
    });
    for (let n = 0; n < 1_002; n += 1) told.tell(() => NOTICE);
    await vi.waitUntil(() => heard === 1_000);
    expect(log.filter((line) => line.includes("too many are under way"))).toHaveLength(2);
    await told.drain(10);
    expect(log.at(-1)).toContain('"lost":1000');
  });

  test("that cannot be made is lost alone", async () => {
    const heard: Notice[] = [];
    const { told, log } = tellers({ onQuestion: (notice) => void heard.push(notice) });
    told.tell(() => Promise.reject(new Error("the database")));
    told.tell(() => NOTICE);
    await told.drain(1_000);
    expect(heard).toEqual([NOTICE]);
    expect(log.join("")).toContain("was lost");
  });
});
