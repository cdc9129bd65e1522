// Time on this question, counted on from what the server says. After half a day it says nothing.
const HALF_A_DAY = 12 * 60 * 60;

function asClock(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${parts.join(":")}` : `${Number(parts[0])}:${parts[1]}`;
}

for (const clock of document.querySelectorAll("[data-elapsed]")) {
  const begun = Date.now() - Number(clock.dataset.elapsed) * 1000;
  const tick = () => {
    const seconds = Math.max(0, Math.floor((Date.now() - begun) / 1000));
    clock.textContent = seconds < HALF_A_DAY ? asClock(seconds) : "";
  };
  tick();
  setInterval(tick, 1000);
}
