import {
  createElement,
  forwardRef,
  useEffect,
  useImperativeHandle,
  useRef,
  type CSSProperties,
  type ForwardRefExoticComponent,
  type ReactNode,
  type RefAttributes,
} from "react";
import type { SmoothAgentElement } from "../elements/smooth-agent.js";
import { useBeforePaint } from "./use-before-paint.js";

const SETTINGS = [
  "endpoint",
  "agentId",
  "authContext",
  "userName",
  "userEmail",
  "metadata",
  "clientTools",
  "context",
  "mode",
  "position",
  "launcherLabel",
  "theme",
  "accent",
  "density",
  "locale",
  "strings",
  "whileBusy",
  "storage",
  "storageDays",
  "conversation",
] as const;

type Settings = Partial<Pick<SmoothAgentElement, (typeof SETTINGS)[number]>>;

/** `onTurnEnd` hears `smooth-agent-turn-end`, and so on for every event of the element. */
type Handlers = {
  [Name in EventName as HandlerOf<Name>]?: (event: GlobalEventHandlersEventMap[Name]) => void;
};

export interface SmoothAgentProps extends Settings, Handlers {
  /** Whether the panel is open; the visitor may open and close it too, and `onOpen` and `onClose` tell. */
  open?: boolean;
  id?: string;
  className?: string;
  style?: CSSProperties;
  /** What goes into its slots. */
  children?: ReactNode;
}

/** `<smooth-agent>` with properties and event handlers; its code is loaded when it is first mounted. */
export const SmoothAgent: ForwardRefExoticComponent<
  SmoothAgentProps & RefAttributes<SmoothAgentElement>
> = forwardRef<SmoothAgentElement, SmoothAgentProps>(function SmoothAgent(props, forwarded) {
  const element = useRef<SmoothAgentElement>(null);
  const given = useRef<SmoothAgentProps>({});
  const { id, className, style, children } = props;

  useBeforePaint(() => {
    const former = given.current;
    given.current = props;
    const node = element.current;
    if (!node) return;
    // Only what is another one than before: the element takes every change for one.
    for (const name of SETTINGS) {
      if (props[name] !== former[name]) Reflect.set(node, name, props[name] ?? DEFAULTS[name]);
    }
    if (props.open !== undefined && props.open !== former.open) node.opened = props.open;
  });

  useHandlers(element, given, props);
  useEffect(() => void import("../define.js"), []);
  useImperativeHandle(forwarded, () => element.current as SmoothAgentElement, []);

  const attributes = {
    ref: element,
    id,
    // Before React 19 a custom element knows no `className`.
    class: className,
    style,
    // What the element writes on itself is its own.
    suppressHydrationWarning: true,
  };
  return createElement("smooth-agent", attributes, children);
});

const DEFAULTS: Settings = {
  mode: "popover",
  position: "bottom-end",
  theme: "auto",
  density: "comfortable",
  whileBusy: "wait",
  storage: "local",
  storageDays: 30,
};

/** Listens for every event that a handler was ever given for; the last one given is called. */
function useHandlers(
  element: { current: SmoothAgentElement | null },
  given: { current: SmoothAgentProps },
  props: SmoothAgentProps,
): void {
  const names = Object.keys(props).filter(isHandler).toSorted();
  const key = names.join(" ");
  useEffect(() => {
    const node = element.current;
    const listened = names.map((name) => {
      const type = name.replace("on", "smooth-agent").replace(/[A-Z]/g, (letter) => `-${letter}`);
      const listener = (event: Event) => {
        const handler = given.current[name] as ((event: Event) => void) | undefined;
        handler?.(event);
      };
      node?.addEventListener(type.toLowerCase(), listener);
      return () => node?.removeEventListener(type.toLowerCase(), listener);
    });
    return () => {
      for (const stop of listened) stop();
    };
  }, [key]);
}

function isHandler(name: string): name is keyof Handlers {
  return /^on[A-Z]/.test(name);
}

type EventName = Extract<keyof GlobalEventHandlersEventMap, `smooth-agent-${string}`>;

type HandlerOf<Name extends string> = Name extends `smooth-agent-${infer Rest}`
  ? `on${Pascal<Rest>}`
  : never;

type Pascal<Name extends string> = Name extends `${infer First}-${infer Rest}`
  ? `${Capitalize<First>}${Pascal<Rest>}`
  : Capitalize<Name>;
