// A dispatcher's hands stay on the keys: j and k through the list, / to narrow it, ? for this help. Never while typing.
const help = document.querySelector("dialog.keys");
const links = [...document.querySelectorAll(".row-link")];
const TYPING = "input, textarea, select, [contenteditable]";

function step(by) {
  const focused = links.indexOf(document.activeElement);
  const at = focused < 0 ? links.findIndex((link) => link.ariaCurrent) : focused;
  const from = at < 0 && by < 0 ? links.length : at;
  links[Math.min(Math.max(from + by, 0), links.length - 1)]?.focus();
}

function search() {
  if (!document.querySelector(".filters")) {
    location.assign(document.querySelector(".pane-head a").href);
    return;
  }
  document.querySelector(".filters").open = true;
  document.querySelector("#filter-place").focus();
}

const keys = { j: () => step(1), k: () => step(-1), "/": search, "?": () => help.showModal() };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(TYPING) || help.open || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
document.querySelector(".pane [aria-current]")?.scrollIntoView({ block: "nearest" });
help.querySelector(".keys-close").addEventListener("click", () => help.close());
