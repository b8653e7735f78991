/** The forms of a phrase by what is counted; `other` stands for every form that is not given. */
export type PluralForms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

/** How a language counts: the phrase for a number, with the number written its way in place of `#`. */
export function counting(language: string): (count: number, forms: PluralForms) => string {
  const rules = new Intl.PluralRules(language);
  const number = new Intl.NumberFormat(language);
  return (count, forms) =>
    (forms[rules.select(count)] ?? forms.other).replace("#", () => number.format(count));
}
