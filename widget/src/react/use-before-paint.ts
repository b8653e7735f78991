import { useEffect, useLayoutEffect } from "react";

/** Runs before the browser paints; on a server, where nothing is painted, not at all. */
export const useBeforePaint = typeof document === "undefined" ? useEffect : useLayoutEffect;
