// The side panel's views: land book, sources, findings, rows kept aside, figures, and one record.

import { getJson, getOnce, RequestFault, type AreaAccount, type Figure, type Finding, type FindingPage, type HeldPage, type HeldRow, type Ledger, type RecordAnswer, type SourceRow } from "./api";
import { copyButton, data, el, fill, pairs, type Child } from "./dom";
import { area, count, counted, exactSquareMetres, hectares, number, RELEASED, say, squareMetres, statusesOf, time } from "./format";
import { empty, paged, shown } from "./states";
import { plainTable, sortedTable } from "./table";

const PAGE = 100;
export type Open = (noun: string, id: string) => void;

const link = (text: string, press: () => void): HTMLElement => el("button", { type: "button", class: "link", onclick: press }, data(text));

export async function land(open: Open): Promise<Node> {
  const book = await getOnce<Ledger>("/api/ledger");
  if (!book.areas.length) return empty("No land is booked yet.", "Areas with an outline open an account when they are taken in.");
  const held = statusesOf(book.totals).filter((status) => book.totals[status]);
  const totals = plainTable("What the land book holds", [["Account"], ["m²", true], ["ha", true]], [
    ...held.map((status): Child[] => [say(status), exactSquareMetres(book.totals[status]!), hectares(book.totals[status]!)]),
    [el("strong", {}, "Opened in all"), exactSquareMetres(book.opening_cm2), hectares(book.opening_cm2)],
  ]);
  const verdict = book.balanced
    ? el("p", { class: "good", id: "balanced" }, "The book balances: every account sums to what was opened, to the square centimetre.")
    : el("p", { class: "fault", role: "alert", id: "balanced" }, "The book does not balance. Stop work and run: safeground ledger PROJECT verify");
  const contested = book.contested_cm2
    ? el("p", { class: "warn" }, `${area(book.contested_cm2)} counted as hazardous are also recorded as released. They stay hazardous in the book.`)
    : null;
  const gaps = book.findings.map((finding) => el("li", {}, data(`${finding.subject} ${finding.message}`)));
  const table = sortedTable<AreaAccount>("Areas", [
    { title: "Area", key: (row) => row.name || row.id, cell: (row) => link(row.name || row.id.slice(0, 8), () => open(isReleased(row) ? "activity" : "hazardous_area", row.id)), title_of: (row) => row.id },
    { title: "Opened", unit: "m²", numeric: true, key: (row) => row.opening_cm2, cell: (row) => squareMetres(row.opening_cm2) },
    { title: "Now", key: (row) => first(row), cell: (row) => statusesOf(row.by_status).filter((s) => row.by_status[s]).map((s) => `${say(s)} ${squareMetres(row.by_status[s]!)} m²`).join(", ") },
    ...(book.areas.some((row) => row.pending_cm2) ? [{ title: "Awaits decision", unit: "m²", numeric: true, key: (row: AreaAccount) => row.pending_cm2, cell: (row: AreaAccount) => squareMetres(row.pending_cm2) }] : []),
    { title: "Contamination", key: (row) => row.contamination, cell: (row) => say(row.contamination || "unknown") },
  ], 1, true);
  table.show(book.areas);
  const names = new Map(book.areas.map((row) => [row.id, row.name || row.id.slice(0, 8)]));
  const overlaps = sortedTable("Ground that two areas share, counted once", [
    { title: "Counted in", key: (row: Ledger["overlaps"][number]) => names.get(row.counted_in) ?? row.counted_in, cell: (row) => data(`${names.get(row.counted_in) ?? row.counted_in} (${row.counted_status})`) },
    { title: "Also in", key: (row) => names.get(row.other) ?? row.other, cell: (row) => data(`${names.get(row.other) ?? row.other} (${row.other_status})`) },
    { title: "Shared", unit: "m²", numeric: true, key: (row) => row.area_cm2, cell: (row) => squareMetres(row.area_cm2) },
  ], 2, true);
  overlaps.show(book.overlaps);
  return el("div", {}, verdict, contested, totals,
    gaps.length ? el("section", {}, el("h3", {}, "Gaps to published figures"), el("ul", {}, ...gaps)) : null,
    table.node, book.overlaps.length ? overlaps.node : null);
}

