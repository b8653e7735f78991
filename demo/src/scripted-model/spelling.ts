/** The words of a text, lower-cased, with near misses of `known` put right ("refnd", "cancle"). */
export function normalise(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[\u2018\u2019]/g, "'")
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[a-z]{5,}/g, (word) => correct(word))
    .trim();
}

const known = [
  "refund",
  "cancel",
  "return",
  "where",
  "order",
  "policy",
  "shipping",
  "delivery",
  "money",
];
const inflections = /(?:ed|ing|s|led|ling|lation)$/;

function correct(word: string): string {
  if (known.includes(word) || known.includes(word.replace(inflections, ""))) return word;
  return known.find((right) => right[0] === word[0] && isOneSlipAway(word, right)) ?? word;
}

/** One letter missing, extra or wrong, or two neighbours swapped. */
function isOneSlipAway(word: string, right: string): boolean {
  if (Math.abs(word.length - right.length) > 1) return false;
  let start = 0;
  while (start < word.length && word[start] === right[start]) start++;
  const rest = (text: string, skip: number): string => text.slice(start + skip);
  const swapped = word[start] === right[start + 1] && word[start + 1] === right[start];
  return (
    rest(word, 1) === rest(right, 1) ||
    rest(word, 1) === rest(right, 0) ||
    rest(word, 0) === rest(right, 1) ||
    (swapped && rest(word, 2) === rest(right, 2))
  );
}
