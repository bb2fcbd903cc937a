// A dispatcher's hands stay on the keys: j and k through the list, x to choose one, a all of the page, c through what
// can be done with a case, / to narrow the list, ? for this help. Never while typing.
const help = document.querySelector("dialog.keys");
const links = [...document.querySelectorAll(".row-link")];
const TYPING = "input:not([type=checkbox]), textarea, select, [contenteditable]";

function step(by) {
  const row = document.activeElement.closest("tr");
  const focused = links.indexOf(row ? row.querySelector(".row-link") : document.activeElement);
  const at = focused < 0 ? links.findIndex((link) => link.ariaCurrent) : focused;
  const from = at < 0 && by < 0 ? links.length : at;
  links[Math.min(Math.max(from + by, 0), links.length - 1)]?.focus();
}

function pick() {
  document.activeElement.closest("tr")?.querySelector(".at-pick input")?.click();
}

function pickAll() {
  document.querySelector(".pick-all")?.click();
}

// From one act to the next: with many of them and forms in between, Tab takes too long.
function act() {
  const summaries = [...document.querySelectorAll(".action > summary")];
  summaries[(summaries.indexOf(document.activeElement) + 1) % summaries.length]?.focus();
}

function search() {
  if (!document.querySelector(".filters")) {
    location.assign(document.querySelector(".pane-head a").href);
    return;
  }
  document.querySelector(".filters").open = true;
  document.querySelector("#filter-words").focus();
}

const keys = { j: () => step(1), k: () => step(-1), x: pick, a: pickAll, c: act, "/": search, "?": () => help.showModal() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPING) || help.open || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
document.querySelector(".pane [aria-current]")?.scrollIntoView({ block: "nearest" });
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
help.querySelector(".keys-close").addEventListener("click", () => help.close());