const first = (row: AreaAccount): string => statusesOf(row.by_status).find((status) => row.by_status[status]) ?? "";
const isReleased = (row: AreaAccount): boolean => Object.keys(row.by_status).length > 0 && Object.keys(row.by_status).every((s) => RELEASED.includes(s) || s === "overlap") && RELEASED.some((s) => row.by_status[s]);

export async function sources(): Promise<Node> {
  const { sources: rows } = await getOnce<{ sources: SourceRow[] }>("/api/sources");
  if (!rows.length) return empty("No file has been taken in.", "Take files in with: safeground intake PROJECT FILE --as …");
  const table = sortedTable<SourceRow>("Files taken in: every row is accounted for", [
    { title: "File", key: (row) => row.file, cell: (row) => data(row.file), title_of: (row) => `SHA-256 ${row.sha256}` },
    { title: "As", key: (row) => row.noun, cell: (row) => say(row.noun) },
    { title: "Rows in", numeric: true, key: (row) => row.rows_in, cell: (row) => count(row.rows_in) },
    { title: "Accepted", numeric: true, key: (row) => row.accepted, cell: (row) => count(row.accepted) },
    { title: "Kept aside", numeric: true, key: (row) => row.quarantined, cell: (row) => count(row.quarantined) },
    { title: "Refused", numeric: true, key: (row) => row.refused, cell: (row) => count(row.refused) },
    { title: "System", key: (row) => row.crs, cell: (row) => row.crs || "–" },
  ]);
  table.show(rows);
  return table.node;
}

function findingItem(finding: Finding): HTMLElement {
  const { file, layer, row, field } = finding.source;
  const place = [file, layer && `layer ${layer}`, row && `row ${row}`, field && `field ${field}`].filter(Boolean).join(", ");
  const choices = finding.candidates.map((choice) => el("li", {}, data([String(choice["name"] ?? ""),
    typeof choice["area_m2"] === "number" ? `${number(choice["area_m2"])} m²` : ""].filter(Boolean).join(": "))));
  return el("li", { class: `finding ${finding.severity}` },
    el("p", { class: "tag" }, `${say(finding.severity)} · ${finding.code}`), el("p", { class: "place" }, data(place)),
    el("p", {}, data(finding.message)), el("p", { class: "remedy" }, data(finding.remedy)),
    choices.length ? el("div", {}, "Choices for a person:", el("ul", {}, ...choices)) : null);
}

export async function findings(): Promise<Node> {
  const at = (offset: number, code: string) => getJson<FindingPage>(`/api/findings?offset=${offset}&limit=${PAGE}&code=${encodeURIComponent(code)}`);
  const first = await at(0, "");
  if (!first.total) return empty("No findings.", "Every row that was taken in passed its checks.");
  const place = el("div", { id: "finding-list" });
  const draw = (page: FindingPage, code: string): void => {
    const list = el("ul", { class: "cards" });
    const foot = paged({ total: page.total, items: page.findings }, "finding", "findings",
      async (offset) => ({ total: page.total, items: (await at(offset, code)).findings }),
      (items) => list.append(...items.map(findingItem)));
    fill(place, code ? el("p", { role: "status" }, `Findings of code ${code}. `, link("Show all", () => choose(""))) : null, list, foot);
  };
  const choose = (code: string): void => void shown(place, "the findings", () => at(0, code), (page) => {
    draw(page, code);
    return el("div", {}, ...place.childNodes);
  });
  const kinds = plainTable("How often: choose a code to see its findings alone", [["Code"], ["Count", true]],
    Object.entries(first.by_code).map(([code, times]) => [link(code, () => choose(code)), count(times)]));
  draw(first, "");
  return el("div", {}, kinds, place);
}

