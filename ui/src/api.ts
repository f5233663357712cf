// The JSON routes of the server, typed, with faults told in words.

export type Bounds = [number, number, number, number];

export interface LayerSummary {
  name: string;
  title: string;
  geometry_type: string;
  count: number;
  bounds: Bounds | null;
}

export interface Journal {
  seq: number;
  hash: string;
}

export interface ProjectSummary {
  name: string;
  location: string;
  backend: string;
  crs: string;
  standard: string;
  edition: string;
  region: Bounds | null;
  journal: Journal;
  revision: number;
  layers: LayerSummary[];
  counts: { sources: number; findings: number; quarantined: number };
  bounds: Bounds | null;
}

export type ByStatus = Record<string, number>;

export interface AreaAccount {
  id: string;
  name: string;
  contamination: string;
  admin_unit: string;
  opening_cm2: number;
  by_status: ByStatus;
  pending_cm2: number;
}

export interface OverlapRow {
  counted_in: string;
  other: string;
  counted_status: string;
  other_status: string;
  area_cm2: number;
}

export interface Finding {
  severity: string;
  code: string;
  subject: string;
  message: string;
  remedy: string;
  source: { file: string; layer: string; row: number; field: string };
  candidates: Record<string, unknown>[];
}

export interface Ledger {
  areas: AreaAccount[];
  totals: ByStatus;
  opening_cm2: number;
  pending_cm2: number;
  contested_cm2: number;
  overlaps: OverlapRow[];
  balanced: boolean;
  findings: Finding[];
  journal: Journal;
}

export interface SourceRow {
  id: string;
  file: string;
  noun: string;
  format: string;
  crs: string;
  encoding: string;
  rows_in: number;
  accepted: number;
  quarantined: number;
  refused: number;
  sha256: string;
}

export interface FindingPage {
  total: number;
  by_code: Record<string, number>;
  findings: Finding[];
}

export interface HeldRow {
  id: string;
  noun: string;
  file: string;
  layer: string;
  row: number;
  codes: string[];
  why: string[];
  original: Record<string, unknown>;
  area_m2: number | null;
  resolved: string;
}

export interface HeldPage {
  total: number;
  rows: HeldRow[];
}

export interface Figure {
  name: string;
  value: number | string;
  unit: string;
  records: string[];
}

export interface RecordAnswer {
  noun: string;
  record: Record<string, unknown>;
  account: ByStatus;
  history: { seq: number; at: string; actor: string; kind: string; reason: string }[];
}

/** A request that brought no answer; the message is for the reader of the page, `status` 0 = no server. */
export class RequestFault extends Error {
  constructor(message: string, readonly status = 0) {
    super(message);
  }
}

function words(status: number, detail: string): string {
  const said = detail ? ` It said: ${detail}` : "";
  if (status === 404) return `The server has no such thing.${said}`;
  if (status === 409 || status === 423) return `The project is held by another program at the moment.${said}`;
  if (status >= 500) return `The server failed on this request (${status}).${said}`;
  return `The server refused this request (${status}).${said}`;
}

async function detailOf(answer: Response): Promise<string> {
  try {
    const body: unknown = await answer.json();
    if (body !== null && typeof body === "object") {
      const error = (body as { error?: { message?: unknown; remedy?: unknown } }).error;
      if (error && typeof error.message === "string") return [error.message, error.remedy].filter(Boolean).join(" ");
    }
  } catch {
    return "";
  }
  return "";
}

/** Return the JSON at `path`; throws {@link RequestFault} with a message in words. */
export async function getJson<T>(path: string): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  } catch {
    throw new RequestFault("The server does not answer. Is “safeground serve” still running?");
  }
  if (!answer.ok) throw new RequestFault(words(answer.status, await detailOf(answer)), answer.status);
  try {
    return (await answer.json()) as T;
  } catch {
    throw new RequestFault("The server's answer could not be read.");
  }
}

const kept = new Map<string, Promise<unknown>>();

/** As {@link getJson}, asked once for the life of the page; a failed answer is not kept. */
export function getOnce<T>(path: string): Promise<T> {
  let asked = kept.get(path) as Promise<T> | undefined;
  if (!asked) {
    asked = getJson<T>(path);
    kept.set(path, asked);
    asked.catch(() => kept.delete(path));
  }
  return asked;
}
