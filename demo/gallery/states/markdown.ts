import { agent, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const HEADINGS = `# Caring for stoneware
A first paragraph, with **bold**, *italic*, ~~struck~~ and \`inline code\`.

## Washing
By hand, with warm water. A dishwasher does no harm to the clay, but to the *gold rim*.

### Drying
Upside down, on wood.

#### Storing
Not in each other.

---

A last word after a rule.`;

const LISTS = `What you need:

- a bowl
- a whisk
  - bamboo, soaked
  - or steel
    1. rinse it
    2. let it dry
- water at 80 °C

Then:

1. Warm the bowl.

   Pour the water away afterwards.
2. Sift two spoons of matcha.
3. Whisk.

Done so far:

- [x] Order found
- [x] Photo received
- [ ] Refund sent`;

const TABLES = `| Piece | Price | In stock |
| :--- | ---: | :---: |
| Tea bowl, celadon | $38.00 | yes |
| Kettle, cast iron | $129.00 | no |
| Whisk | $14.50 | yes |

And a wide one:

| Order | Placed | Carrier | Reference | Where it is now | Expected |
| --- | --- | --- | --- | --- | --- |
| #4198 | 3 November 2026 | Slow & Steady | SS-000-198-22 | Delivered to a neighbour | 9 November 2026 |
| #4211 | 21 November 2026 | Slow & Steady | SS-000-211-07 | Sorting centre | Friday |`;

const CODE = `Track an order from your own page:

\`\`\`js
// Asks every minute.
const order = await fetch("/api/orders/4198").then((each) => each.json());
if (order.status === "delivered") console.log(\`#\${order.id} is there\`);
\`\`\`

\`\`\`python
def total(items: list[Item]) -> int:
    """Cents, shipping included."""
    return sum(each.cents for each in items) + 490
\`\`\`

\`\`\`json
{ "id": "4198", "items": [{ "name": "Tea bowl", "cents": 3800 }], "gift": false }
\`\`\`

\`\`\`sh
curl -H "Authorization: Bearer $TOKEN" https://kiln-and-kettle.example/api/orders/4198?with=items,parcels,refunds
\`\`\`

\`\`\`
no language at all
\`\`\``;

const QUOTES = `The maker says:

> Clay remembers how it was touched.
>
> > And how it was fired.
>
> - slowly
> - twice

A link to [our returns page](https://kiln-and-kettle.example/returns), a bare one https://kiln-and-kettle.example/care, a mail to <help@kiln-and-kettle.example>, and one that goes nowhere: [press me](javascript:alert(1)).

A picture stays a link: ![A cracked tea bowl](https://kiln-and-kettle.example/cracked.jpg)`;

const SCRIPTS = `مرحبًا! طلبك رقم **4198** في الطريق، وسيصل يوم *الجمعة*.

- القطعة: وعاء شاي
- السعر: $38.00

ご注文の**湯呑み**は金曜日に届きます。割れていた場合は、\`返金\`いたします。

您的订单已发货，预计**周五**送达。

Grüße aus der Töpferei 🫖🍵 👩🏽‍🎨 — Ελληνικά, Кириллица, עברית`;

const HOSTILE = `<script>alert(1)</script> <img src=x onerror=alert(1)>

Averyveryverylongwordwithoutanyplacetobreak-${"clay".repeat(40)}

**never closed, [a link (never closed

$$ x^2 $$ snake_case_name stays as it is, 3 * 4 * 5 too.`;

/** Everything an answer may be written in. */
export const markdown: GalleryFamily = {
  name: "markdown",
  title: "Markdown",
  states: [
    written("headings", "Headings and rules", HEADINGS, 760),
    written("lists", "Lists, nested, of tasks", LISTS, 900),
    written("tables", "Tables", TABLES, 700),
    written("code", "Code in several languages", CODE, 980),
    written("quotes", "Quotes, links, pictures as links", QUOTES, 720),
    written("scripts", "Right-to-left, CJK, emoji", SCRIPTS, 760),
    written("hostile", "What a model should not write", HOSTILE, 680),
    written(
      "everything",
      "A long answer",
      [HEADINGS, LISTS, TABLES, CODE, QUOTES].join("\n\n"),
      2300,
    ),
  ],
};

function written(name: string, title: string, text: string, height: number): GalleryState {
  return { name, title, height, conversation: talk(visitor("Tell me all about it."), agent(text)) };
}
