import { randomUUID } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { AgentChange, SavedAgent } from "./agent-store.js";
import type { AgentRow } from "./records.js";
import type { Store } from "./store.js";

/** The agents that the host keeps in the database. */
export function agentContract(store: () => Store): void {
  const save = (over: Partial<AgentChange> = {}): Promise<SavedAgent> =>
    store().saveAgent({
      id: randomUUID(),
      organizationId: "org",
      parts: {},
      expected: undefined,
      ...over,
    });
  const saved = async (over: Partial<AgentChange> = {}): Promise<AgentRow> => {
    const answer = await save(over);
    if (!("agent" in answer)) throw new Error(answer.outcome);
    return answer.agent;
  };

  describe("agents", () => {
    test.each(["", "\0", "__proto__", "%", randomUUID()])(
      "an unknown one (%j) is null",
      async (id) => {
        expect(await store().agentRow(id)).toBeNull();
      },
    );

    test("one is made as it was written, and with nothing else", async () => {
      const id = randomUUID();
      const before = Date.now();
      const answer = await save({ id, parts: { behaviour: '{"name":"Mira 世界"}' } });
      expect(answer.outcome).toBe("created");
      const row = await store().agentRow(id);
      expect(answer).toEqual({ outcome: "created", agent: row });
      expect(row).toEqual({
        id,
        organizationId: "org",
        allowedOrigins: null,
        secrets: "[]",
        publicKeys: "[]",
        behaviour: '{"name":"Mira 世界"}',
        createdAt: row?.createdAt,
        updatedAt: row?.updatedAt,
      });
      expect(Number(row?.updatedAt)).toBeGreaterThanOrEqual(before - 1);
    });

    test("only what is given changes, and each change has a later instant", async () => {
      const first = await saved({ parts: { secrets: '["s"]', allowedOrigins: "[]" } });
      const { id } = first;
      const second = await saved({ id, parts: { behaviour: "{}" } });
      const third = await saved({ id, parts: { allowedOrigins: null } });
      expect(third).toEqual({
        ...first,
        behaviour: "{}",
        allowedOrigins: null,
        updatedAt: third.updatedAt,
      });
      expect(Number(second.updatedAt)).toBeGreaterThan(Number(first.updatedAt));
      expect(Number(third.updatedAt)).toBeGreaterThan(Number(second.updatedAt));
    });

    test("one of another organization is neither changed nor deleted", async () => {
      const { id, ...rest } = await saved({ parts: { secrets: '["s"]' } });
      const theirs = { id, organizationId: "another", parts: { secrets: "[]" } };
      expect(await save(theirs)).toEqual({ outcome: "foreign" });
      expect(await save({ ...theirs, expected: "absent" })).toEqual({ outcome: "foreign" });
      expect(await store().deleteAgent(id, "another", undefined)).toBe("unknown");
      expect(await store().agentRow(id)).toEqual({ id, ...rest });
    });

    test("a change that expects another row than there is changes nothing", async () => {
      const stale = { outcome: "stale" };
      const id = randomUUID();
      expect(await save({ id, expected: "present" })).toEqual(stale);
      expect(await save({ id, expected: [new Date()] })).toEqual(stale);
      expect(await store().agentRow(id)).toBeNull();
      const row = await saved({ id, expected: "absent" });
      const parts = { secrets: '["s"]' };
      expect(await save({ id, parts, expected: "absent" })).toEqual(stale);
      expect(await save({ id, parts, expected: [new Date(0)] })).toEqual(stale);
      expect(await save({ id, parts, expected: [] })).toEqual(stale);
      expect(await store().deleteAgent(id, "org", [new Date(0)])).toBe("stale");
      expect(await store().agentRow(id)).toEqual(row);
      const next = await saved({ id, parts, expected: [new Date(0), row.updatedAt] });
      expect(await save({ id, parts, expected: [row.updatedAt] })).toEqual(stale);
      expect(await saved({ id, expected: "present" })).toMatchObject(parts);
      expect(await store().deleteAgent(id, "org", [next.updatedAt])).toBe("stale");
      expect(await store().deleteAgent(id, "org", "present")).toBe("deleted");
      expect(await store().deleteAgent(id, "org", "present")).toBe("unknown");
    });

    test("of many first writers at once one makes it, and no change is lost", async () => {
      const id = randomUUID();
      const made = await Promise.all(
        Array.from({ length: 8 }, () => save({ id, expected: "absent" })),
      );
      expect(made.map(({ outcome }) => outcome).sort()).toEqual([
        "created",
        ...Array.from({ length: 7 }, () => "stale"),
      ]);
      const row = await store().agentRow(id);
      const expected = row ? [row.updatedAt] : [];
      const changed = await Promise.all(
        Array.from({ length: 8 }, (_, n) => save({ id, parts: { secrets: `["${n}"]` }, expected })),
      );
      expect(changed.filter(({ outcome }) => outcome === "updated")).toHaveLength(1);
      const other = randomUUID();
      const all = await Promise.all(
        (["allowedOrigins", "secrets", "publicKeys", "behaviour"] as const).map((part) =>
          saved({ id: other, parts: { [part]: `["${part}"]` } }),
        ),
      );
      expect(new Set(all.map(({ updatedAt }) => updatedAt.getTime())).size).toBe(4);
      expect(await store().agentRow(other)).toMatchObject({
        allowedOrigins: '["allowedOrigins"]',
        secrets: '["secrets"]',
        publicKeys: '["publicKeys"]',
        behaviour: '["behaviour"]',
      });
    });

    test("an organization's are read in pages, and nobody else's", async () => {
      const organizationId = randomUUID();
      const made = await Promise.all(Array.from({ length: 5 }, () => saved({ organizationId })));
      await saved({ organizationId: randomUUID() });
      const read: string[] = [];
      for (let cursor: string | undefined; ;) {
        const page = await store().agentRows({ organizationId, limit: 2, cursor });
        read.push(...page.agents.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = page.nextCursor;
      }
      expect(read).toHaveLength(5);
      expect(new Set(read)).toEqual(new Set(made.map(({ id }) => id)));
    });
  });
}
