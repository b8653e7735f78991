/** The mark of the product, a speech bubble with a calm wave in it, in a 24 by 24 field. */
export const MARK_PATH =
  "M12 3.5c5 0 9 3.3 9 7.6s-4 7.6-9 7.6c-.9 0-1.7-.1-2.5-.3L5.3 20.6c-.4.2-.8-.1-.8-.5v-3.5C3.6 15.2 3 13.2 3 11.1 3 6.8 7 3.5 12 3.5ZM7.7 12.2c1.5-2.3 2.9-2.3 4.3-.8s2.8 1.5 4.3-.8";
