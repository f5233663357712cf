// The page: header, map, and a panel with one view at a time.

import "@fontsource/noto-sans/400.css";
import "@fontsource/noto-sans/700.css";
import "./style.css";

import { getOnce, type ProjectSummary } from "./api";
import { data, el, fill } from "./dom";
import { count } from "./format";
import { drawMap, nounOf, type Picked } from "./map";
import { faultBox, shown } from "./states";
import * as views from "./views";

const at = (id: string): HTMLElement => document.getElementById(id)!;
const body = el("div", { id: "panel-body", role: "tabpanel", tabindex: -1, "aria-label": "What the chosen view holds" });

interface Tab {
  id: string;
  title: string;
  load: () => Promise<Node>;
}

const TABS: Tab[] = [
  { id: "land", title: "Land", load: () => views.land(openRecord) },
  { id: "sources", title: "Files", load: views.sources },
  { id: "findings", title: "Findings", load: views.findings },
  { id: "held", title: "Kept aside", load: views.held },
  { id: "figures", title: "Figures", load: views.figures },
];

const tabs = el("div", { role: "tablist", "aria-label": "Views", id: "tabs", onkeydown: (event) => step(event as KeyboardEvent) });
let last: Tab = TABS[0]!;

function press(id: string): void {
  for (const button of tabs.querySelectorAll("button")) {
    button.setAttribute("aria-selected", String(button.id === `tab-${id}`));
    button.tabIndex = button.id === `tab-${last.id}` ? 0 : -1;
  }
}

/** Arrow keys, Home and End go from tab to tab (WAI-ARIA, tabs pattern). */
function step(event: KeyboardEvent): void {
  const now = TABS.indexOf(last);
  const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: TABS.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  openTab(TABS[(to + TABS.length) % TABS.length]!);
  at(`tab-${last.id}`).focus();
}

const back = (): HTMLElement => el("button", { type: "button", class: "link", id: "back", onclick: () => openTab(last) }, `← Back to ${last.title}`);

function openTab(tab: Tab): void {
  last = tab;
  press(tab.id);
  void shown(body, tab.title.toLowerCase(), tab.load, (node) => node);
}

function openRecord(noun: string, id: string): void {
  press("");
  at("panel").classList.add("open");
  void shown(body, "the record", () => views.record(noun, id), (node) => el("div", {}, back(), node));
}

function picked(found: Picked[]): void {
  if (!found.length) return;
  if (found.length === 1) {
    const noun = nounOf(found[0]!.layer);
    if (noun) openRecord(noun, found[0]!.id);
    else openTab(TABS[3]!);
    return;
  }
  press("");
  fill(body, back(), el("h3", {}, `${count(found.length)} things are here`), el("ul", {}, ...found.map(({ layer, id }) => {
    const noun = nounOf(layer);
    const go = (): void => (noun ? openRecord(noun, id) : openTab(TABS[3]!));
    return el("li", {}, el("button", { type: "button", class: "link", onclick: go }, layer.replaceAll("_", " "), " ", data(id.slice(0, 8))));
  })));
}

/** The other pages of the project, in the order of the work; each page has the same links (web/links.py). */
const PAGES: [string, string][] = [["claims", "Claims"], ["hazard", "Hazard"], ["plan", "Plan"], ["forecast", "Forecast"],
  ["progress", "Field work"], ["inspection", "Inspection"], ["release", "Release"]];

const pages = (): HTMLElement => el("nav", { id: "pages", "aria-label": "Pages of the project" },
  ...PAGES.map(([path, title]) => el("a", { href: `/${path}` }, title)));

function header(project: ProjectSummary): void {
  const facts = [project.standard && `${project.standard} ${project.edition}`, project.crs, `journal event ${count(project.journal.seq)}`,
    `hash ${project.journal.hash.slice(0, 12)}`].filter(Boolean).join(" · ");
  fill(at("head"), el("h1", {}, data(project.name)), el("p", { id: "facts", title: project.journal.hash }, facts), pages());
  document.title = `${project.name} – Safeground`;
}

async function start(): Promise<void> {
  fill(at("head"), el("h1", {}, "Safeground"), el("p", { role: "status" }, "Loading the project …"));
  let project: ProjectSummary;
  try {
    project = await getOnce<ProjectSummary>("/api/project");
  } catch (fault) {
    fill(at("head"), el("h1", {}, "Safeground"), faultBox("The project could not be loaded.", fault, () => void start()));
    return;
  }
  header(project);
  fill(tabs, ...TABS.map((tab) => el("button", { type: "button", role: "tab", id: `tab-${tab.id}`, "aria-selected": "false",
    onclick: () => openTab(tab) }, tab.title,
    tab.id === "held" && project.counts.quarantined ? el("span", { class: "badge" }, count(project.counts.quarantined)) : null)));
  fill(at("panel"), tabs, body);
  openTab(TABS[0]!);
  drawMap(at("map-area"), project, picked);
}

void start();
