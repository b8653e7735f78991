const names = new Intl.DisplayNames("en", { type: "language", fallback: "none" });

/**
 * What a model is told of the language that the visitor's page is set to: the English name that belongs
 * to the tag, and nothing that a page could put there.
 *
 * @param locale a BCP 47 tag, as a page said it
 * @returns undefined for none, and for a language that is not known
 */
export function languageNote(locale: string | null): string | undefined {
  const name = locale === null ? undefined : languageName(locale);
  return (
    name &&
    `The visitor's page is set to this language: ${name}. Answer in it, unless the visitor writes in another one.`
  );
}

function languageName(tag: string): string | undefined {
  try {
    const { language, script, region } = new Intl.Locale(tag);
    const known = [language, script, region].filter((part) => part !== undefined).join("-");
    return names.of(known) ?? names.of(language);
  } catch {
    // Of the shape of a tag, and none.
    return undefined;
  }
}
