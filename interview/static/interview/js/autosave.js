// Keeps what is written: a moment after each pause at the server, and in this browser until the
// server has it. Without this script the form's own buttons save.
const PAUSE = 800; // ms without a key before a save
const RETRY = 5000; // ms until a failed save is sent again
const AWAY = "Not saved: you seem to be offline. It is kept in this browser and sent again";
const SIGNED_OUT = "Not saved: you are signed out. It is kept in this browser; sign in and come back";
const GONE = "Not saved: this sitting is no longer there. Copy what you wrote before you leave this page";
const REFUSED = "Not saved: the server had a problem. It is kept in this browser and sent again";

const nameOf = (answer) => `viva-draft-${answer}`;

function remember(answer, entry) {
  try {
    localStorage.setItem(nameOf(answer), JSON.stringify(entry));
  } catch {
    // Storage is full or forbidden: the page itself still holds the words.
  }
}

function recall(answer) {
  try {
    return JSON.parse(localStorage.getItem(nameOf(answer)));
  } catch {
    return null;
  }
}

function forget(answer) {
  try {
    localStorage.removeItem(nameOf(answer));
  } catch {
    // Nothing was kept, so nothing is left.
  }
}

function keepSaved(form) {
  const { answer, draftUrl } = form.dataset;
  const sheet = form.querySelector("textarea");
  const status = form.querySelector("#saved");
  const isRefused = "refused" in form.dataset; // the page gives back words the server did not take
  let saved = isRefused ? null : sheet.defaultValue; // what the server has, as far as we know
  let timer = 0;
  let underWay = false;
  let failed = false;
  let leaving = false;

  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }

  function succeed(text) {
    saved = text;
    failed = false;
    if (sheet.value === text) forget(answer);
    else remember(answer, { text: sheet.value, base: saved });
    say(`Saved ${new Date().toLocaleTimeString([], { hour12: false })}`);
  }

  function fail(words, { again }) {
    failed = true;
    say(words);
    if (again) later(RETRY);
  }

  async function save({ keepalive = false } = {}) {
    clearTimeout(timer);
    const text = sheet.value;
    if (text === saved || leaving) return;
    if (underWay && !keepalive) return later(PAUSE); // never two at once: the later one must win
    let reply;
    underWay = true;
    try {
      reply = await fetch(draftUrl, { method: "POST", body: new FormData(form), keepalive, redirect: "manual" });
    } catch {
      return fail(AWAY, { again: true });
    } finally {
      underWay = false;
    }
    if (reply.status === 204) return succeed(text);
    if (reply.type === "opaqueredirect") return fail(SIGNED_OUT, { again: false });
    if (reply.status === 409 || reply.status === 422) {
      const { detail } = await reply.json();
      return fail(`Not saved: ${detail}`, { again: false });
    }
    if (reply.status === 404) return fail(GONE, { again: false });
    return fail(REFUSED, { again: true });
  }

  function restore() {
    const kept = recall(answer);
    if (!kept || kept.text === sheet.value) return forget(answer);
    const take = () => {
      sheet.value = kept.text;
      save();
    };
    if (kept.base === saved) return take();
    const offer = form.querySelector("#kept"); // the server's text moved on meanwhile: ask
    offer.hidden = false;
    offer.querySelector("button").addEventListener("click", () => {
      take();
      offer.hidden = true;
      sheet.focus();
    });
  }

  sheet.addEventListener("input", () => {
    remember(answer, { text: sheet.value, base: saved });
    later(PAUSE);
  });
  form.addEventListener("submit", () => {
    // Until a page shows that it arrived
    if (sheet.value !== saved) remember(answer, { text: sheet.value, base: saved });
    leaving = true;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") save({ keepalive: true });
  });
  window.addEventListener("beforeunload", (event) => {
    if (leaving) return;
    save({ keepalive: true });
    if (failed) event.preventDefault();
  });
  window.addEventListener("online", () => save());
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false; // back by the browser's own memory
  });
  if (!isRefused) restore();
}

document.querySelectorAll("form[data-draft-url]").forEach(keepSaved);
document.querySelectorAll("[data-submitted]").forEach((page) => forget(page.dataset.submitted));
