// What was typed outlives a lost signal, a session that has ended and a page that was left; in this tab alone.
const mark = document.querySelector(".draft-mark");
const here = `draft ${mark.dataset.writer} ${location.pathname.split("/")[3]} `;
const SENT = `${here}sent`;
const forms = [...document.querySelectorAll("form[data-act]")];
const WRITTEN = "textarea, input:not([type]), input[type=text]";

function nameOf(field) {
  return `${here}${field.form.dataset.act} ${field.name}`;
}

function putBack(field) {
  const draft = sessionStorage.getItem(nameOf(field));
  if (!draft || field.value) return;
  field.value = draft;
  field.closest(".field").append(mark.content.cloneNode(true));
  for (let around = field.closest("details"); around; around = around.parentElement.closest("details")) around.open = true;
  // Who was on the way to send it looks for it.
  if (sessionStorage.getItem(SENT) === field.form.dataset.act) field.closest(".action").scrollIntoView();
}

function keep(field) {
  if (field.value.trim()) sessionStorage.setItem(nameOf(field), field.value);
  else sessionStorage.removeItem(nameOf(field));
}

// The page says so when an act was done: what was sent with it is needed no more.
if (location.hash === "#done") {
  const done = `${here}${sessionStorage.getItem(SENT)} `;
  Object.keys(sessionStorage).filter((name) => name.startsWith(done) || name === SENT).forEach((name) => sessionStorage.removeItem(name));
}
for (const form of forms) {
  for (const field of form.querySelectorAll(WRITTEN)) {
    putBack(field);
    field.addEventListener("input", () => keep(field));
  }
  form.addEventListener("submit", () => sessionStorage.setItem(SENT, form.dataset.act));
}
// Whoever signs out leaves nothing behind.
for (const form of document.querySelectorAll('form[action="/desk/sign-out"]')) {
  form.addEventListener("submit", () => sessionStorage.clear());
}
