// Results as you type: the page itself is asked for, and its results take the place of the old ones.
// A search is one entry of the history, however many keys it took.
const form = document.querySelector("form[data-live]");
let timer, request, typing = false, shown = location.pathname + location.search;

async function show(address, push) {
  request?.abort();
  request = new AbortController();
  const found = document.getElementById("found");
  found.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(address, { signal: request.signal, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("found");
    if (!fresh) { location.assign(address); return; }
    keepFolds(found, fresh);
    const focused = found.contains(document.activeElement) ? document.activeElement.dataset.key ?? "" : null;
    found.replaceWith(fresh);
    foldFilters();
    if (focused !== null) keepFocus(fresh, focused);
    document.title = page.title;
    document.getElementById("said").textContent = fresh.querySelector("#total").textContent;
    if (push !== null) history[push ? "pushState" : "replaceState"](null, "", address);
    shown = location.pathname + location.search;
    const filters = page.querySelectorAll("form[data-live] input[type=hidden]");
    form.querySelectorAll("input[type=hidden]").forEach((old) => old.remove());
    form.append(...filters);
    const link = page.querySelector("a.switch");
    if (link) document.querySelector("a.switch").href = link.getAttribute("href");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
  }
}

// A facet that was folded or unfolded stays so.
function keepFolds(old, fresh) {
  for (const fold of old.querySelectorAll("details[id]")) {
    const same = fresh.querySelector("#" + CSS.escape(fold.id));
    if (same) same.open = fold.open;
  }
}

// Whoever works with the keyboard goes on where they were, or at the head of the results.
function keepFocus(fresh, key) {
  const same = key && fresh.querySelector(`[data-key="${CSS.escape(key)}"]`);
  (same || fresh.querySelector("#total")).focus({ preventScroll: true });
}

// Beside the results there is room for the filters; above them, on a phone, they are folded.
const wide = matchMedia("(min-width: 50.01rem)");
function foldFilters() {
  const filters = document.getElementById("filters");
  if (filters && wide.matches) filters.open = true;
}
wide.addEventListener("change", foldFilters);
foldFilters();

function address() {
  const said = [...new FormData(form)].filter(([, value]) => value.trim());
  return "/search?" + new URLSearchParams(said);
}

function typed() {
  clearTimeout(timer);
  timer = setTimeout(() => {
    show(address(), !typing);
    typing = true;
  }, 180);
}

form.addEventListener("input", (event) => { if (!event.isComposing) typed(); });
form.addEventListener("compositionend", typed);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  show(address(), !typing);
  typing = false;
});
document.addEventListener("click", (event) => {
  const link = event.target.closest(".facets a, .chips a");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  typing = false;
  show(link.href, true);
});
addEventListener("popstate", () => {
  if (location.pathname + location.search === shown) return; // a place within the page
  typing = false;
  form.elements.q.value = new URLSearchParams(location.search).get("q") ?? "";
  show(location.href, null);
});
