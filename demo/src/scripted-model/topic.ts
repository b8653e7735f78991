/** What a message is about. `mention` names an order, a product or a sum and nothing else. */
export type Topic =
  | "refund"
  | "unwanted"
  | "complaint"
  | "refund-status"
  | "cancel"
  | "where"
  | "contact"
  | "leave-it"
  | "yes"
  | "no"
  | "policy"
  | "shipping"
  | "care"
  | "help"
  | "greeting"
  | "thanks"
  | "goodbye"
  | "person"
  | "who"
  | "mention"
  | "unclear";

/** The topic of a normalised text; `names` counts the orders and tells of a sum it names. */
export function readTopic(text: string, names: { orders: number; amount: boolean }): Topic {
  const specific = names.orders > 0 || names.amount || /\bmy\b/.test(text);
  for (const { topic, patterns, only } of rules) {
    if (only === "in general" && specific) continue;
    if (patterns.some((pattern) => pattern.test(text))) return topic;
  }
  return names.orders > 0 || names.amount ? "mention" : "unclear";
}

interface Rule {
  topic: Topic;
  patterns: RegExp[];
  /** Only when the text is about no particular order: "can I return things?". */
  only?: "in general";
}

/** The first that fits decides, so the narrow ones stand before the wide ones. */
const rules: Rule[] = [
  { topic: "leave-it", patterns: [/\b(?:never ?mind|forget (?:it|that|about it)|leave it)\b/] },
  {
    topic: "leave-it",
    patterns: [
      /\b(?:don't|do not|no longer) (?:(?:want|need|like) )?(?:(?:to|a|the|any|my) )*(?:refund|cancel|return)/,
    ],
  },
  { topic: "leave-it", patterns: [/\bkeep (?:it|the|my|that|this)\b(?!.*\b(?:refund|cancel)\b)/] },
  {
    topic: "person",
    patterns: [
      /\b(?:speak|talk|connect|transfer|escalate)\b.*\b(?:human|person|agent|someone|manager)\b/,
    ],
  },
  {
    topic: "contact",
    patterns: [
      /\b(?:change|update|correct|new|leave)\b.*\b(?:e-?mail|phone|contact|telephone)\b/,
      /\b(?:reach|call|write to|contact) me\b/,
    ],
  },
  { topic: "policy", patterns: [/\b(?:polic(?:y|ies)|terms|rules|guarantee|warranty)\b/] },
  {
    topic: "policy",
    patterns: [
      /\b(?:how|what(?! about)|explain|tell me|info|do you (?:offer|give|accept))\b.*\b(?:refunds?|returns?|returning|cancellations?)\b/,
    ],
    only: "in general",
  },
  {
    topic: "policy",
    patterns: [
      /\b(?:can|do|could) (?:i|you|one|we) (?:return|accept returns|take back|send back)\b(?! (?:it|the|this|that|these|those)\b)/,
    ],
    only: "in general",
  },
  {
    topic: "refund-status",
    patterns: [
      /\bwhere(?:'s| is)? (?:my |the )?(?:refund|money)\b/,
      /\bwhen (?:will|do|does|can|is|am) .*\b(?:refund(?:ed)?|money)\b/,
      /\bis my refund\b/,
      /\bwhat(?:'s| is| has)? happen(?:ed|ing)? (?:to|with) (?:my|the) (?:refund|money)\b/,
      /\b(?:status|state) of (?:my|the) refund/,
      /\b(?:was|were|did|has|have|is|been|am)\b[^.?!]*\brefunded\b/,
      /\b(?:did|have) you refund\b/,
      /\brefund (?:status|arrive)/,
    ],
  },
  {
    topic: "complaint",
    patterns: [
      /\b(?:broken?|broke|damaged?|cracked|crack|chipped|smashed|shattered|faulty|defective|leak(?:s|ing|y)?|wrong (?:item|size|colou?r|one|thing)|in pieces)\b(?!.*\b(?:refund|money back|cancel)\b)(?<!\b(?:refund|money back|cancel)\b.*)/,
    ],
  },
  { topic: "where", patterns: [/\b(?:is|was|has|been|did|got)\b[^.?!]*\bcancell?ed\b/] },
  {
    topic: "cancel",
    patterns: [
      /\bcancel/,
      /\bcall off\b/,
      /\bundo\b/,
      /\bstop (?:the |my |that |this )?(?:order|shipment)\b/,
      /\bdon't (?:send|ship)\b/,
    ],
  },
  {
    topic: "refund",
    patterns: [
      /\brefund/,
      /\breimburse/,
      /\bmoney back\b/,
      /\bpay (?:me|it) back\b/,
      /\b(?:give|get|want|have|need|like) .*\bback\b/,
      /\breverse (?:the|my) (?:charge|payment)/,
      /\bcash back\b/,
      /\bcredit (?:me|my)\b/,
      /\bback (?:please|pls|on|for|from)\b/,
      /\bchargeback\b/,
    ],
  },
  {
    topic: "unwanted",
    patterns: [
      /\breturn\b/,
      /\breturning\b/,
      /\bsend (?:it|the|this|that|them|these|my) .*back\b/,
      /\bsend (?:it|this|that|them) back\b/,
      /\b(?:don't|do not|no longer) (?:want|need|like)\b/,
      /\bchanged my mind\b/,
      /\bget rid of\b/,
    ],
  },
  {
    topic: "shipping",
    patterns: [
      /\bship(?:ping)? (?:cost|time|fee|price|option|to)/,
      /\b(?:free|fast|express) (?:shipping|delivery)\b/,
      /\b(?:how|what|do|does|is|which)\b.*\b(?:shipping|deliver(?:y|ies)?|ship)\b/,
    ],
    only: "in general",
  },
  {
    topic: "where",
    patterns: [
      /\bwhere/,
      /\btrack/,
      /\barriv/,
      /\bdeliver/,
      /\bshipped\b/,
      /\bmy\b.*\bship\b/,
      /\bcoming\b/,
      /\bnews\b/,
      /\b(?:never|not|haven't|hasn't|didn't) (?:received?|got|get|gotten|come|came)\b/,
      /\bstatus\b/,
      /\beta\b/,
      /\bmy (?:orders?|stuff|things|package|parcel|purchases?)\b/,
      /\border history\b/,
      /\blook (?:up|at)\b/,
      /\bfind\b.*\border/,
      /\b(?:show|list|see)\b.*\borders?\b/,
      /\bwhen (?:will|does|do|is|can)\b.*\b(?:come|here|get|leave|ready|expect)\b/,
      /\bhow (?:is|are)\b.*\border/,
      /\bstill waiting\b/,
      /\bwhat did i (?:order|buy)\b/,
      /\bwhat (?:have i|i) ordered\b/,
      /\bhow much (?:did i|was)\b/,
      /\bwhat about\b.*\border/,
    ],
  },
  {
    topic: "care",
    patterns: [
      /\bdishwasher/,
      /\bmicrowave/,
      /\boven\b/,
      /\bwash/,
      /\bclean\b/,
      /\bcare\b/,
      /\bhandmade\b/,
    ],
  },
  { topic: "shipping", patterns: [/\bshipping\b/, /\bdelivery\b/] },
  {
    topic: "who",
    patterns: [
      /\b(?:who|what) are you\b/,
      /\bare you (?:a |an )?(?:bot|robot|human|ai|real|person)/,
      /\byour name\b/,
      /\bwhich model\b/,
    ],
  },
  {
    topic: "person",
    patterns: [
      /\b(?:human|person|agent|someone|representative|support team|real people|manager|phone)\b/,
    ],
  },
  {
    topic: "help",
    patterns: [
      /\bhelp\b/,
      /\bwhat can you do\b/,
      /\bhow does this work\b/,
      /\bwhat do you do\b/,
      /\boptions\b/,
    ],
  },
  { topic: "thanks", patterns: [/^(?:ok|okay|great|perfect)[,.!]* (?:thanks|thank you|thx)/] },
  {
    topic: "yes",
    patterns: [
      /^(?:yes|yep|yeah|yup|sure|ok|okay|please do|go ahead|do it|of course|correct|right|exactly|absolutely|please)\b/,
    ],
  },
  { topic: "no", patterns: [/^(?:no|nope|nah|not now|don't|stop)\b/] },
  {
    topic: "goodbye",
    patterns: [/\b(?:bye|goodbye|see you|good night|that's all|that is all|nothing else)\b/],
  },
  {
    topic: "thanks",
    patterns: [/\b(?:thanks?|thank you|thx|cheers|great|perfect|awesome|lovely|wonderful|nice)\b/],
  },
  {
    topic: "greeting",
    patterns: [
      /^(?:hi|hello|hey|hiya|howdy|good (?:morning|afternoon|evening|day)|greetings|yo)\b/,
      /\bhow are you\b/,
    ],
  },
];
