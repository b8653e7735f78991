/** A tool's name as words: `issue_refund`, `issueRefund` and `crm.issue-refund` read as a sentence. */
export function humanizedName(name: string): string {
  const words = name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, "$1 $2")
    .replace(/[\s._:/-]+/g, " ")
    .trim();
  const sentence = /\p{Ll}/u.test(words) ? words.replace(/\b\p{Lu}(?=\p{Ll})/gu, lower) : words;
  return sentence.replace(/^./u, (first) => first.toUpperCase());
}

function lower(letter: string): string {
  return letter.toLowerCase();
}
