// What panels beside the editor's form share: the count on their icon, marks at the blocks and
// fields that they speak of, and the way there.
(() => {
  "use strict";
  const SETTLES = 150; // milliseconds
  const LONGEST_FADE = 2000;

  const sectionOf = (anchor) => {
    const found = document.getElementById(anchor);
    return found && (found.closest("[data-panel], [data-streamfield-child]") || found);
  };

  /** Open the tab in which it lies, and the blocks, which may be folded up. */
  const reveal = (target) => {
    for (let tab = target.closest("[role=tabpanel]"); tab; tab = tab.parentElement.closest("[role=tabpanel]")) {
      const id = CSS.escape(tab.id);
      const opener = document.querySelector(`[role=tab][aria-controls='${id}'], [role=tab][href='#${id}']`);
      if (opener && opener.getAttribute("aria-selected") !== "true") opener.click();
    }
    for (let part = target.closest("[data-panel]"); part; part = part.parentElement.closest("[data-panel]")) {
      const toggle = part.querySelector("[data-panel-toggle]");
      if (toggle && toggle.getAttribute("aria-expanded") === "false") toggle.click();
    }
  };

  const isShown = (element) => element.checkVisibility({ visibilityProperty: true });

  /** Tabs and panels fade in, and what is not shown yet takes no focus; the address of a tab takes it away. */
  const whenShown = (element, act) => {
    const until = performance.now() + LONGEST_FADE;
    const look = () => {
      if (isShown(element) || performance.now() > until) act();
      else requestAnimationFrame(look);
    };
    setTimeout(look, SETTLES);
  };

  /** Go to a field or block: focus what `chosen` picks of its section. False if there is none. */
  const jump = (anchor, chosen) => {
    const target = document.getElementById(anchor);
    if (!target) return false;
    const section = sectionOf(anchor);
    reveal(target);
    // On a phone the panel covers the form.
    if (matchMedia("(max-width: 49.99rem)").matches) document.querySelector("[data-form-side-close-button]")?.click();
    whenShown(section, () => {
      const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const field = chosen(section, target);
      (field || section).scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
      field?.focus({ preventScroll: true });
    });
    return true;
  };

  /** Put list items at the sections of their anchors, in place of those of that name before. */
  const mark = (name, label, items) => {
    document.querySelectorAll(`.${name}`).forEach((old) => old.remove());
    const lists = new Map();
    for (const [anchor, item] of items) {
      const section = sectionOf(anchor);
      if (!section) continue;
      if (!lists.has(section)) {
        const list = document.createElement("ul");
        list.className = `beside-mark ${name}`;
        list.setAttribute("aria-label", label);
        lists.set(section, list);
      }
      lists.get(section).append(item);
    }
    lists.forEach((list, section) => {
      const heading = section.querySelector(".w-panel__header");
      if (heading) heading.after(list);
      else section.before(list);
    });
  };

  /** Say a number on the icon of a panel; returns the place, if there is one. */
  const count = (panel, number) => {
    const counter = document.querySelector(`[data-side-panel-toggle='${panel}'] [data-side-panel-toggle-counter]`);
    if (!counter) return null;
    counter.textContent = number;
    counter.hidden = number === "0";
    return counter;
  };

  /** Call `show` now, and whenever Wagtail puts the panel in anew, as after a save. */
  const follow = (panel, show) => {
    new MutationObserver(show).observe(panel, { childList: true });
    show();
  };

  /** Blocks are built by Wagtail's scripts while the page loads. */
  const whenBuilt = (start) => {
    if (document.readyState === "complete") start();
    else window.addEventListener("load", start);
  };

  window.twotrackBeside = { count, follow, isShown, jump, mark, whenBuilt, whenShown };
})();
