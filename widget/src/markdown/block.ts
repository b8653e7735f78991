/** Link definitions of a text, by their label in lower case. */
export type LinkDefinitions = Map<string, string>;

export interface ListItem {
  blocks: Block[];
  /** Set for an item of a task list: whether it is done. */
  done?: boolean;
}

export interface CodeBlock {
  type: "code";
  text: string;
  language: string;
}

export interface ListBlock {
  type: "list";
  /** The first number; absent for bullets. */
  start?: number;
  /** Whether blank lines stand between its parts. */
  loose: boolean;
  items: ListItem[];
}

export interface TableBlock {
  type: "table";
  align: ("left" | "center" | "right" | undefined)[];
  header: string[];
  rows: string[][];
}

/** One block of markdown. Its texts still hold their inline marks. */
export type Block =
  | { type: "paragraph"; text: string }
  | { type: "heading"; level: number; text: string }
  | { type: "rule" }
  | { type: "definition" }
  | { type: "quote"; blocks: Block[] }
  | CodeBlock
  | ListBlock
  | TableBlock;
