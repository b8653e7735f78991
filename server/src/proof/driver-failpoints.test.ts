import { describe, expect, it } from "vitest";
import { changeOf, watchPostgres } from "./driver-failpoints.fixture.js";

describe("the name of a statement", () => {
  it.each([
    ["COMMIT", "COMMIT"],
    ["INSERT INTO `main`.`Turn` (`id`) VALUES (?)", "INSERT Turn"],
    ['INSERT INTO "public"."Turn" ("id") VALUES ($1)', "INSERT Turn"],
    ["UPDATE `main`.`ToolCall` SET `state` = ?", "UPDATE ToolCall"],
    ['DELETE FROM "public"."ServerProcess" WHERE 1=1', "DELETE ServerProcess"],
    ["SELECT `main`.`Turn`.`id` FROM `main`.`Turn`", undefined],
    ["BEGIN", undefined],
  ])("of %s is %s", (sql, name) => {
    expect(changeOf(sql)).toBe(name);
  });
});

describe("the driver of PostgreSQL", () => {
  function watched() {
    const passed: string[] = [];
    class Client {
      query(_sql: unknown, ...rest: unknown[]): Promise<string> | undefined {
        passed.push("query");
        const callback = rest.at(-1);
        if (typeof callback !== "function") return Promise.resolve("rows");
        (callback as (error: null, rows: string) => void)(null, "rows");
        return undefined;
      }
    }
    watchPostgres({ Client }, (name) => passed.push(name));
    return { client: new Client(), passed };
  }
  const inOrder = ["before INSERT Turn", "query", "after INSERT Turn"];
  const sql = 'INSERT INTO "public"."Turn"';

  it.each([["text", sql] as const, ["a query", { text: sql }] as const])(
    "passes a point before and after %s",
    async (_, query) => {
      const { client, passed } = watched();
      expect(await client.query(query)).toBe("rows");
      expect(passed).toEqual(inOrder);
    },
  );

  it("passes them around a callback too, and leaves a reading query alone", () => {
    const { client, passed } = watched();
    void client.query(sql, [], (_error: null, rows: string) => passed.push(rows));
    expect(passed).toEqual([...inOrder, "rows"]);
    void client.query("SELECT 1", [], () => undefined);
    expect(passed).toHaveLength(5);
  });
});
