/** Pieces of the answer, as a model sends them. */
export const CHUNKS = 980;
const CHARACTERS = 12 * 1024;

/** 12 KB of markdown with everything an answer may hold, the same on every run. */
export const answer = written().slice(0, CHARACTERS).trimEnd();

/** The answer in as many pieces, of a few characters each, cut anywhere. */
export const chunks = Array.from({ length: CHUNKS }, (_, index) =>
  answer.slice(cutAt(index), cutAt(index + 1)),
);

function cutAt(index) {
  if (index === 0) return 0;
  if (index === CHUNKS) return answer.length;
  // Up to four characters off the even cut, so that no rhythm of the text meets one of the cuts.
  return Math.floor((index * answer.length) / CHUNKS) + ((index * 7) % 9) - 4;
}

function written() {
  let text = "";
  for (let part = 1; text.length < CHARACTERS; part += 1) text += section(part);
  return text;
}

function section(part) {
  return [
    `${part % 3 === 1 ? "#" : "##"} Part ${part}: how the parcel travels`,
    `A parcel that is **handed over before noon** leaves the same day, and _most_ arrive within ${part + 1} days. ` +
      `What \`order_${part}_state\` says is what the carrier told us last; it is read anew every ten minutes, ` +
      `so a pause of an hour means nothing bad. See [the shipping page](https://example.com/shipping/${part}) for the ` +
      `whole table, or write to help@example.com when a parcel is ~~late~~ overdue by more than ${part + 2} days.`,
    [
      "- What you need at hand:",
      `  - the number of the order, such as ${1180 + part}`,
      "  - the address it goes to, **with the post code**",
      "- What happens then:",
      "  1. we ask the carrier, which takes a minute",
      "  2. we tell you what came of it, here",
      "- [x] the parcel was weighed",
      "- [ ] the parcel was scanned at the door",
    ].join("\n"),
    [
      "| Zone | Days | Price | Insured up to |",
      "| :--- | ---: | ----: | :-----------: |",
      ...["North", "South", "East", "West", "Islands"].map(
        (zone, index) =>
          `| ${zone} | ${index + part} | ${4 + index}.90 € | ${(index + 1) * 100} € |`,
      ),
    ].join("\n"),
    "> Weather is not in anybody's hand. _Snow on the pass_ costs a day, and a strike more than that;\n" +
      "> we say so as soon as we hear of it.\n>\n> Nothing is charged twice for it.",
    [
      "```js",
      `export function arrival(order, days = ${part}) {`,
      "  const left = new Date(order.leftAt);",
      "  // Sundays and holidays do not count.",
      "  for (let left_over = days; left_over > 0; left.setDate(left.getDate() + 1)) {",
      "    if (left.getDay() !== 0 && !holidays.has(left.toISOString())) left_over -= 1;",
      "  }",
      "  return left;",
      "}",
      "```",
    ].join("\n"),
    `1. Open **Your orders** and choose the one it is about.\n2. Press *Track*; part ${part} of this answer says what the states mean.\n3. Come back here if it has not moved for two days.`,
    "",
  ].join("\n\n");
}
