import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import {
  cancelled,
  confirmationResolved,
  errorFrame,
  eventualResponse,
  handOffChanged,
  immediateResponse,
  messageAdded,
  parseAction,
  pong,
  streamToken,
  streamToolCall,
  streamToolResult,
  turnSnapshot,
  turnStarted,
  writeConfirmationRequired,
  type Action,
  type ActiveTurn,
  type Confirmation,
  type ErrorCode,
  type HandOff,
  type HandOffChange,
  type LastTurn,
  type Message,
  type ServerEvent,
  type TerminalEvent,
  type ToolCallState,
} from "@smooth-agent/protocol";
import { WebSocketServer, type WebSocket } from "ws";
import { createModelAsking, edited, grant, type ModelAsking } from "./model-asking.fixture.js";

/** One connection as the server sees it. */
export interface Peer {
  send(event: ServerEvent): void;
  raw(data: string | Buffer): void;
  cut(): void;
  close(code: number): void;
  /** Whether it holds the session of the conversation. */
  admitted: boolean;
}

/** A real socket server that keeps one conversation in memory, as the contract wants it. */
export interface ModelServer extends ModelAsking {
  readonly url: string;
  readonly httpUrl: string;
  readonly actions: Action[];
  readonly peers: Set<Peer>;
  /** Upgrades that were asked for, refused ones too, and plain requests. */
  readonly counts: { upgrades: number; gets: number };
  /** With all that is known of them, the answers of cancelled and failed turns among them. */
  messages: Message[];
  /** Whether it knows `include: ["turns"]`; an older server ignores it. */
  knowsTurns: boolean;
  turn: ActiveTurn | undefined;
  lastTurn: LastTurn | undefined;
  tokens: Set<string>;
  /** Looks at an action first; true means that it is dealt with. */
  intercept: (action: Action, peer: Peer) => boolean;
  /** When set, upgrades and plain requests get this. */
  refusal: { status: number; code: ErrorCode } | undefined;
  say(token: string): void;
  callTool(toolCallId: string, name: string): void;
  /** @param status what became of the call, where `isError` tells too little */
  returnTool(
    toolCallId: string,
    name: string,
    result: string,
    isError?: boolean,
    status?: ToolCallState,
  ): void;
  ask(toolCallId: string, change?: Partial<Confirmation>): void;
  finish(messageId?: string): void;
  fail(): void;
  /** A person of the host's says something, whatever goes on. */
  write(id: string, text: string, name?: string): void;
  /** A person is waited for, takes over, gives back. */
  handOver(change: HandOffChange): void;
  snapshot(): void;
  cut(): void;
  /** Resolves with the first action, sent or still to come, that `wanted` accepts. */
  received(wanted: (action: Action) => boolean): Promise<Action>;
  close(): Promise<void>;
}

export const confirmation = (toolCallId: string): Confirmation => ({
  toolId: "issue_refund",
  actionDescription: "Refund $20.00",
  toolCallId,
  toolName: "issue_refund",
  title: "Refund",
  summary: "Refund $20.00 on order 1234",
  fields: [{ label: "Amount", value: "$20.00" }],
  arguments: { orderId: "1234" },
  risk: "high",
  expiresAt: 2_000_000_000_000,
});

export const reply = (text: string, messageId: string) => ({
  messageId,
  needsEscalation: false,
  response: {
    responseParts: text === "" ? [] : [text],
    customerHappinessScore: 0.5,
    needsSatisfactionScore: 0.5,
    requestSummary: "",
    resolutionStatus: "in_progress",
    suggestedNextActions: [],
  },
});

