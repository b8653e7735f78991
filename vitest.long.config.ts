import { defineConfig } from "vitest/config";
import usual from "./vitest.config.js";

// What would make `npm test` longer than ten minutes: the first part of `npm run test:deep`.
export default defineConfig({
  ...usual,
  test: {
    ...usual.test,
    include: ["{server,widget}/**/*.long.test.ts"],
    exclude: ["**/node_modules/**", "**/dist/**"],
  },
});
