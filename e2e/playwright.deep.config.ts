import { defineConfig } from "@playwright/test";
import usual from "./playwright.config.js";

// What takes minutes and both cores: `npm run test:deep`.
export default defineConfig({ ...usual, testIgnore: [], testMatch: "**/*.deep.spec.ts" });
