import { describe, expect, it } from "vitest";
import { fieldLabel, fieldName, fieldValue } from "./element-words";

describe("the words of an element's fields", () => {
  it("keeps figures with their units left to right", () => {
    expect(fieldValue("diameter_mm", 150)).toBe("\u2066150 mm\u2069");
  });
  it("shows a dash where there is no value", () => {
    expect(fieldValue("address", "")).toBe("–");
    expect(fieldValue("elevation_m", null)).toBe("–");
  });
  it("gives an attribute the name its source gave it", () => {
    expect(fieldName("attributes.material")).toBe("material");
  });
  it("says the unit of what is typed in", () => {
    expect(fieldLabel("diameter_mm")).toMatch(/\(mm\)$/);
    expect(fieldLabel("category")).not.toContain("(");
  });
});
