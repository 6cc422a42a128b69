/* The calendar: dropping a post on a day fills in and sends its own “Move to…” form. */
(() => {
  const plan = document.querySelector("[data-plan]");
  if (!plan) return;
  let dragged = null;

  for (const entry of plan.querySelectorAll("[data-movable]")) {
    entry.draggable = true;
    entry.addEventListener("dragstart", (event) => {
      dragged = entry;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", "");
    });
    entry.addEventListener("dragend", () => {
      dragged = null;
    });
    entry.addEventListener("keydown", (event) => {
      const details = entry.querySelector("details");
      if (event.key !== "Escape" || !details.open) return;
      details.open = false;
      details.querySelector("summary").focus();
    });
  }

  for (const day of plan.querySelectorAll("[data-day]")) {
    const mark = (on) => day.toggleAttribute("data-target", on);
    day.addEventListener("dragover", (event) => {
      if (!dragged || dragged.closest("[data-day]") === day) return;
      event.preventDefault();
      mark(true);
    });
    day.addEventListener("dragleave", (event) => {
      if (!day.contains(event.relatedTarget)) mark(false);
    });
    day.addEventListener("drop", (event) => {
      mark(false);
      if (!dragged) return;
      event.preventDefault();
      const form = dragged.querySelector("form");
      form.elements.day.value = day.dataset.day;
      form.requestSubmit();
    });
  }
})();
