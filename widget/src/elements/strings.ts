/** Every word the widget says by itself. Replace any of them through the element's `strings`. */
export const strings = {
  agent: "Assistant",
  openLabel: "Open the chat",
  openLabelUnread: "Open the chat, new message",
  panelLabel: (agent: string) => `Chat with ${agent}`,
  close: "Close the chat",
  transcript: "Conversation",
  greeting: "Hello! How can I help you today?",

  online: "Online",
  connecting: "Connecting…",
  offline: "You are offline",
  offlineDetail: "Messages you write will be sent when you are back.",
  reconnecting: "Connection lost",
  reconnectingIn: (seconds: number) => `Trying again in ${seconds} s`,
  reconnectingNow: "Trying again…",
  refused: "Not available",
  ended: "Ended",
  tryAgain: "Try again",
  startAnew: "Start a new conversation",

  compose: "Write a message",
  composePlaceholder: "Ask anything",
  composeWhileAsked: "Answer the question above first",
  send: "Send",
  stop: "Stop the answer",
  charactersLeft: (count: number) => `${count} characters left`,
  charactersOver: (count: number) => `${count} characters too many`,

  earlier: "Earlier messages",
  loadingEarlier: "Loading earlier messages…",
  newMessages: "New messages",
  you: "You",
  waiting: "Will be sent when you are connected",
  sending: "Sending…",
  notSent: "Not sent.",
  thinking: "Thinking…",
  reasoning: "Thought it over",
  stopped: "This answer was stopped",
  truncated: "The answer was cut at its length limit",

  person: "Person",
  waitingForPerson: "Waiting for a person…",
  talkingWith: (name: string) => `You are talking with ${name}`,

  toolRunning: (title: string) => `${title}…`,
  toolDone: (title: string) => title,
  toolFailed: (title: string) => `${title}: did not work`,
  toolUnknown: (title: string) => `${title}: not known whether it worked`,
  toolDenied: (title: string) => `${title}: declined, not done`,
  toolExpired: (title: string) => `${title}: not done`,

  approvalAsked: "Needs your approval",
  approvalHighRisk: "Please check this carefully. It may not be possible to undo it.",
  approve: "Approve",
  decline: "Decline",
  approving: "Approving…",
  declining: "Declining…",
  exactArguments: "Exact details",
  expiresIn: (time: string) => `Open for ${time}`,
  minutes: (count: number) => `${count} min`,
  seconds: (count: number) => `${count} s`,
  hours: (count: number) => `${count} h`,
  days: (count: number) => (count === 1 ? "1 day" : `${count} days`),
  youApproved: "You approved",
  youDeclined: "You declined",
  approved: "Approved",
  declined: "Declined",
  approvedElsewhere: "Answered in another window: approved",
  declinedElsewhere: "Answered in another window: declined",
  expired: "Expired without an answer",
  noLongerOpen: "No longer open",
  outcomeRunning: "Working on it…",
  outcomeDone: "Done",
  outcomeFailed: "It did not work",
  outcomeUnknown:
    "We do not know whether this happened. It was not tried again; please check before you ask for it once more.",
  outcomeNotDone: "Nothing was changed",

  copy: "Copy",
  copied: "Copied",
  showMore: (count: number) => `Show ${count.toLocaleString()} more`,
  done: "Done",
  notDone: "Not done",

  announceAnswer: (agent: string, text: string) => `${agent} says: ${text}`,
  announceQuestion: (title: string, summary: string) =>
    `Your approval is needed. ${title}. ${summary}`,

  /** What went wrong, by the server's code; `default` for every other code. */
  errors: {
    default: "The assistant has a technical problem. Please try again in a moment.",
    ORIGIN_NOT_ALLOWED: "This website is not set up to use this assistant.",
    AGENT_NOT_AUTHORIZED: "This assistant is not available here.",
    UNAUTHENTICATED: "You need to be signed in to use this assistant.",
    AUTH_CONTEXT_INVALID: "We could not confirm who you are. Reload the page and try again.",
    NOT_SET_UP: "This chat is not set up correctly on this page.",
    VALIDATION_ERROR: "This message was not accepted.",
    SESSION_NOT_FOUND: "This conversation was ended.",
    UNAVAILABLE: "The assistant is restarting. Please try again in a moment.",
    LLM_UNAVAILABLE: "The assistant cannot answer right now. Please try again later.",
    AGENT_ERROR: "The answer could not be finished.",
    TURN_IN_PROGRESS: "The assistant is still answering. Wait for it, or stop it first.",
    RATE_LIMITED: "That was a lot at once. Please wait a moment and try again.",
    BUDGET_EXCEEDED: "The limit for this conversation is reached.",
  } as Readonly<Record<string, string>>,
};

export type Strings = typeof strings;

/** The default words with a host's own in their place. */
export function withStrings(own: Partial<Strings> | undefined): Strings {
  return own ? { ...strings, ...own, errors: { ...strings.errors, ...own.errors } } : strings;
}

/** The words for a server's error code; the server's own text never replaces them. */
export function errorText(words: Strings, code: string): string {
  const own = Object.hasOwn(words.errors, code) ? words.errors[code] : undefined;
  return own ?? words.errors["default"] ?? "";
}
