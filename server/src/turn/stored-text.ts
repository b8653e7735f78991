/** A text as every database keeps it: what none keeps is dropped before it is shown. */
export function storable(text: string): string {
  return text.toWellFormed().replaceAll("\0", "");
}

/** The first `length` code units of a text, without half a surrogate pair at the end. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, splitsPair ? length - 1 : length);
}
