// The panel “Before you publish”: its count, marks beside the fields, and jumping to them.
(() => {
  "use strict";
  const PANEL = "[data-side-panel='before-publishing']";
  const TAB_SETTLES = 150; // milliseconds
  const LONGEST_FADE = 2000;
  const MARK = "checks-mark";
  const FIELDS = "input:not([type=hidden]), textarea, select, [contenteditable=true]";

  const sectionOf = (anchor) => {
    const found = document.getElementById(anchor);
    return found && (found.closest("[data-panel], [data-streamfield-child]") || found);
  };

  // A field may lie in another tab, or in a block that is folded up.
  const reveal = (target) => {
    for (let tab = target.closest("[role=tabpanel]"); tab; tab = tab.parentElement.closest("[role=tabpanel]")) {
      const opener = document.querySelector(`[role=tab][aria-controls='${CSS.escape(tab.id)}'], [role=tab][href='#${CSS.escape(tab.id)}']`);
      if (opener && opener.getAttribute("aria-selected") !== "true") opener.click();
    }
    for (let panel = target.closest("[data-panel]"); panel; panel = panel.parentElement.closest("[data-panel]")) {
      const toggle = panel.querySelector("[data-panel-toggle]");
      if (toggle && toggle.getAttribute("aria-expanded") === "false") toggle.click();
    }
  };

  const goTo = (target) => {
    const section = sectionOf(target.id);
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    section.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    const content = section.querySelector(".w-panel__content") || section;
    const isUsable = (found) => found.checkVisibility({ visibilityProperty: true });
    const candidates = [
      ...(target.matches(FIELDS) ? [target] : []),
      ...target.querySelectorAll(FIELDS),
      ...(target === section ? [] : target.querySelectorAll("button")),
      ...content.querySelectorAll(FIELDS),
      ...content.querySelectorAll("button"),
    ];
    const field = candidates.find(isUsable);
    if (field) field.focus({ preventScroll: true });
  };

  const jump = (anchor) => {
    const target = document.getElementById(anchor);
    if (!target) return false;
    reveal(target);
    // A tab fades in, and what is not shown yet takes no focus; its address takes the focus away.
    const until = performance.now() + LONGEST_FADE;
    const whenShown = () => {
      const isShown = sectionOf(anchor).checkVisibility({ visibilityProperty: true });
      if (isShown || performance.now() > until) goTo(target);
      else requestAnimationFrame(whenShown);
    };
    setTimeout(whenShown, TAB_SETTLES);
    return true;
  };

  const markFields = (panel) => {
    document.querySelectorAll(`.${MARK}`).forEach((mark) => mark.remove());
    const lists = new Map();
    panel.querySelectorAll("[data-checks-anchor]").forEach((link) => {
      const section = sectionOf(link.dataset.checksAnchor);
      if (!section) return;
      if (!lists.has(section)) {
        const list = document.createElement("ul");
        list.className = MARK;
        list.setAttribute("aria-label", "Before you publish");
        lists.set(section, list);
      }
      const item = document.createElement("li");
      item.dataset.level = link.closest("[data-level]").dataset.level;
      item.textContent = link.textContent;
      lists.get(section).append(item);
    });
    lists.forEach((list, section) => {
      const heading = section.querySelector(".w-panel__header");
      if (heading) heading.after(list);
      else section.before(list);
    });
  };

  const count = (panel) => {
    const shown = panel.querySelector("[data-checks]");
    const counter = document.querySelector(
      "[data-side-panel-toggle='before-publishing'] [data-side-panel-toggle-counter]"
    );
    if (!shown || !counter) return;
    counter.textContent = shown.dataset.count;
    counter.hidden = shown.dataset.count === "0";
    counter.classList.toggle("checks-count-stops", "hasStops" in shown.dataset);
    counter.classList.toggle("w-bg-surface-button-default", !("hasStops" in shown.dataset));
  };

  const start = () => {
    const panel = document.querySelector(PANEL);
    if (!panel) return;
    const show = () => {
      count(panel);
      markFields(panel);
    };
    panel.addEventListener("click", (event) => {
      const link = event.target.closest("[data-checks-anchor]");
      if (link && jump(link.dataset.checksAnchor)) event.preventDefault();
    });
    // Wagtail puts the panel in anew after each save, by hand or by itself.
    new MutationObserver(show).observe(panel, { childList: true });
    show();
    const asked = decodeURIComponent(location.hash.slice(1));
    if (asked.startsWith("id_") || asked.startsWith("block-")) setTimeout(() => jump(asked), 300);
  };

  // Blocks are built by Wagtail's scripts while the page loads.
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