function heldItem(row: HeldRow): HTMLElement {
  const values = Object.entries(row.original).map(([name, value]): [string, Child] => [name, data(String(value).slice(0, 300))]);
  return el("li", { class: "finding" },
    el("p", { class: "tag" }, `${row.resolved ? say(row.resolved) : "Open"} · ${row.codes.join(", ")}`),
    el("p", { class: "place" }, data(`${row.file}${row.layer ? `, layer ${row.layer}` : ""}, row ${row.row}`),
      row.area_m2 ? ` · ${number(row.area_m2)} m²` : ""),
    ...row.why.map((text) => el("p", {}, data(text))),
    el("details", {}, el("summary", {}, "The sender's own values"), pairs(values)));
}

export async function held(): Promise<Node> {
  const at = (offset: number) => getJson<HeldPage>(`/api/quarantine?offset=${offset}&limit=${PAGE}`);
  const page = await at(0);
  if (!page.total) return empty("No row is kept aside.", "Rows that fail a check would be here, with the sender's own values.");
  const list = el("ul", { class: "cards" });
  const foot = paged({ total: page.total, items: page.rows }, "row", "rows",
    async (offset) => ({ total: page.total, items: (await at(offset)).rows }), (items) => list.append(...items.map(heldItem)));
  return el("div", {}, el("p", {}, "These rows are not among the records. The map shows them by a provisional outline, drawn wide."), list, foot);
}

export async function figures(): Promise<Node> {
  const { figures: rows } = await getOnce<{ figures: Figure[] }>("/api/figures");
  if (!rows.length) return empty("No figures yet.", "Figures come with the first file.");
  return plainTable("Figures of the situation report", [["Figure"], ["Value", true], ["Unit"], ["Records", true]],
    rows.map((row): Child[] => [say(row.name), typeof row.value === "number" ? number(row.value) : data(row.value), row.unit,
      el("details", {}, el("summary", {}, count(row.records.length)), el("p", { class: "ids" }, data(row.records.slice(0, 200).join(" "))))]));
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined || value === "") return "";
  if (typeof value === "number") return number(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return Array.isArray(value) ? value.map(shownValue).filter(Boolean).join(", ") : say(String(value));
}

/** An area in the land book is a hazardous area or an activity; its statuses alone do not tell which. */
async function recordOf(noun: string, id: string): Promise<RecordAnswer> {
  const from = (kind: string) => getJson<RecordAnswer>(`/api/records/${kind}/${encodeURIComponent(id)}`);
  const other = noun === "activity" ? "hazardous_area" : noun === "hazardous_area" ? "activity" : "";
  try {
    return await from(noun);
  } catch (fault) {
    if (!other || !(fault instanceof RequestFault) || fault.status !== 404) throw fault;
    return from(other);
  }
}

export async function record(noun: string, id: string): Promise<Node> {
  const answer = await recordOf(noun, id);
  const hidden = new Set(["id", "geometry", "base", "original", "version", "source_id", "area_cm2"]);
  const fields = Object.entries(answer.record).filter(([name]) => !hidden.has(name))
    .map(([name, value]): [string, Child] => [say(name), data(shownValue(value))]);
  const measured = Number(answer.record["area_cm2"] ?? 0);
  const original = (answer.record["original"] as [string, string][] | undefined) ?? [];
  const account = Object.entries(answer.account).filter(([status, cm2]) => status !== "outside" && cm2);
  return el("div", { id: "record" },
    el("h3", {}, say(answer.noun), " ", data(String(answer.record["name"] || answer.record["local_id"] || ""))),
    pairs([["Measured area", measured ? area(measured) : null], ...fields]),
    account.length ? plainTable("Account in the land book", [["Status"], ["m²", true]], account.map(([status, cm2]) => [say(status), exactSquareMetres(cm2)])) : null,
    el("h4", {}, "History"),
    el("ol", { class: "history" }, ...answer.history.map((event) => el("li", {}, `${time(event.at)}: `, data(event.actor), event.reason ? data(` (${event.reason})`) : null, ` – ${event.kind}, event ${count(event.seq)}`))),
    el("details", {}, el("summary", {}, `As the sender wrote it (${counted(original.length, "value")})`), pairs(original.map(([name, value]) => [name, data(value.slice(0, 300))]))),
    copyButton(id, "Copy the record's id"));
}
