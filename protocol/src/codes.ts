/** The part of the contract that a browser needs at run time: codes and limits, no schema. */
export * from "./close-code.js";
export * from "./error-code.js";
export * from "./limits.js";
