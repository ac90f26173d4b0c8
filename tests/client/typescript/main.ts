import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

declare const process: { argv: string[] };
type Verdict = components["schemas"]["Verdict"];

const api = createClient<paths>({ baseUrl: process.argv[2] });

function told<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const number = "网信算备330110507206401230035号";
const verdict: Verdict = told(
  await api.GET("/v1/verify", { params: { query: { number, entity: "阿里巴巴达摩院（杭州）科技有限公司" } } }),
);
const word: "active" | "deregistered" | "not_listed" | "malformed" | "no_number" = verdict.verdict;
const owner: string | null = verdict.filings[0].entity.name;

let cursor: string | undefined;
let found = 0;
do {
  const query = { q: "达摩院", limit: 5, cursor, series: ["deep_synthesis" as const] };
  const page = told(await api.GET("/v1/filings", { params: { query } }));
  found += page.items.length;
  cursor = page.next ?? undefined;
} while (cursor);

const changes = told(await api.GET("/v1/changes", { params: { query: { limit: 3 } } }));
const batches = told(await api.GET("/v1/batches", {}));
const refused = await api.GET("/v1/filings/{number}", { params: { path: { number: "nobody's" } } });
const receipt = told(await api.POST("/v1/receipts", { body: { number, entity: "", reference: "TS" } }));

console.log(JSON.stringify({
  word, match: verdict.entity_match, owner, found,
  changes: changes.items.map((one) => one.type), batches: batches.total,
  code: refused.error?.code, receipt: receipt.reference,
}));
