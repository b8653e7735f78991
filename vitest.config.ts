import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{protocol,server,widget,demo,prisma,scripts}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.{long,deep}.test.ts"],
    allowOnly: false,
    // Nothing is measured by a limit: a busy machine only takes longer.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Two cores are what there is; what waits for a socket or a process leaves room for the other.
    maxWorkers: 2,
  },
});
