/**
 * What a fetched chunk takes from the script that fetched it. What is named here is left out of the
 * chunks, so that none of it is in a page's memory twice; everything else a chunk brings along.
 */
export { html, noChange, nothing, svg } from "lit";
export { Directive, directive } from "lit/directive.js";
export { guard } from "lit/directives/guard.js";
export { live } from "lit/directives/live.js";
export * from "../client/client-tool-error.js";
export * from "../client/runtime.js";
export * from "../markdown/visible-characters.js";
export * from "../elements/countdown.js";
export * from "../elements/drafts.js";
export * from "../elements/from-chunk.js";
export * from "../elements/icons.js";
export * from "../elements/prose.js";
export * from "../elements/smooth-agent-events.js";
export * from "../elements/starters.js";
export * from "../elements/strings.js";
export * from "../elements/thinking.js";
export * from "../state/waiting-questions.js";
