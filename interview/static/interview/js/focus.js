// A part that asks for itself again keeps the keyboard's place: its new link or button takes the focus.
const PLACES = "a[href], button, input, select, textarea, summary";
const places = (part) => [...part.querySelectorAll(PLACES)];
const sameAs = (one) => (other) =>
  one.tagName === other.tagName &&
  one.getAttribute("href") === other.getAttribute("href") &&
  one.textContent === other.textContent;

let left = null;

document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  const held = document.activeElement;
  left = part.id && part.contains(held) && held.matches(PLACES) ? { id: part.id, held } : null;
});

document.addEventListener("htmx:afterSettle", () => {
  const part = left && document.getElementById(left.id);
  if (!part || part.contains(document.activeElement)) return;
  places(part).find(sameAs(left.held))?.focus({ preventScroll: true });
  left = null;
});
