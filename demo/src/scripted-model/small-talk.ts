import type { Topic } from "./topic.js";

/** Answers that need no tool. */
export const smallTalk: Record<Exclude<Topic, OrderTopic>, string> = {
  greeting: "Hello! I can look up your orders, refund them or cancel them. What can I do for you?",
  thanks: "You are welcome. Enjoy your tea.",
  goodbye: "Goodbye, and thank you for stopping by.",
  yes: "Gladly, but I am not sure to what. Tell me what you need, for example “where is my order?”.",
  no: "All right. I am here if you need me.",
  "leave-it": "All right, I leave everything as it is. Nothing was changed.",
  mention: "What shall I do about it? I can look an order up, refund it or cancel it.",
  unclear:
    "I am not sure I understood. I can look up your orders, give money back, or cancel an order that has not shipped. Try “where is my order?” or “I want my money back for the mug”.",
  who: "I am Clay, the shop's assistant: a program, not a person. I look things up by myself, and I ask you before anything is refunded or cancelled.",
  person:
    "I cannot put a person through from here, but people read **hello@kiln-and-kettle.example** every weekday. Meanwhile I can look up, refund or cancel an order.",
  help: `Here is what I can do:

- **Find an order**: “where is my order?” or “how is 1043 doing?”
- **Give money back**: “refund order 1234” or “$20 back on 1042”
- **Cancel an order** that has not shipped: “cancel 1043”
- **Show you an order** on this page: “show me order 1042”
- **Note how to reach you**: “I want to change my e-mail”
- **Answer questions** about returns, shipping and care

Before any money moves I ask you, and you see exactly what will happen.`,
  care: "All our stoneware may go into the dishwasher, the microwave and an oven up to 180 °C. Walnut and linen would rather be washed by hand and in cool water.",
  shipping: `Shipping within the country is free and takes **3 to 6 days** with Northpost. Pieces made to order take four to five weeks, because they wait for the next firing. You get a note when a parcel leaves our workshop.`,
  policy: `## Returns at Kiln & Kettle

We want you to use what we make, so we keep this simple.

### What you can return

1. **Anything unused, within 30 days** of delivery. Tell us, and send it back in its own box.
2. **Anything that arrives broken**, at any time. You do not send it back; a word is enough.
3. **An order that has not left our workshop** can be cancelled, and everything you paid goes back to you.

### What we cannot take back

- Tea that was opened
- Pieces made to your measure or with your name
- Gift cards

### How long it takes

| Step | Time | Who |
|---|---|---|
| You tell us, here or by mail | a minute | you |
| The parcel comes back to us | 2 to 6 days | Northpost |
| We look at it and agree | 1 day | our workshop |
| The money is with you | 3 to 5 business days | your bank |

Refunds go back **the way you paid**, to the cent. If only one piece of an order is not right, we refund that piece and you keep the rest.

Shall we begin? Say “refund order 1234” with your own number, and I ask you before anything happens.`,
};

/** Topics that need the data of an order, or of the visitor. */
type OrderTopic =
  | "refund"
  | "unwanted"
  | "complaint"
  | "refund-status"
  | "cancel"
  | "where"
  | "contact";
