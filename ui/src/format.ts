// Numbers with thousands separators and units; words for the vocabulary of the records.

const whole = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const upTo4 = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 4 });
const fixed2 = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const fixed4 = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 4, maximumFractionDigits: 4 });

export const count = (value: number): string => whole.format(value);

/** "1 row", "2,345 rows". */
export const counted = (value: number, one: string, many = `${one}s`): string =>
  `${count(value)} ${value === 1 ? one : many}`;

export const number = (value: number): string => upTo4.format(value);

/** Square metres of an amount in cm²: whole from 100 m² on, two decimals below. */
export function squareMetres(cm2: number): string {
  const m2 = cm2 / 1e4;
  return m2 !== 0 && Math.abs(m2) < 100 ? fixed2.format(m2) : whole.format(m2);
}

/** The same amount to the square centimetre. */
export const exactSquareMetres = (cm2: number): string => fixed4.format(cm2 / 1e4);

export const hectares = (cm2: number): string => {
  const ha = cm2 / 1e8;
  return ha !== 0 && Math.abs(ha) < 0.1 ? fixed4.format(ha) : fixed2.format(ha);
};

/** "12,345 m² (1.23 ha)". */
export const area = (cm2: number): string => `${squareMetres(cm2)} m² (${hectares(cm2)} ha)`;

/** Latitude, then longitude, in degrees of WGS 84. */
export function position(lon: number, lat: number): string {
  const wrapped = ((((lon + 180) % 360) + 360) % 360) - 180;
  const ns = `${Math.abs(lat).toFixed(6)}° ${lat < 0 ? "S" : "N"}`;
  return `${ns}, ${Math.abs(wrapped).toFixed(6)}° ${wrapped < 0 ? "W" : "E"}`;
}

/** "2026-11-25 12:46 UTC" from ISO 8601 in UTC; other text as it is. */
export function time(iso: string): string {
  const found = /^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?(Z|\+00:00)$/.exec(iso);
  return found ? `${found[1]} ${found[2]} UTC` : iso;
}

const WORDS: Record<string, string> = {
  sha: "Suspected hazardous area (SHA)",
  cha: "Confirmed hazardous area (CHA)",
  apm: "Anti-personnel mines",
  avm: "Anti-vehicle mines",
  cmr: "Cluster munition remnants",
  uxo: "Unexploded ordnance",
  axo: "Abandoned ordnance",
  bt: "Booby traps",
  ied: "Improvised explosive devices",
  od: "Other devices",
  saa: "Small arms ammunition",
  gnss: "GNSS",
  dgnss: "Differential GNSS",
  hazardous_area: "Hazardous area",
  progress_return: "Progress return",
  task_order: "Task order",
  release_decision: "Release decision",
  risk_education: "Risk education",
  overlap: "Counted in another area",
  unexplained: "Unexplained",
  local_id: "Sender's id",
  source_row: "Row in the source",
  article_5: "Counts under Article 5",
  geo_safe: "Position may be published",
};

/** Words for a value or a field of the records. */
export function say(value: string): string {
  const known = WORDS[value];
  if (known) return known;
  const text = value.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Order in which the accounts of the land book are told. */
export const STATUSES = ["confirmed", "suspected", "cleared", "reduced", "cancelled", "overlap", "unexplained"];
export const RELEASED = ["cleared", "reduced", "cancelled"];

/** The statuses of a balance in that order; others after them, the other side of the book left out. */
export function statusesOf(byStatus: Record<string, number>): string[] {
  const others = Object.keys(byStatus).filter((s) => !STATUSES.includes(s) && s !== "outside");
  return [...STATUSES, ...others.sort()];
}
