/** How much the visitor wants: a sum, or a share of what is left. */
export type Amount = { cents: number } | { share: number };

/** The sum of money a text names, if any; `words` are normalised and order numbers are taken out. */
export function readAmount(words: string): Amount | undefined {
  const text = words.replaceAll(/[a-z]+/g, (word) => String(spelledOut[word] ?? word));
  for (const pattern of patterns) {
    const match = pattern.exec(text);
    if (match?.[1]) return { cents: toCents(match[1]) };
  }
  if (/\bhalf\b/.test(text)) return { share: 0.5 };
  return undefined;
}

const number = String.raw`(\d[\d,]*(?:\.\d{1,2})?)`;
const patterns = [
  new RegExp(String.raw`(?:\$|usd|us\$) ?${number}`),
  new RegExp(String.raw`\b${number} ?(?:\$|dollars?|bucks|usd)`),
  /\b(\d+\.\d{2})\b/,
  new RegExp(String.raw`\b(?:refund|return|back|reimburse)(?: me)?(?: just| only)? ${number}\b`),
  new RegExp(String.raw`\b${number} (?:back|refunded)\b`),
];

const spelledOut: Record<string, number> = {
  five: 5,
  ten: 10,
  fifteen: 15,
  twenty: 20,
  thirty: 30,
  forty: 40,
  fifty: 50,
};

function toCents(text: string): number {
  return Math.round(Number(text.replaceAll(",", "")) * 100);
}
