// Light, dark, or as the system has it. The choice is a cookie, so that the server can
// write it into <html> and no page flashes in the wrong colours.
const COOKIE = "viva_theme";
const YEAR = 60 * 60 * 24 * 365;
const THEMES = ["light", "dark"];

function readChoice() {
  const pair = document.cookie.split("; ").find((entry) => entry.startsWith(`${COOKIE}=`));
  const value = pair?.slice(COOKIE.length + 1);
  return THEMES.includes(value) ? value : "";
}

function apply(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
  else delete document.documentElement.dataset.theme;
}

function remember(theme) {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${COOKIE}=${theme}; path=/; max-age=${theme ? YEAR : 0}; samesite=lax${secure}`;
}

function connect(control) {
  const select = control.querySelector("select");
  select.value = readChoice();
  select.addEventListener("change", () => {
    apply(select.value);
    remember(select.value);
  });
  control.hidden = false;
}

apply(readChoice());
document.querySelectorAll("[data-theme-choice]").forEach(connect);
