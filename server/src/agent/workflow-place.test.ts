import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { workflowSchema, type Workflow } from "./workflow.js";
import { advanced, afterTurn, firstStep, placeIn } from "./workflow-place.js";

const id = fc.constantFrom("a", "b", "c", "d");
const step = fc.record(
  { id, intent: fc.constant("i"), criteria: fc.constant("c"), next: id },
  { requiredKeys: ["id", "intent"] },
);
const workflow: fc.Arbitrary<Workflow> = fc
  .uniqueArray(step, { minLength: 1, selector: (one) => one.id })
  .map((steps) => workflowSchema.safeParse({ goal: "g", steps }).data)
  .filter((read) => read !== undefined);
const position = fc.record({
  stepId: fc.constantFrom("a", "b", "c", "d", "e", ""),
  holds: fc.nat(9),
});

describe("a place in a workflow", () => {
  it("is one of its steps or its end, whatever is stored, and so is every way on from it", () => {
    fc.assert(
      fc.property(workflow, position, (written, stored) => {
        const place = placeIn(written, stored);
        if (place.step) expect(written.steps).toContain(place.step);
        else expect(stored.stepId === "" || stored.holds >= 3).toBe(true);
        expect(place.holds).toBeLessThan(3);
        for (const on of [advanced(place), afterTurn(place)]) {
          if (on) expect(["", ...written.steps.map((one) => one.id)]).toContain(on.stepId);
        }
      }),
    );
  });

  it("is left after three turns that nobody found to do it, on whichever way", () => {
    fc.assert(
      fc.property(workflow, (written) => {
        let place = placeIn(written, { stepId: firstStep(written), holds: 0 });
        expect(place.step).toBe(written.steps[0]);
        const turns = place.step?.criteria === undefined ? 1 : 3;
        const next = advanced(place).stepId;
        for (let turn = 1; turn <= turns; turn += 1) {
          const to = afterTurn(place);
          if (!to) throw new Error("it was done before");
          place = placeIn(written, to);
          if (turn < turns) expect(place).toMatchObject({ step: written.steps[0], holds: turn });
        }
        expect(place.step?.id ?? "").toBe(next);
      }),
    );
  });

  it("at the end stays there, also when steps were added", () => {
    const one = { goal: "g", steps: [{ id: "a", intent: "A" }] };
    const end = advanced(placeIn(one, { stepId: "a", holds: 0 }));
    const place = placeIn({ goal: "g", steps: [...one.steps, { id: "b", intent: "B" }] }, end);
    expect(place.step).toBeNull();
    expect(afterTurn(place)).toBeNull();
    expect(advanced(place)).toEqual(end);
  });
});
