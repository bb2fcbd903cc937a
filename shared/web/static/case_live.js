// The case changes while its page is open: that is said at its head, and nothing moves until somebody asks for it.
const bar = document.querySelector(".live-case");

function offer() {
  bar.hidden = false;
}

// The browser itself comes back after a break, from the last event that it had.
const events = new EventSource(`/desk/live?after=${bar.dataset.after}`);
events.addEventListener("changed", (event) => {
  const told = JSON.parse(event.data);
  if (told.case === bar.dataset.case && told.version > Number(bar.dataset.version)) offer();
});
// Too much was missed to be told one by one.
events.addEventListener("stale", offer);
window.addEventListener("pagehide", () => events.close());
// Back from another page the phone shows this one as it was left, without its stream.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
