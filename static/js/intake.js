// The desk form: Ctrl+Enter registers from anywhere in it; data-fills puts an address into 在哪里.
const desk = document.getElementById("desk");

desk.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  desk.requestSubmit();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-fills]");
  if (!button) return;
  const where = document.getElementById("id_where");
  where.value = button.dataset.fills;
  where.focus();
  desk.dispatchEvent(new Event("filled"));
});
