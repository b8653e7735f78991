/**
 * Characters that can hide, reorder or fake text: controls but tab and line feed, bidi controls,
 * zero-width and filler characters, tag characters and lone surrogates.
 */
const HIDDEN =
  /[\0-\x08\x0B-\x1F\x7F-\x9F\xAD\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\u3164\uFEFF\uFFA0\uFFF0-\uFFFB\u{E0000}-\u{E0FFF}]|\p{Surrogate}/gu;

/** A joiner inside an emoji sequence is part of one picture and hides nothing. */
const EMOJI_BEFORE = /[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F]$/u;
const EMOJI_AFTER = /^\p{Extended_Pictographic}/u;

/**
 * Makes a text show everything it contains.
 *
 * @returns the text with each hidden character as its code point, such as `⟨U+202E⟩`
 */
export function visibleCharacters(text: string): string {
  return text.replace(HIDDEN, (character, offset: number) => {
    if (character === "\u200D" && joinsEmoji(text, offset)) return character;
    const code = character.codePointAt(0) ?? 0;
    return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}

function joinsEmoji(text: string, offset: number): boolean {
  return (
    EMOJI_BEFORE.test(text.slice(Math.max(0, offset - 2), offset)) &&
    EMOJI_AFTER.test(text.slice(offset + 1, offset + 3))
  );
}
