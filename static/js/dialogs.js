// Opens <dialog id="x"> by any element with data-opens="x" (a link keeps its page for browsers without script);
// data-closes on a button inside closes it. A dialog with data-shown opens with the page: its form came back with errors.
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  const dialog = opener && document.getElementById(opener.dataset.opens);
  if (dialog) {
    event.preventDefault();
    dialog.showModal();
  }
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

for (const dialog of document.querySelectorAll("dialog[data-shown]")) dialog.showModal();
