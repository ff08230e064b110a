// Near and far without asking the server; the address keeps it for a reload.
function zoom(link) {
  const wall = document.querySelector(".wall");
  wall.className = wall.className.replace(/z-\w+/, `z-${link.dataset.zoom}`);
  for (const each of document.querySelectorAll("[data-zoom]")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  history.replaceState({ htmx: true }, "", link.href);
  document.querySelector(".withfile").dataset.home = link.href;
  document.querySelector(".cell[aria-current]")?.scrollIntoView({ block: "center" });
}

document.addEventListener("click", (event) => {
  const nearer = event.target.closest("[data-zoom]");
  if (!nearer || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  zoom(nearer);
});
