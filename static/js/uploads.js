// Forms with files show how far the sending is, and keep the chosen files when something has to be mended or the
// network breaks. Without this script they are sent as any other form.
function bar(form) {
  const shown = form.querySelector(".sending") ?? document.createElement("div");
  shown.className = "sending";
  shown.setAttribute("role", "status");
  shown.innerHTML = "<progress max=\"1\" value=\"0\"></progress><span></span>";
  form.querySelector("button[type=submit], button:not([type])").before(shown);
  return (share, words) => {
    shown.querySelector("progress").value = share;
    shown.querySelector("span").textContent = words;
  };
}

function chosen(form) {
  return [...form.elements].filter((field) => field.type === "file" && field.files.length);
}

function wake(form) {
  form.removeAttribute("aria-busy");
  for (const field of form.elements) if (field.type === "submit") field.disabled = false;
}

function mend(page, files) {
  document.querySelector("main").replaceWith(page.querySelector("main"));
  for (const file of files) document.getElementById(file.id)?.replaceWith(file);
  if (globalThis.htmx) globalThis.htmx.process(document.querySelector("main"));
  document.querySelector(".problems")?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const files = event.defaultPrevented ? [] : chosen(form);
  if (!files.length || form.enctype !== "multipart/form-data") return;
  event.preventDefault();
  const say = bar(form);
  const request = new XMLHttpRequest();
  const broken = () => {
    wake(form);
    say(0, "没有发出去，请看看网络，再按一次。写的和选的都还在。");
  };
  request.open("POST", form.action);
  request.setRequestHeader("X-Upload", "1");
  request.responseType = "document";
  request.upload.onprogress = (sent) => {
    const share = sent.total ? sent.loaded / sent.total : 0;
    say(share, share < 1 ? `正在上传 ${Math.floor(share * 100)}%` : "已传完，正在保存");
  };
  request.onerror = broken;
  request.onload = () => {
    const next = request.getResponseHeader("X-Next");
    if (next) location.assign(next);
    else if (request.response?.querySelector("main")) mend(request.response, files);
    else broken();
  };
  for (const field of form.elements) if (field.type === "submit") field.disabled = true;
  request.send(new FormData(form, event.submitter));
});

document.addEventListener("change", (event) => {
  const field = event.target;
  if (field.type !== "file" || !field.dataset.most) return;
  const many = field.files.length > Number(field.dataset.most);
  field.setCustomValidity(many ? `一次最多 ${field.dataset.most} 个，其余的可以接着再传` : "");
  field.reportValidity();
});
