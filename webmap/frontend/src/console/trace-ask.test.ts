import { describe, expect, it } from "vitest";
import { placesOf, readQuestion, TRACE_KINDS, type TraceQuestion, writeQuestion } from "./trace-ask";

const QUESTION: TraceQuestion = {
  kind: "shortest-path",
  network: "ltown",
  places: [
    { kind: "pipe", code: "p227" },
    { kind: "junction", code: "n 1/a~b" },
  ],
  skip: [],
};

describe("a trace in the address", () => {
  it("is read back as it was written, whatever the codes", () => {
    expect(readQuestion(writeQuestion(QUESTION))).toEqual(QUESTION);
  });

  it("is nothing where it makes no sense", () => {
    for (const text of ["", "isolation", "isolation:", "isolation:ltown", "weather:ltown/pipe~p1"])
      expect(readQuestion(text), text).toBeNull();
  });
});

describe("each kind of trace", () => {
  it("needs at least one place and says how many it takes", () => {
    for (const kind of TRACE_KINDS) {
      const { least, most } = placesOf(kind);
      expect(least).toBeGreaterThan(0);
      expect(most).toBeGreaterThanOrEqual(least);
    }
  });
});
