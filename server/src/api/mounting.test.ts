import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express from "express";
import { pino } from "pino";
import { describe, expect, onTestFinished, test } from "vitest";
import { runningServer, SESSION_SECRET, temporaryFolder } from "../running-server.fixture.js";
import { createSmoothAgent } from "../smooth-agent.js";
import { ApiClient, PRINCIPAL_SECRET, principalToken } from "./api-client.fixture.js";
import { apiSettings } from "./api-world.fixture.js";

const said = async (url: string, init?: RequestInit) => {
  const response = await fetch(url, init);
  return `${response.status} ${await response.text()}`;
};

describe("the host API in a host's app", () => {
  test("leaves the host's own routes under /api to the host", async () => {
    const seen: unknown[] = [];
    const server = await runningServer({
      ...apiSettings(),
      host(app) {
        app.get("/api/before", (_request, response) => void response.send("before"));
      },
    });
    server.app.use(express.json());
    server.app.post("/api/after", (request, response) => {
      seen.push(request.body);
      response.send("after");
    });
    server.app.get("/api/agents/:id/orders", (_request, response) => void response.send("orders"));
    expect(await said(`${server.url}/api/before`)).toBe("200 before");
    const headers = { "content-type": "application/json" };
    const post = { method: "POST", headers, body: '{"a":1}' };
    expect(await said(`${server.url}/api/after`, post)).toBe("200 after");
    expect(seen).toEqual([{ a: 1 }]);
    expect(await said(`${server.url}/api/agents/a/orders`)).toBe("200 orders");
    expect((await fetch(`${server.url}/api/nothing`)).status).toBe(404);
    expect((await (await ApiClient.of(server, "acme")).get("/agents")).status).toBe(200);
  });

  test("is not there when nobody may call it", async () => {
    const server = await runningServer(apiSettings({ principals: undefined }));
    const headers = {
      authorization: `Bearer ${await principalToken({ org: "acme", role: "admin" })}`,
    };
    for (const path of ["/api/agents", "/api/openapi.json", "/api/conversations/x", "/api"]) {
      expect((await fetch(server.url + path, { headers })).status).toBe(404);
    }
  });

  test("goes where it is told, and says so in its description", async () => {
    const app = express();
    const http = createServer(app);
    const agent = createSmoothAgent({
      agents: {},
      databaseUrl: `file:${await temporaryFolder()}/smooth-agent.db`,
      sessionSecret: SESSION_SECRET,
      principals: { secret: PRINCIPAL_SECRET },
      logger: pino({ level: "silent" }),
    });
    agent.attach(app, http, { apiPath: "/support/api" });
    await new Promise<void>((listening) => http.listen(0, "127.0.0.1", listening));
    const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
    onTestFinished(async () => {
      await agent.drain();
      http.close();
    });
    const token = await principalToken({ org: "acme", role: "admin" });
    const headers = { authorization: `Bearer ${token}` };
    // Before the server has started there is nothing to read.
    const away =
      '503 {"error":{"code":"UNAVAILABLE","message":"The server is restarting. Please try again."}}';
    expect(await said(`${url}/support/api/agents`, { headers })).toBe(away);
    await agent.start();
    expect(await said(`${url}/support/api/agents`, { headers })).toBe(
      '200 {"agents":[],"nextCursor":null}',
    );
    expect((await fetch(`${url}/api/agents`, { headers })).status).toBe(404);
    const described = (await (await fetch(`${url}/support/api/openapi.json`)).json()) as {
      servers: unknown;
    };
    expect(described.servers).toEqual([{ url: "/support/api" }]);
    await agent.drain();
    expect(await said(`${url}/support/api/agents`, { headers })).toBe(away);
  });
});
