// What the model is told of calls that no tool ended.

/** Of a question that nobody answered in time. */
export const NO_ANSWER =
  "The visitor did not answer in time, which counts as declined. It was not run and nothing was changed.";

/** Of a call that the end of its turn left open. */
export const NOT_RUN = "The call was not run: the answer ended before.";
