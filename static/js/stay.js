// Writing a long text is work, not idleness: while somebody types, the session is kept, asked at most once a minute.
let asked = Date.now();

document.addEventListener("input", () => {
  if (Date.now() - asked < 60_000) return;
  asked = Date.now();
  fetch(document.body.dataset.stay).catch(() => {});
});
