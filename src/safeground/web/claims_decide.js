// The claims page's decisions: what is ticked, why, and what the server makes of it.
const form = document.getElementById("decide");
const say = (words) => { form.querySelector("output").textContent = words; };
const ticked = (kind) => [...document.querySelectorAll(`input[data-${kind}]:checked`)].map((box) => box.dataset[kind]);

const wanted = (what, reason) => {
  const claims = ticked("claim"), origins = ticked("origin");
  if (!reason) return "Say why in the field Reason.";
  if (what === "merge") {
    if (origins.length !== 2) return "Tick exactly two origins; the first is merged into the second.";
    return { reason, merge: origins };
  }
  return claims.length ? { reason, [what]: claims } : "Tick at least one claim.";
};

form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("click", async (event) => {
  const what = event.target.dataset.do;
  if (!what) return;
  const body = wanted(what, document.getElementById("reason").value.trim());
  if (typeof body === "string") { say(body); return; }
  const buttons = [...form.querySelectorAll("button")];
  buttons.forEach((button) => { button.disabled = true; });
  say("Writing …");
  try {
    const answer = await fetch("/api/claims/decide", {
      method: "POST", headers: { "Content-Type": "application/json", "X-Safeground-Token": form.dataset.token },
      body: JSON.stringify(body) });
    if (answer.ok) { location.reload(); return; }
    const { error } = await answer.json();
    say(`Nothing was written. ${error.subject}: ${error.message} ${error.remedy}`);
  } catch (fault) {
    say(`Not known whether it was written, the server did not answer (${fault.message}). Load the page again.`);
  }
  buttons.forEach((button) => { button.disabled = false; });
});
