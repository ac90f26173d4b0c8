// What every page may have: Enter sends, buttons print and copy. Without a script these stay hidden.
for (const field of document.querySelectorAll(".ask textarea")) {
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    field.form.requestSubmit();
  });
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
for (const button of document.querySelectorAll("[data-copy], [data-copy-from]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const from = button.dataset.copyFrom;
    await navigator.clipboard.writeText(from ? document.getElementById(from).innerText : button.dataset.copy);
    const said = button.textContent;
    button.textContent = button.dataset.done;
    setTimeout(() => { button.textContent = said; }, 1500);
  });
}
