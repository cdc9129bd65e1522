// Copy buttons: shown where the browser lets us copy, and saying when it is done.
for (const button of document.querySelectorAll("button[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  const status = button.parentElement.querySelector("[data-copied]");
  field.addEventListener("focus", () => field.select());
  field.select();
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = "Copied.";
    } catch {
      field.select();
      status.textContent = "Your browser does not allow that. The token is selected: copy it yourself.";
    }
  });
}
