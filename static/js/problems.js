// After a form comes back with errors, the summary is read first.
document.querySelector(".problems")?.focus();