export async function startModelServer(): Promise<ModelServer> {
  const waiting = new Set<() => void>();
  const terminals = new Map<string, TerminalEvent>();
  let sessions = 0;
  let handOff: HandOff | undefined;
  const listed = {
    conversationId: "c1",
    title: "Hello",
    updatedAt: "2026-01-01T00:00:00.000Z",
    messageCount: 2,
  };
  let clock = 1_700_000_000_000;
  const now = () => (clock += 1);

  const { asking, act: actAsked } = createModelAsking({ running, tell, now });

  const server: ModelServer = Object.assign(asking, {
    url: "",
    httpUrl: "",
    actions: [],
    peers: new Set(),
    counts: { upgrades: 0, gets: 0 },
    messages: [],
    knowsTurns: true,
    turn: undefined,
    lastTurn: undefined,
    tokens: new Set(),
    intercept: () => false,
    refusal: undefined,
    say(token) {
      const turn = running();
      const last = turn.items.at(-1);
      if (last?.type === "text") last.text += token;
      else turn.items.push({ type: "text", text: token });
      tell(streamToken(turn.requestId, token, now()));
    },
    callTool(toolCallId, name) {
      const turn = running();
      const call = { toolCallId, name, arguments: { orderId: "1234" } };
      if (!turn.items.some((item) => item.type === "tool" && item.toolCallId === toolCallId)) {
        turn.items.push({ type: "tool", ...call, status: "executing" });
      }
      tell(streamToolCall(turn.requestId, call, now()));
    },
    returnTool(toolCallId, name, result, isError = false, status) {
      const turn = running();
      turn.items = turn.items.map((item) =>
        item.type === "tool" && item.toolCallId === toolCallId
          ? { ...item, status: status ?? (isError ? "failed" : "succeeded"), result }
          : item,
      );
      const returned = { toolCallId, name, isError, result, ...(status && { status }) };
      tell(streamToolResult(turn.requestId, returned, now()));
    },
    ask(toolCallId, change) {
      const turn = running();
      turn.status = "parked";
      const pending = { ...confirmation(toolCallId), ...change };
      turn.pending = pending;
      const { toolName, arguments: given } = pending;
      const item = { toolCallId, name: toolName, arguments: given };
      turn.items.push({ type: "tool", ...item, status: "awaiting" });
      tell(writeConfirmationRequired(turn.requestId, pending, now()));
      tell(streamToolCall(turn.requestId, item, now()));
    },
    finish(messageId = `m${server.messages.length}`) {
      const turn = running();
      const text = turn.items.map((item) => (item.type === "text" ? item.text : "")).join("");
      if (text !== "") storeAnswer(messageId, "completed");
      end(eventualResponse(turn.requestId, reply(text, messageId), now()));
    },
    fail() {
      const error = { code: "AGENT_ERROR", message: "The answer failed." } as const;
      storeAnswer(`m${server.messages.length}`, "failed");
      end(errorFrame(running().requestId, error, now()));
    },
    write(id, text, name = "Ana") {
      const known = { status: "completed", from: { type: "human-agent", name } } as const;
      tell(messageAdded(store(id, "outbound", text, known), now()));
    },
    handOver(change) {
      const { state, ...rest } = change;
      handOff = state === null ? undefined : { state, ...rest };
      tell(handOffChanged(change, now()));
    },
    snapshot: () => tell(turnSnapshot(structuredClone(running()), now())),
    cut() {
      for (const peer of [...server.peers]) peer.cut();
    },
    async received(wanted) {
      for (;;) {
        const action = server.actions.find(wanted);
        if (action) return action;
        await new Promise<void>((resolve) => waiting.add(resolve));
      }
    },
    async close() {
      server.cut();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  } satisfies Omit<ModelServer, keyof ModelAsking> & ThisType<ModelServer>);

  const http = createServer((_request: IncomingMessage, response: ServerResponse) => {
    server.counts.gets += 1;
    const { status, code } = server.refusal ?? { status: 426, code: "VALIDATION_ERROR" };
    response.writeHead(status, { "content-type": "application/json" });
    response.end(JSON.stringify({ error: { code, message: "This is a socket." } }));
  });
  const sockets = new WebSocketServer({ noServer: true });
  http.on("upgrade", (request, socket, head) => {
    server.counts.upgrades += 1;
    if (server.refusal) {
      // Whoever is refused may be gone already.
      socket.on("error", () => {});
      socket.end(`HTTP/1.1 ${server.refusal.status} Refused\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, socket, head, admit);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  return Object.assign(server, {
    url: `ws://127.0.0.1:${port}/ws`,
    httpUrl: `http://127.0.0.1:${port}`,
  });

  function admit(socket: WebSocket): void {
    const peer: Peer = {
      admitted: false,
      send: (event) => socket.send(JSON.stringify(event)),
      raw: (data) => socket.send(data),
      cut: () => {
        server.peers.delete(peer);
        socket.terminate();
      },
      close: (code) => socket.close(code),
    };
    server.peers.add(peer);
    socket.on("close", () => server.peers.delete(peer));
    socket.on("message", (data) => {
      const parsed = parseAction(JSON.parse(String(data)));
      if (!parsed.ok) throw new Error(parsed.message);
      server.actions.push(parsed.action);
      if (!server.intercept(parsed.action, peer)) act(parsed.action, peer);
      for (const wake of waiting) wake();
      waiting.clear();
    });
  }

  function act(action: Action, peer: Peer): void {
    const { requestId } = action;
    const answer = (message: string, data: Record<string, unknown>) =>
      peer.send(immediateResponse(requestId, 200, message, data, now()));
    const refuse = (code: ErrorCode) =>
      peer.send(errorFrame(requestId, { code, message: `Refused: ${code}.` }, now()));
    switch (action.action) {
      case "ping":
        return peer.send(pong(requestId, now()));
      case "create_conversation_session":
        sessions += 1;
        return open(peer, answer, `s${sessions}`, `token ${sessions}`);
      case "resume_session":
        if (!server.tokens.has(action.sessionToken)) return refuse("SESSION_NOT_FOUND");
        return open(peer, answer, action.sessionId, action.sessionToken);
      case "set_auth_context":
        return open(peer, answer, action.sessionId, `${action.sessionId} verified`);
      case "list_conversations":
        return answer("Conversations", { conversations: [{ ...listed }] });
      case "rename_conversation": {
        const { conversationId, title } = action;
        if (conversationId !== listed.conversationId) return refuse("CONVERSATION_NOT_FOUND");
        listed.title = title;
        return answer("Conversation renamed", { conversationId, title });
      }
      case "submit_interaction":
      case "verify_otp":
      case "request_otp":
      case "revoke_grant":
        return actAsked(action, peer, answer, refuse);
      case "send_feedback": {
        const { sessionId, messageId, rating, comment } = action;
        return answer("Feedback received", { sessionId, messageId, rating, comment });
      }
      case "get_session":
      case "submit_tool_result":
        return refuse("UNSUPPORTED_ACTION");
      case "get_conversation_messages":
        return history(action, answer);
      case "send_message":
        return start(action.requestId, action.message, peer);
      case "confirm_tool_action":
        if (questionOf(server.turn)?.toolCallId !== action.toolCallId) {
          return refuse("NO_PENDING_CONFIRMATION");
        }
        return resolve(action, peer, answer);
      case "cancel":
        if (!server.turn) return;
        storeAnswer(`m${server.messages.length}`, "cancelled");
        end(cancelled(server.turn.requestId, now()));
    }
  }

  function open(
    peer: Peer,
    answer: (message: string, data: Record<string, unknown>) => void,
    sessionId: string,
    sessionToken: string,
  ): void {
    server.tokens.add(sessionToken);
    answer("Session", {
      sessionId,
      conversationId: "c1",
      agentId: "a1",
      agentName: "Ada",
      userParticipantId: "u1",
      agentParticipantId: "p1",
      sessionToken,
      expiresAt: 4_000_000_000_000,
      agent: { name: "Ada", greeting: "Hello." },
      activeTurn: structuredClone(server.turn) ?? null,
      lastTurn: server.lastTurn ?? null,
      handOff,
      ...(server.grants.length > 0 && { grants: server.grants }),
    });
    peer.admitted = true;
  }

  function start(requestId: string, text: string, peer: Peer): void {
    const ack = (data: Record<string, unknown>) =>
      peer.send(immediateResponse(requestId, 202, "Processing your request...", data, now()));
    const terminal = terminals.get(requestId);
    if (terminal || server.turn?.requestId === requestId) {
      ack({ duplicate: true });
      if (terminal) peer.send(terminal);
      return;
    }
    if (server.turn) {
      const error = { code: "TURN_IN_PROGRESS", message: "Another turn runs." } as const;
      return peer.send(errorFrame(requestId, error, now()));
    }
    const message = store(`m${server.messages.length}`, "inbound", text, { requestId });
    server.turn = { requestId, status: "running", items: [] };
    ack({});
    tell(turnStarted(requestId, plain(message), now()), peer);
  }

  function resolve(
    { sessionId, approved, reason, remember, ...verdict }: Verdict,
    peer: Peer,
    answer: (message: string, data: Record<string, unknown>) => void,
  ): void {
    const turn = running();
    const asked = questionOf(turn);
    if (!asked) throw new Error("nothing is asked");
    const { toolCallId } = asked;
    const changed = verdict.arguments && edited(asked, verdict.arguments);
    const confirmation = changed ?? asked;
    if (remember) server.grants = [...server.grants, grant(toolCallId)];
    answer("Tool action approved", {
      sessionId,
      approved,
      confirmation: changed,
      ...(remember && { grants: server.grants }),
    });
    const decision = { approved, by: "visitor", at: now(), reason };
    delete turn.pending;
    turn.status = "running";
    turn.items = turn.items.map((item) =>
      item.type === "tool" && item.toolCallId === toolCallId
        ? {
            ...item,
            arguments: confirmation.arguments,
            status: approved ? "executing" : "denied",
            decision,
            confirmation,
          }
        : item,
    );
    const { requestId } = turn;
    const resolution = { requestId, toolCallId, approved, by: "visitor", confirmation: changed };
    tell(confirmationResolved(resolution, now()), peer);
  }

  function history(
    { limit, cursor, include }: Extract<Action, { action: "get_conversation_messages" }>,
    answer: (message: string, data: Record<string, unknown>) => void,
  ): void {
    const messages =
      server.knowsTurns && include?.includes("turns")
        ? server.messages
        : server.messages.filter(({ status = "completed" }) => status === "completed").map(plain);
    const end = cursor === undefined ? messages.length : Number(cursor);
    const begin = Math.max(0, end - limit);
    answer("ConversationMessages", {
      conversationId: "c1",
      messages: messages.slice(begin, end).toReversed(),
      nextCursor: begin > 0 ? String(begin) : null,
      hasMore: begin > 0,
    });
  }

  function end(terminal: TerminalEvent): void {
    const { requestId } = running();
    terminals.set(requestId, terminal);
    server.lastTurn = { requestId, terminal };
    server.turn = undefined;
    tell(terminal);
  }

  function store(
    id: string,
    direction: Message["direction"],
    text: string,
    known: Partial<Message>,
  ): Message {
    const createdAt = new Date(now()).toISOString();
    const content = { items: text === "" ? [] : [{ type: "text" as const, text }], text };
    const message = { id, conversationId: "c1", direction, content, createdAt, ...known };
    server.messages.push(message);
    return message;
  }

  function storeAnswer(id: string, status: NonNullable<Message["status"]>): void {
    const { requestId, items } = running();
    let text = "";
    const toolCalls = items.flatMap((item) => {
      if (item.type === "text") text += item.text;
      if (item.type !== "tool") return [];
      const { type, ...call } = item;
      return [{ ...call, textOffset: text.length }];
    });
    store(id, "outbound", text, { requestId, status, toolCalls });
  }

  function tell(event: ServerEvent, but?: Peer): void {
    for (const peer of server.peers) if (peer !== but && peer.admitted) peer.send(event);
  }

  function running(): ActiveTurn {
    if (!server.turn) throw new Error("no turn runs");
    return server.turn;
  }
}

type Verdict = Extract<Action, { action: "confirm_tool_action" }>;

/** A message as a server without the extension tells it. */
function plain({ id, conversationId, direction, content, createdAt }: Message): Message {
  return { id, conversationId, direction, content, createdAt };
}

/** The question about a tool call that a turn waits on. */
function questionOf(turn: ActiveTurn | undefined): Confirmation | undefined {
  return turn?.pending && "toolCallId" in turn.pending ? turn.pending : undefined;
}
