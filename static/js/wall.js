// The wall: arrow keys move between cells, a household's file opens beside it, Escape closes it.
const CELL = "a.cell[id]";
const file = () => document.getElementById("file");
const cells = () => [...document.querySelectorAll(`.block:not(.away) ${CELL}`)];
let quiet = "";
// One cell takes the Tab key, the arrows lead to the rest.
function rove(to) {
  for (const cell of document.querySelectorAll(`${CELL}[tabindex="0"]`)) cell.tabIndex = -1;
  if (to) to.tabIndex = 0;
}

function start() {
  if (!file()) return;
  for (const cell of cells()) cell.tabIndex = -1;
  rove(document.querySelector(`${CELL}[aria-current]`) ?? cells()[0]);
  if (file().querySelector("[data-hint]")) quiet = file().innerHTML;
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
}

// The next cell beside it: in its floor, else on the same storey of the next unit, else of the next building.
function sideways(cell, step) {
  const next = step > 0 ? "nextElementSibling" : "previousElementSibling";
  const level = [...cell.parentElement.parentElement.querySelectorAll(".floor")].indexOf(cell.parentElement);
  for (let beside = cell[next]; beside; beside = beside[next]) if (beside.matches(CELL)) return beside;
  const units = [...document.querySelectorAll(".block:not(.away) .unit, .block:not(.away) .base")];
  for (let at = units.indexOf(cell.closest(".unit, .base")) + step; units[at]; at += step) {
    const floors = units[at].querySelectorAll(".floor");
    const found = floors[Math.min(level, floors.length - 1)].querySelectorAll(CELL);
    if (found.length) return found[step > 0 ? 0 : found.length - 1];
  }
  return null;
}

// The next cell over or under it in its column; a gap is stepped across.
function upright(cell, step) {
  const next = step > 0 ? "nextElementSibling" : "previousElementSibling";
  const column = [...cell.parentElement.children].indexOf(cell);
  for (let floor = cell.parentElement[next]; floor; floor = floor[next]) {
    if (floor.children[column]?.matches(CELL)) return floor.children[column];
  }
  return null;
}

const MOVES = {
  ArrowRight: (cell) => sideways(cell, 1),
  ArrowLeft: (cell) => sideways(cell, -1),
  ArrowDown: (cell) => upright(cell, 1),
  ArrowUp: (cell) => upright(cell, -1),
  Home: () => cells()[0],
  End: () => cells().at(-1),
};
function show(cell) {
  document.querySelector(".cell[aria-current]")?.removeAttribute("aria-current");
  cell?.setAttribute("aria-current", "true");
  if (!cell) return;
  rove(cell);
  cell.scrollIntoView({ block: "nearest" });
}

function close() {
  const home = document.querySelector(".withfile")?.dataset.home;
  if (!home || file().querySelector("[data-hint]")) return false;
  document.querySelector(".cell[aria-current]")?.focus();
  file().innerHTML = quiet;
  history.replaceState({ htmx: true }, "", home);
  show(null);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const to = event.target.matches(CELL) && MOVES[event.key]?.(event.target);
  if (to) {
    event.preventDefault();
    rove(to);
    to.focus();
  }
  const ours = event.key === "Escape" && !event.target.closest(".search, dialog, [popover]");
  if (ours && file() && !close()) file().querySelector("[data-close]")?.click();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  if (event.target.closest("[data-close]") && close()) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, pathInfo } = event.detail;
  if (xhr.status === 422) Object.assign(event.detail, { shouldSwap: true, isError: false });
  // Signed out, or gone meanwhile: the whole page says so better than the panel.
  else if (xhr.status >= 400 || pathInfo.responsePath !== pathInfo.finalRequestPath) {
    event.detail.shouldSwap = false;
    location.assign(pathInfo.finalRequestPath);
  }
});
document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target?.id !== "file") return;
  show(document.getElementById(`h${file().firstElementChild.dataset.household}`));
  file().scrollTop = 0;
  (file().querySelector(".error[tabindex]") ?? file().querySelector("h2"))?.focus({ preventScroll: true });
});
document.addEventListener("htmx:historyRestore", start);
start();
