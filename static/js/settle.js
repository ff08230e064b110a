// A form that has just asked for a small part of its page is sent once the answer is there: leaving would break the
// request off. The part has five seconds (hx-request); then the form goes without it.
addEventListener("submit", (event) => {
  const form = event.target;
  if (!document.querySelector(".htmx-request")) return;
  event.preventDefault();
  document.addEventListener("htmx:afterRequest", () => form.requestSubmit(event.submitter), { once: true });
}, true);
