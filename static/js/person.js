// A citizen's ID number says when somebody was born and which sex: fills in what is still empty, or what it filled before.
document.addEventListener("input", (event) => {
  const form = event.target.name === "id_number" && event.target.form;
  if (!form) return;
  const number = event.target.value.replace(/[\s-]/g, "");
  const found = /^\d{6}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dXx]$/.exec(number);
  if (!found) return;
  fill(form.elements.birth_date, `${found[1]}-${found[2]}-${found[3]}`);
  fill(form.elements.sex, Number(found[4]) % 2 ? "male" : "female");
});

function fill(field, value) {
  if (!field || (field.value && field.value !== field.dataset.filled)) return;
  field.value = value;
  field.dataset.filled = field.value;
}
