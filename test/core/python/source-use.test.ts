import { expect, it } from "vitest";
import { mentionNames, usesIn, withoutSpans } from "../../../core/python/source-use.ts";
import { mayBeUsedUnseen } from "../../../core/python/used-unseen.ts";

const asked = new Set([
  ...mentionNames("scikit-learn", ["sklearn"]),
  ...mentionNames("google-cloud-storage", ["google.cloud.storage"]),
  ...mentionNames("polars", ["polars"]),
]);

it.each([
  ["import sklearn", ["sklearn"]],
  ["from sklearn.svm import SVC", ["sklearn"]],
  ["# scikit-learn and Scikit_Learn", ["scikit_learn"]],
  ['"google.cloud.storage.Client"', ["storage", "google.cloud.storage"]],
  ["from google.cloud import storage", ["storage"]],
  ["CMD worker-polars --x", ["polars"]],
  ["polarsky = bipolars(my_polars)", []],
  ["é 🚢 ＰＯＬＡＲＳ", []],
  ["", []],
])("%j mentions %j", (text, names) => {
  expect([...usesIn(text, true, asked).mentioned].sort()).toEqual([...names].sort());
});

it.each([
  ["importlib.import_module(name)", true],
  ["import_module(f'{a}.b')", true],
  ["__import__(\n    'a' + b)", true],
  ["import_module('a.b')", false],
  ['import_module(\n    "a",\n)', false],
  ["page.locator(x)", false],
  ["for it in metadata.entry_points(): pass", true],
  ["# nothing", false],
])("%j imports what only a run knows: %s", (text, dynamic) => {
  expect(usesIn(text, true, asked).dynamic).toBe(dynamic);
  expect(usesIn(text, false, asked).dynamic).toBe(false);
});

it("takes requirements out of the text that has them", () => {
  expect(
    withoutSpans("ab[cd]ef", [
      { start: 6, end: 7 },
      { start: 2, end: 6 },
      { start: 3, end: 4 },
    ]),
  ).toBe("abf");
});

it.each([
  ["torch", ["transformers"], true],
  ["torch", ["flask"], false],
  ["pyarrow", ["pandas"], true],
  ["psycopg-binary", [], true],
  ["pytest-django", [], true],
  ["jupyterlab", [], true],
  ["scikit-learn", ["scikit-learn", "numpy"], false],
  ["plotly", [], false],
])("%s beside %j may be used unseen: %s", (name, others, unseen) => {
  expect(mayBeUsedUnseen(name, others)).toBe(unseen);
});
