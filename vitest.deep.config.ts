import { defineConfig } from "vitest/config";

// What takes minutes and both cores: `npm run test:deep`.
export default defineConfig({
  test: {
    include: ["server/**/*.deep.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
    allowOnly: false,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    fileParallelism: false,
  },
});
