/**
 * Waits for work, but no longer than `ms` milliseconds, and no longer than until `signal` is aborted. The
 * work goes on all the same.
 *
 * @param work rejects as this does, when it does so in time
 */
export async function within(
  ms: number,
  work: Promise<unknown>,
  signal?: AbortSignal,
): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
    stop = resolve;
  });
  signal?.addEventListener("abort", stop, { once: true });
  if (signal?.aborted) stop();
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}
