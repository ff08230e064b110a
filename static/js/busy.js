// A form is sent once: its buttons rest after the first submit, and wake when the page is shown again.
// A form with data-again (a download, say) stays awake.
function rest(form, resting) {
  for (const button of form.elements) if (button.type === "submit") button.disabled = resting;
  form.toggleAttribute("aria-busy", resting);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === "dialog" || "again" in form.dataset) return;
  // After this tick, so that the pressed button's own name and value still go with the form.
  setTimeout(() => rest(form, true));
});

window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[aria-busy]")) rest(form, false);
});
