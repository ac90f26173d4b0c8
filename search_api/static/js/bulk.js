// A file may be dropped, and is sent with progress; a running check is watched without reloading.
function wire(form) {
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  form.querySelector("[data-hint]").hidden = false;
  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => { event.preventDefault(); form.classList.add("over"); });
  }
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) {
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", (event) => { event.preventDefault(); send(form); });
}

function send(form) {
  const bar = form.querySelector("progress");
  bar.hidden = false;
  form.querySelector("[data-sending]").textContent = bar.dataset.text;
  form.querySelector("button").disabled = true;
  const sender = new XMLHttpRequest();
  sender.upload.addEventListener("progress", (sent) => { bar.value = (100 * sent.loaded) / sent.total; });
  sender.addEventListener("load", () => {
    if (sender.status < 400) { location.assign(sender.responseURL); return; }
    const page = new DOMParser().parseFromString(sender.responseText, "text/html");
    document.querySelector("main").replaceWith(page.querySelector("main"));
    wire(document.querySelector("form[data-drop]"));
  });
  sender.addEventListener("error", () => form.submit());
  sender.open("POST", form.action);
  sender.setRequestHeader("accept", "text/html");
  sender.send(new FormData(form));
}

wire(document.querySelector("form[data-drop]"));

const watched = document.querySelector("[data-poll]");
if (watched) {
  const bar = watched.querySelector("progress");
  const done = watched.querySelector("[data-done]");
  setInterval(async () => {
    const answer = await fetch(watched.dataset.poll, { headers: { accept: "application/json" } });
    const { state, done: rows, total } = await answer.json();
    if (state !== "waiting" && state !== "running") { location.replace(watched.dataset.poll); return; }
    bar.max = total || 1;
    bar.value = rows;
    done.textContent = rows.toLocaleString();
  }, 700);
}
