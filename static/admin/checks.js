// The panel “Before you publish”: its count, marks beside the fields, and jumping to them.
(() => {
  "use strict";
  const NAME = "before-publishing";
  const FIELDS = "input:not([type=hidden]), textarea, select, [contenteditable=true]";
  const { count, follow, isShown, jump, mark, whenBuilt } = window.twotrackBeside;

  const fieldIn = (section, target) => {
    const content = section.querySelector(".w-panel__content") || section;
    const candidates = [
      ...(target.matches(FIELDS) ? [target] : []),
      ...target.querySelectorAll(FIELDS),
      ...(target === section ? [] : target.querySelectorAll("button")),
      ...content.querySelectorAll(FIELDS),
      ...content.querySelectorAll("button"),
    ];
    return candidates.find(isShown);
  };

  const markOf = (link) => {
    const item = document.createElement("li");
    item.dataset.level = link.closest("[data-level]").dataset.level;
    item.textContent = link.textContent;
    return [link.dataset.checksAnchor, item];
  };

  const showCount = (panel) => {
    const shown = panel.querySelector("[data-checks]");
    const counter = shown && count(NAME, shown.dataset.count);
    counter?.classList.toggle("checks-count-stops", "hasStops" in shown.dataset);
    counter?.classList.toggle("w-bg-surface-button-default", !("hasStops" in shown.dataset));
  };

  whenBuilt(() => {
    const panel = document.querySelector(`[data-side-panel='${NAME}']`);
    if (!panel) return;
    panel.addEventListener("click", (event) => {
      const link = event.target.closest("[data-checks-anchor]");
      if (link && jump(link.dataset.checksAnchor, fieldIn)) event.preventDefault();
    });
    follow(panel, () => {
      showCount(panel);
      mark("checks-mark", "Before you publish", [...panel.querySelectorAll("[data-checks-anchor]")].map(markOf));
    });
    const asked = decodeURIComponent(location.hash.slice(1));
    if (asked.startsWith("id_") || asked.startsWith("block-")) setTimeout(() => jump(asked, fieldIn), 300);
  });
})();
