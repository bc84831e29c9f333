// What a dashboard does with the API, in the types generated from the OpenAPI document: `npm run generate`, then
// `npm start http://127.0.0.1:8000` against a live server. It prints a count, or throws at the first thing that is wrong.

import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.js";

type Statement = components["schemas"]["Statement"];
type Evidence = components["schemas"]["Evidence"];
type Problem = components["schemas"]["Problem"];
type StatementPage = paths["/v1/statements"]["get"]["responses"]["200"]["content"]["application/json"];

declare const process: { argv: string[] };
const base = process.argv[2] ?? "http://127.0.0.1:8000";
const client = createClient<paths>({ baseUrl: base });

function expect(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

/** Who said it how: a missing branch is a compile error, since the enumeration is closed. */
function verb(mode: Statement["mode"]): string {
  switch (mode) {
    case "direct":
      return "said";
    case "indirect":
      return "is reported to have said";
    case "mixed":
      return "is quoted in part";
    default:
      return mode satisfies never;
  }
}

/** The day it was said, as far as the article tells. */
function day(statement: Statement): string {
  return statement.said_on?.stated ?? statement.said_on?.edtf ?? "on a day that is not stated";
}

/** JavaScript's strings count UTF-16 units, and so do these offsets. */
function quoted(text: string, evidence: Evidence): string {
  return text.slice(evidence.start_utf16, evidence.end_utf16);
}

async function allStatements(): Promise<{ statements: Statement[]; offices: Map<string, string | null> }> {
  const statements: Statement[] = [];
  const offices = new Map<string, string | null>();
  const first = await client.GET("/v1/statements", {
    params: { query: { limit: 5, sort: ["-said_on", "id"], include: ["speaker"], mode: ["direct", "indirect", "mixed"] } },
  });
  let page: StatementPage | undefined = first.data;
  let total = 0;
  while (page !== undefined) {
    total = page.page.total;
    statements.push(...page.data);
    for (const person of page.included.people ?? []) offices.set(person.id, person.office);
    const next: string | null = page.page.next;
    page = next === null ? undefined : ((await (await fetch(new URL(next, base))).json()) as StatementPage);
  }
  expect(statements.length === total && total > 5, `${statements.length} of ${total} statements on the pages`);
  return { statements, offices };
}

async function articleText(id: string): Promise<string> {
  const answer = await client.GET("/v1/articles/{id}/text", { params: { path: { id } }, parseAs: "text" });
  expect(answer.data !== undefined, `no text of ${id}`);
  return answer.data;
}

async function problemOf(limit: number): Promise<Problem> {
  const answer = await client.GET("/v1/statements", { params: { query: { limit } } });
  expect(answer.error !== undefined, `limit=${limit} was accepted`);
  return answer.error;
}

/** Mistakes that the types have to catch; never called. Where one compiles, the directive above it is the error. */
export async function mistakes(page: StatementPage, statement: Statement): Promise<void> {
  // @ts-expect-error what the article does not state is null
  statement.said_on.edtf;
  // @ts-expect-error a resource that was not asked for is absent
  page.included.people.length;
  // @ts-expect-error not one of the modes
  statement.mode === "shouted";
  // @ts-expect-error not one of the modes
  await client.GET("/v1/statements", { params: { query: { mode: ["shouted"] } } });
  // @ts-expect-error not a relation of statements
  await client.GET("/v1/statements", { params: { query: { include: ["delegates"] } } });
  // @ts-expect-error not a parameter
  await client.GET("/v1/statements", { params: { query: { speeker: ["howard-lutnick"] } } });
  // @ts-expect-error not a path
  await client.GET("/v1/statement");
}

const { statements, offices } = await allStatements();
const texts = new Map<string, string>();
let quotes = 0;
for (const statement of statements) {
  expect(statement.kind === "statements", statement.kind);
  expect(offices.has(statement.speaker.id), `${statement.speaker.id} was not sent along`);
  expect(verb(statement.mode) !== "" && day(statement) !== "", statement.id);
  for (const evidence of statement.evidence) {
    const article = evidence.article.id;
    const text = texts.get(article) ?? (await articleText(article));
    texts.set(article, text);
    expect(quoted(text, evidence) === evidence.quote, `${statement.id}: not the words at ${evidence.href}`);
    quotes += 1;
  }
}

const measures = await client.GET("/v1/statements", { params: { query: { include: ["measures"], limit: 200 } } });
const restricting = (measures.data?.included["policy-measures"] ?? []).filter((measure) => measure.effect === "restricts");

/** The facets of a list, as a menu shows them: the counts of each add up with the list itself. */
async function menuOfSpeakers(): Promise<Map<string, number>> {
  const answer = await client.GET("/v1/statements", { params: { query: { facet: ["speaker", "said_on:month"], limit: 1 } } });
  const values = answer.data?.facets["speaker"] ?? [];
  for (const value of values) expect(value.href.startsWith("/v1/statements?") && !value.selected, value.href);
  return new Map(values.map((value) => [value.name ?? "not stated", value.count]));
}

/** Where the words of a search stand: ranges of code points, so that strings are taken apart by characters. */
async function wordsFound(q: string): Promise<string[]> {
  const answer = await client.GET("/v1/search", { params: { query: { q, kind: ["statements", "sentences"] } } });
  expect(answer.data !== undefined, `no search for ${q}`);
  return answer.data.data.flatMap((hit) =>
    hit.matches.flatMap((match) =>
      match.ranges.map((range) => [...match.snippet].slice(range.start, range.end).join("").toLowerCase()),
    ),
  );
}

const menu = await menuOfSpeakers();
expect([...menu.values()].reduce((sum, count) => sum + count, 0) === statements.length, "the facets do not add up");
const words = new Set(await wordsFound("magnets"));
expect(words.size === 1 && words.has("magnets"), [...words].join());

const checked = await client.GET("/v1/quotes/check", { params: { query: { text: "We want to open up Russia." } } });
expect(checked.data?.result === "differs" && checked.data.nearest?.diff.some((part) => part.op === "replace") === true, "no diff");

const problem = await problemOf(0);
const [fault] = problem.errors;
expect(problem.status === 422 && fault?.parameter === "limit", problem.detail);

console.log(`${statements.length} statements, ${quotes} quotes found, ${restricting.length} measures that restrict`);
