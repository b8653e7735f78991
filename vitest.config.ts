import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{protocol,server,widget,demo,prisma,scripts}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**", "**/*.deep.test.ts"],
    allowOnly: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Two cores are what there is; what waits for a socket or a process leaves room for the other.
    maxWorkers: 2,
  },
});
