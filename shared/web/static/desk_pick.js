// Several cases at once: all of the page by one tick, and how many are chosen said where they are acted on.
const all = document.querySelector(".pick-all");
const boxes = [...document.querySelectorAll(".at-pick input[name=cases]")];
const count = document.querySelector(".bulk-bar .count");

function tell() {
  const chosen = boxes.filter((box) => box.checked).length;
  count.textContent = chosen;
  count.hidden = !chosen;
  all.checked = chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

all.hidden = false;
all.addEventListener("change", () => {
  for (const box of boxes) box.checked = all.checked;
  tell();
});
for (const box of boxes) box.addEventListener("change", tell);
// Who comes back finds ticked what the browser remembers as ticked.
window.addEventListener("pageshow", tell);
