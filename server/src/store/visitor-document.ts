import { VISITOR_SECTIONS, type VisitorStore } from "./visitor-store.js";

/**
 * Writes everything about a verified visitor as one JSON document, piece by piece: its sections are
 * arrays of rows, in the order of {@link VISITOR_SECTIONS}.
 */
export async function* visitorDocument(
  store: Pick<VisitorStore, "exportVisitor">,
  organizationId: string,
  userId: string,
): AsyncGenerator<string, void> {
  const head = JSON.stringify({ organizationId, userId, exportedAt: new Date() });
  const parts = store.exportVisitor(organizationId, userId);
  // A fault of the first look is told before anything was said.
  let part = await parts.next();
  yield head.slice(0, -1);
  for (const section of VISITOR_SECTIONS) {
    yield `,"${section}":[`;
    for (let separator = ""; !part.done && part.value.section === section; separator = ",") {
      yield separator + part.value.rows.map((row) => JSON.stringify(row)).join(",");
      part = await parts.next();
    }
    yield "]";
  }
  yield "}";
}
