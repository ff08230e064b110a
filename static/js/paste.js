// The paste box: what somebody types while a paste is being filled in is theirs, and stays.
{
  const read = () => new Map([...document.querySelectorAll("#fields [name]")].map((each) => [each.name, each.value]));
  let asked = new Map();
  let typed = [];

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target.id === "fields") asked = read();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "fields") typed = [...read()].filter(([name, value]) => asked.get(name) !== value);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "fields") return;
    for (const [name, value] of typed) {
      const field = document.querySelector(`#fields [name="${name}"]`);
      if (field && field.type !== "checkbox") field.value = value;
    }
  });
}
