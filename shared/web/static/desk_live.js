// What has changed while the list is open is offered at its head; a row that changed is marked where it stands.
const bar = document.querySelector(".live");
const mark = document.querySelector(".live-mark");
const changed = new Set();

function offer() {
  bar.querySelector(".live-count").textContent = changed.size;
  bar.hidden = false;
}

function markRow(row) {
  if (row.classList.contains("changed")) return;
  row.classList.add("changed");
  row.querySelector(".at-status").append(mark.content.cloneNode(true));
}

// The browser itself comes back after a break, from the last event that it had.
const events = new EventSource(`/desk/live?after=${bar.dataset.after}`);
events.addEventListener("changed", (event) => {
  const told = JSON.parse(event.data);
  const row = document.querySelector(`[data-case="${told.case}"]`);
  if (row && Number(row.dataset.version) >= told.version) return;
  if (row) markRow(row);
  changed.add(told.case);
  offer();
});
// Too much was missed to be told one by one.
events.addEventListener("stale", () => {
  changed.add("many");
  offer();
});
window.addEventListener("pagehide", () => events.close());
