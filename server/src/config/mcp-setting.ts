import { z } from "zod";
import { httpUrl } from "./setting.js";

const filled = z.string().min(1, { error: "must not be empty" });

/** For tools that only read; every other one asks first. */
const shared = { readOnly: z.array(filled).optional(), timeoutMs: z.int().min(1).optional() };

const serverSetting = z.union(
  [
    z.strictObject({
      url: httpUrl,
      headers: z.record(filled, z.string()).optional(),
      ...shared,
    }),
    z.strictObject({
      command: filled,
      args: z.array(z.string()).optional(),
      env: z.record(filled, z.string()).optional(),
      ...shared,
    }),
  ],
  { error: "must have a url (and headers), or a command (and args, env); and may have readOnly" },
);

/** The MCP servers, by the names that their tools' names begin with. */
export const mcpServersSetting = z
  .record(
    z.string().regex(/^[\w-]{1,32}$/, { error: "must be 1 to 32 letters, digits, _ or -" }),
    serverSetting,
  )
  .superRefine((servers, context) => {
    const names = Object.keys(servers);
    for (const name of names) {
      // `a_b_c` would be the tool `b_c` of the one and `c` of the other, whichever answers first.
      const other = names.find((longer) => longer.startsWith(`${name}_`));
      if (other === undefined) continue;
      const message = `must not begin with the name of another server and _ (${name})`;
      context.addIssue({ code: "custom", path: [other], message });
    }
  });
