/** Every word the widget says by itself. Replace any of them through the element's `strings`. */
export const strings = {
  agent: "Assistant",
  openLabel: "Open the chat",
  openLabelUnread: "Open the chat, new message",
  openLabelWaiting: (label: string, count: number) =>
    count === 1 ? `${label}, 1 question waits` : `${label}, ${count} questions wait`,
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
  partMissing: "This part of the chat could not be loaded.",
  startAnew: "Start a new conversation",

  compose: "Write a message",
  composePlaceholder: "Ask anything",
  composeWhileAsked: "Answer the question above first",
  send: "Send",
  declineAndSend: "Decline and send",
  declineAndSendHint: "Sending this declines the question above.",
  questionsWait: (count: number) =>
    count === 1 ? "A question waits for you" : `${count} questions wait for you`,
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
  approvalAskedTeam: "Needs the team's approval",
  questionOf: (number: number, total: number) => `${number} of ${total}`,
  modelsWords: "The assistant's words",
  stepUp: "This website may ask you to confirm that it is you.",
  approve: "Approve",
  decline: "Decline",
  withdraw: "Withdraw",
  waitingForTeam: "Waiting for the team's approval",
  addReason: "Say no with a reason…",
  reason: "Why? The assistant is told when you decline.",
  remember: "Don't ask again for this in this conversation",

  edit: "Edit",
  editField: (label: string) => `Edit ${label}`,
  cancel: "Cancel",
  undo: "Undo",
  undoField: (label: string) => `Undo the change of ${label}`,
  changed: "Changed",
  firstAsked: "First asked:",
  willRun: (labels: string) => `You changed: ${labels}. This is what will run:`,
  approveChange: "Approve change",
  range: (least?: number, most?: number) => {
    if (least === undefined) return most === undefined ? undefined : `At most ${most}`;
    return most === undefined ? `At least ${least}` : `${least} to ${most}`;
  },

  areYouSure: "Once more, to be sure:",
  reallyApprove: (title: string) =>
    `Yes, ${title.replace(/^\p{Lu}(?=\p{Ll}*(?:\s|$))/u, (first) => first.toLowerCase())}`,
  reallyApproveChange: "Yes, with my change",
  back: "Back",
  approving: "Approving…",
  declining: "Declining…",
  exactArguments: "Exact details",
  asAsked: "Details",
  expiresIn: (time: string) => `${time} left`,
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
  approvedByTeam: "Approved by the team",
  declinedByTeam: "Declined by the team",
  notAsked: "Not asked: you allowed this here",
  askAgain: "Ask me again",
  allowedHere: (count: number) => `Allowed here without asking: ${count}`,
  revoke: "Ask me again",
  revokeGrant: (title: string) => `Ask me again: ${title}`,
  expired: "Expired without an answer",
  noLongerOpen: "No longer open",
  outcomeRunning: "Working on it…",
  outcomeDone: "Done",
  outcomeFailed: "It did not work",
  outcomeUnknown:
    "We do not know whether this happened. It was not tried again; please check before you ask for it once more.",
  outcomeNotDone: "Nothing was changed",

  interactionAsked: (agent: string) => `${agent} asks`,
  identityTitle: "Your contact details",
  identityFields: { name: "Name", email: "Email", phone: "Phone" } as Readonly<
    Record<"name" | "email" | "phone", string>
  >,
  choicesTitle: "A quick question",
  choicesTitleSeveral: "A few quick questions",
  pickSeveral: "Pick any that apply",
  other: "Other",
  otherLabel: "Your answer",
  dateTitle: "Pick a day",
  dateTimeTitle: "Pick a day and a time",
  date: "Day",
  time: "Time",
  optional: "optional",
  submit: "Submit",
  youSaid: "You said",
  answeredElsewhere: "Answered in another window",
  cannotShow: "This question cannot be shown here",

  otpAsked: "One-time code",
  otpTitle: "Confirm that it is you",
  otpDismiss: "Not now",
  otpCode: "Code",
  otpSentTo: (destination: string) => `Code sent to ${destination}`,
  otpSending: "A code is on its way…",
  otpVerify: "Confirm",
  otpAttempts: (left: number) => (left === 1 ? "1 attempt left" : `${left} attempts left`),
  otpVerified: "Thank you, it is you. Your message is sent again.",
  otpLocked: "Too many wrong codes.",
  otpFailed: "The code could not be sent.",
  otpResend: "Send another code",
  otpResendIn: (time: string) => `Another code can be sent in ${time}`,
  otpResendBy: (channel: string) => `Send it by ${channel}`,
  otpChannels: { email: "email", sms: "text message", phone: "phone" } as Readonly<
    Record<string, string>
  >,

  rateUp: "Good answer",
  rateDown: "Bad answer",
  comment: "Anything to add? (optional)",
  addComment: "Add a comment",
  notNow: "Not now",
  thanks: "Thank you for your feedback.",
  notRated: "Your feedback was not saved.",

  editLast: "Edit and send again",
  editing: "Editing your last question",
  queued: "Sent after this answer",
  takeBack: "Take back",
  sendAfter: "You can send this after the answer.",

  menu: "Menu",
  newConversation: "New conversation",
  goesOn: "The answer goes on in the earlier conversation.",
  earlierConversations: "Earlier conversations",
  loading: "Loading…",
  noConversations: "There are no earlier conversations.",
  notListed: "The list could not be loaded.",
  thisConversation: "This conversation",

  copy: "Copy",
  copied: "Copied",
  showMore: (count: number) => `Show ${count.toLocaleString()} more`,
  done: "Done",
  notDone: "Not done",

  announceAnswer: (agent: string, text: string) => `${agent} says: ${text}`,
  announceQuestion: (title: string, summary: string) =>
    `Your approval is needed. ${title}. ${summary}`,
  announceWay: "Press F6 to go there.",
  announceCode: "Code.",
  announceMore: "… more in the conversation.",

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

/** The words of a language, English unless given, with a host's own in their place. */
export function withStrings(own: Partial<Strings> | undefined, base: Strings = strings): Strings {
  return own ? { ...base, ...own, errors: { ...base.errors, ...own.errors } } : base;
}

/** The words for a server's error code; the server's own text never replaces them. */
export function errorText(words: Strings, code: string): string {
  const own = Object.hasOwn(words.errors, code) ? words.errors[code] : undefined;
  return own ?? words.errors["default"] ?? "";
}
