import { agent, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily } from "../gallery-state.js";

const REFUSED = { delivery: "refused" } as const;

/** What the visitor wrote, and how far it got. */
export const visitorMessages: GalleryFamily = {
  name: "visitor",
  title: "Visitor’s messages",
  states: [
    { name: "sent", title: "Sent", conversation: talk(visitor("Where is my order?")) },
    {
      name: "sending",
      title: "Sending",
      conversation: talk(visitor("Where is my order?", { delivery: "sending" })),
    },
    {
      name: "waiting",
      title: "Waiting for a connection",
      conversation: talk(
        visitor("Where is my order?", { delivery: "waiting", waitsFor: "connection" }),
      ),
    },
    {
      name: "queued",
      title: "Queued behind the answer",
      settings: { whileBusy: "queue" },
      conversation: queued(),
    },
    {
      name: "refused",
      title: "Refused: too many at once",
      conversation: talk(
        visitor("Hello?", {
          ...REFUSED,
          error: { code: "RATE_LIMITED", message: "", retryable: true },
        }),
      ),
    },
    {
      name: "refused-invalid",
      title: "Refused: not accepted",
      conversation: talk(
        visitor("Where is my order, and the one before that one?", {
          ...REFUSED,
          error: { code: "VALIDATION_ERROR", message: "", retryable: false },
        }),
      ),
    },
    {
      name: "long",
      title: "Long, with lines and a long word",
      conversation: talk(
        visitor(
          "This is what the mail said:\n\n  Order #4198\n  2 × Tea bowl, celadon\n\nhttps://kiln-and-kettle.example/orders/4198/tracking?carrier=slow-and-steady&reference=0000000000000000000000000000000000001\n\nIs that right?",
        ),
        agent("It is."),
      ),
    },
    {
      name: "several",
      title: "One after another",
      conversation: talk(
        visitor("Hi"),
        visitor("it is about my order"),
        visitor("4198 I think"),
        agent("I am looking."),
      ),
    },
    {
      name: "scripts",
      title: "Right-to-left, CJK, emoji",
      conversation: talk(
        visitor("أين طلبي رقم 4198؟"),
        visitor("注文した湯呑みはいつ届きますか？"),
        visitor("🫖🍵"),
        visitor("<b>not bold</b> & **not either**"),
      ),
    },
  ],
};

function queued() {
  const { transcript = [], ...rest } = talk(
    visitor("Where is my order?"),
    agent("It left the workshop yesterday and", { status: "running" }),
  );
  const text = "And can you change the address?";
  const more = visitor(text, { delivery: "waiting", waitsFor: "answer" });
  return { ...rest, transcript: [...transcript, more] };
}
