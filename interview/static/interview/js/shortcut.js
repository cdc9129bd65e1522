// Ctrl or Cmd with Enter submits the answer, as its button says.
const form = document.querySelector("#answer-form");

form?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.repeat) return;
  event.preventDefault();
  form.requestSubmit();
});
