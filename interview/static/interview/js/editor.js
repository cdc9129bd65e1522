// The editor works without us: every button of a row asks the server then. We move rows at once,
// keep their numbers and shares right, and warn before typed words are left behind.
const form = document.getElementById("question");
const unsaved = document.querySelector("[data-unsaved]");
let dirty = form.hasAttribute("data-dirty");
let removed = null; // the last row taken out, and the one that followed it

const rowsOf = () => [...form.querySelectorAll("[data-rows] > [data-row]")];
const field = (row, name) => row.querySelector(`[name="criterion-${name}"]`);

function setDirty(now) {
  dirty = now;
  unsaved.hidden = !now;
}

function renumber() {
  rowsOf().forEach((row, index) => {
    for (const part of row.querySelectorAll("[aria-label]")) {
      const label = part.getAttribute("aria-label");
      part.setAttribute("aria-label", label.replace(/(criterion) \d+/i, `$1 ${index + 1}`));
    }
    for (const button of row.querySelectorAll("[data-act]")) {
      button.value = `${button.dataset.act}-${index + 1}`;
    }
  });
  weigh();
}

// The same sum as shares() in forms/criteria.py.
function weigh() {
  const read = rowsOf().map((row) => {
    const weight = field(row, "text").value.trim() ? Number(field(row, "weight").value) : 0;
    return { row, kind: field(row, "kind").value, weight: weight > 0 ? weight : 0 };
  });
  const required = read.filter((entry) => entry.kind === "required");
  const whole = required.reduce((sum, entry) => sum + entry.weight, 0);
  const signs = { bonus: "+\u2009", misconception: "\u2212\u2009" };
  for (const { row, kind, weight } of read) {
    const known = weight && whole;
    const percent = Math.round((100 * weight) / whole);
    row.querySelector("[data-share]").textContent = known ? `${signs[kind] ?? ""}${percent}%` : "";
  }
}

function say(words, undo) {
  const place = form.querySelector("[data-said]");
  place.replaceChildren(words);
  if (!undo) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small quiet";
  button.textContent = "Undo";
  button.addEventListener("click", undo);
  place.append(" ", button);
}

const acts = {
  add() {
    const empty = form.querySelector("[data-empty-row]").content.cloneNode(true);
    for (const part of empty.querySelectorAll("[id]")) part.removeAttribute("id");
    form.querySelector("[data-rows]").append(empty);
    renumber();
    field(rowsOf().at(-1), "text").focus();
  },
  up(row, button) {
    row.previousElementSibling?.before(row);
    settle(row, button);
  },
  down(row, button) {
    row.nextElementSibling?.after(row);
    settle(row, button);
  },
  remove(row) {
    const number = rowsOf().indexOf(row) + 1;
    const neighbour = row.nextElementSibling ?? row.previousElementSibling;
    removed = { row, before: row.nextElementSibling };
    row.remove();
    renumber();
    if (field(row, "text").value.trim()) say(`Criterion ${number} is out.`, putBack);
    else say("");
    (neighbour ? field(neighbour, "text") : form.querySelector("[data-act=add]")).focus();
  },
};

function settle(row, button) {
  renumber();
  say(`Now criterion ${rowsOf().indexOf(row) + 1}.`);
  const hidden = getComputedStyle(button).visibility === "hidden";
  (hidden ? field(row, "text") : button).focus();
}

function putBack() {
  const list = form.querySelector("[data-rows]");
  const { row, before } = removed;
  list.insertBefore(row, before?.parentElement === list ? before : null);
  renumber();
  say("");
  field(row, "text").focus();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("[data-act]");
  if (!button) return;
  event.preventDefault();
  acts[button.dataset.act](button.closest("[data-row]"), button);
  setDirty(true);
});

form.addEventListener("input", (event) => {
  if (event.target.hasAttribute("data-aside")) return;
  setDirty(true);
  if (event.target.name?.startsWith("criterion-")) weigh();
});

form.addEventListener("htmx:afterSwap", (event) => {
  if (event.target.id === "criteria") setDirty(true);
});

form.addEventListener("submit", () => setDirty(false));
window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});
