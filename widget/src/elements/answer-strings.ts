/** The English words of what answers bring along; they come with what draws answers. */
export const answerStrings = {
  reasoning: "Thought it over",
  stopped: "This answer was stopped",
  truncated: "The answer was cut at its length limit",

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

  editField: (label: string) => `Edit ${label}`,
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
  yes: "Yes",
  no: "No",
  fillIn: "Please fill this in.",
  wrongEmail: "Please write an email address like name@example.com.",
  wrongWholeNumber: "Please write a whole number.",
  wrongNumber: (range?: string) =>
    range ? `Please write a number (${range}).` : "Please write a number.",
  dayRange: (least?: string, most?: string) => {
    if (least === undefined)
      return most === undefined ? undefined : `Please pick a day up to ${most}.`;
    return most === undefined
      ? `Please pick a day from ${least} on.`
      : `Please pick a day from ${least} to ${most}.`;
  },

  areYouSure: "Once more, to be sure:",
  reallyApprove: (title: string) =>
    `Yes, ${title.replace(/^\p{Lu}(?=\p{Ll}*(?:\s|$))/u, (first) => first.toLowerCase())}`,
  reallyApproveChange: "Yes, with my change",
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
  sources: "Sources",
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
};
