import type { ErrorCode } from "@smooth-agent/protocol";
import { agent, MINUTE, NOW, talk, visitor } from "../conversation-parts.js";
import type { GalleryFamily, GalleryState } from "../gallery-state.js";

const CLAY = {
  name: "Clay",
  greeting:
    "Hello, I am Clay. I can find your orders, change them and send money back. I **ask you first** before anything changes.",
};

const STARTERS = ["Where is my order?", "Something arrived broken", "What is your return policy?"];

const SHORT = talk(
  visitor("Where is my order?"),
  agent("Order **#4211** left the workshop yesterday and should be with you on Friday."),
);

const DAY = 24 * 60 * MINUTE;

/** The panel itself: before anything was said, without a connection, and over many days. */
export const panel: GalleryFamily = {
  name: "panel",
  title: "Panel",
  states: [
    { name: "greeting", title: "Greeting", conversation: { agent: CLAY } },
    {
      name: "greeting-default",
      title: "Greeting of its own words",
      conversation: { agent: { name: "Clay" } },
    },
    {
      name: "starters",
      title: "Greeting and starters",
      conversation: { agent: { ...CLAY, starters: STARTERS } },
    },
    {
      name: "starters-long",
      title: "Long name, long starters",
      conversation: {
        agent: {
          ...CLAY,
          name: "The Kiln & Kettle order and after-sales assistant",
          starters: [
            ...STARTERS,
            "I was charged twice for the same order and would like to know which of the two payments goes back to my card",
          ],
        },
      },
    },
    {
      name: "loading",
      title: "Nothing is known yet",
      conversation: { agent: undefined, connection: { status: "connecting" } },
    },
    {
      name: "connecting",
      title: "Taken up again",
      conversation: { ...SHORT, agent: CLAY, connection: { status: "connecting" } },
    },
    {
      name: "reconnecting",
      title: "Connection lost",
      conversation: {
        ...SHORT,
        agent: CLAY,
        connection: { status: "reconnecting", attempt: 2, retryAt: NOW + 12_000 },
      },
    },
    {
      name: "waiting-to-send",
      title: "Written without a connection",
      conversation: {
        ...talk(
          ...(SHORT.transcript ?? []),
          visitor("And can I still change the address?", { delivery: "waiting" }),
        ),
        agent: CLAY,
        connection: { status: "reconnecting", attempt: 4, retryAt: NOW },
      },
    },
    refused("refused", "Refused: not this website", "ORIGIN_NOT_ALLOWED", false),
    refused("refused-signed-out", "Refused: not signed in", "UNAUTHENTICATED", false),
    refused("refused-later", "Refused in the middle", "AUTH_CONTEXT_INVALID", true),
    refused("ended", "The conversation was ended", "SESSION_NOT_FOUND", true),
    {
      name: "earlier",
      title: "There is more history",
      conversation: {
        ...SHORT,
        agent: CLAY,
        history: { loading: false, hasMore: true, cursor: "c" },
      },
    },
    {
      name: "earlier-loading",
      title: "History on its way",
      conversation: {
        ...SHORT,
        agent: CLAY,
        history: { loading: true, hasMore: true, cursor: "c" },
      },
    },
    {
      name: "days",
      title: "Over several days",
      conversation: talk(
        visitor("Do you ship to Norway?", { at: NOW - 9 * DAY }),
        agent("Yes, in 5 to 8 working days.", { at: NOW - 9 * DAY + MINUTE }),
        visitor("Then I will take two bowls.", { at: NOW - DAY }),
        agent("Lovely. They are in your basket.", { at: NOW - DAY + MINUTE }),
        visitor("Where is my order?"),
        agent("It left the workshop an hour ago."),
      ),
    },
    scrolled("scrolled", "Read further up", []),
    scrolled("news", "New below", [agent("By the way, the kiln is on again from Monday.")]),
  ],
};

function refused(name: string, title: string, code: ErrorCode, later: boolean): GalleryState {
  const error = { code, message: "Refused.", retryable: false };
  return {
    name,
    title,
    conversation: {
      ...(later ? SHORT : {}),
      connection: { status: "refused", error },
    },
  };
}

function scrolled(
  name: string,
  title: string,
  news: readonly ReturnType<typeof agent>[],
): GalleryState {
  const long = Array.from({ length: 9 }, (_, index) => [
    visitor(`How do I care for piece number ${index + 1}?`),
    agent("Wash it by hand, dry it well, and keep it away from sudden heat."),
  ]).flat();
  return {
    name,
    title,
    conversation: talk(...long),
    acts: [{ scrollUp: 500 }],
    later: news.length > 0 ? [talk(...long, ...news)] : [],
  };
}
