// "/" goes to the search field, as its hint says; Escape in it leaves it.
document.addEventListener("keydown", (event) => {
  const search = document.querySelector(".search input[type=search]");
  if (!search) return;
  if (event.key === "Escape" && event.target === search) {
    search.blur();
    return;
  }
  const typing = event.target.closest("input, textarea, select, dialog, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  search.focus();
  search.select();
});
