import { expect, test } from "vitest";
import { runningServer } from "../running-server.fixture.js";
import { ApiClient } from "./api-client.fixture.js";
import { apiSettings } from "./api-world.fixture.js";

test("an organization has what was written of it, and no other has", async () => {
  const server = await runningServer(apiSettings());
  const acme = await ApiClient.of(server, "acme");
  const globex = await ApiClient.of(server, "globex");
  const nothing = { persona: null, budgetUsd: null };
  expect((await acme.get("/organization")).json).toEqual({ organizationId: "acme", ...nothing });
  const persona = "Speak like a sailor. 世界";
  const written = await acme.patch("/organization", { persona, budgetUsd: 0.5 });
  expect(written.json).toEqual({ organizationId: "acme", persona, budgetUsd: 0.5 });
  expect((await acme.patch("/organization", {})).json).toEqual(written.json);
  expect((await acme.get("/organization")).json).toEqual(written.json);
  expect((await globex.get("/organization")).json).toEqual({
    organizationId: "globex",
    ...nothing,
  });
  const cleared = await acme.patch("/organization", { persona: null });
  expect(cleared.json).toEqual({ organizationId: "acme", persona: null, budgetUsd: 0.5 });
});
