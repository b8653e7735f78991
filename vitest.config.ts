import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{protocol,server,widget,demo,prisma,scripts}/**/*.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    allowOnly: false,
    testTimeout: 10_000,
    hookTimeout: 20_000,
  },
});
