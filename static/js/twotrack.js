// What pages do on top of what they are. Everything can be read and used without it.

const storage = (() => {
  try {
    const kind = { local: localStorage, session: sessionStorage };
    kind.local.getItem("theme");
    return kind;
  } catch {
    return null; // Storage may be forbidden.
  }
})();

function offerThemes() {
  const box = document.querySelector(".theme");
  if (!box || !storage) return;
  const select = box.querySelector("select");
  select.value = document.documentElement.dataset.theme ?? "system";
  box.hidden = false;
  select.addEventListener("change", () => {
    if (select.value === "system") {
      delete document.documentElement.dataset.theme;
      storage.local.removeItem("theme");
    } else {
      document.documentElement.dataset.theme = select.value;
      storage.local.setItem("theme", select.value);
    }
  });
}

function offerCopying() {
  const header = (block) => block.querySelector(":scope > header");
  const blocks = [...document.querySelectorAll(".codeblock")].filter(header);
  if (!navigator.clipboard || !blocks.length) return;
  const status = document.createElement("p");
  status.className = "vh";
  status.setAttribute("role", "status");
  document.body.append(status);
  for (const block of blocks) {
    const name = header(block).textContent.trim();
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${name}`.trim());
    button.addEventListener("click", async () => {
      let word = "Copied";
      try {
        const code = block.querySelector("code").cloneNode(true);
        for (const prompt of code.querySelectorAll(".gp")) prompt.remove();
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        word = "Not copied";
      }
      button.textContent = status.textContent = word;
      setTimeout(() => {
        button.textContent = "Copy";
        status.textContent = "";
      }, 2000);
    });
    header(block).append(button);
  }
}

function markCurrentSection() {
  const links = new Map();
  for (const link of document.querySelectorAll(".toc a[href^='#']")) {
    const heading = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (heading) links.set(heading, link);
  }
  if (!links.size) return;
  const headings = [...links.keys()];
  const passed = new Set();
  // The margin above the window lets a jump past several headings be noticed, too.
  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) passed.add(target);
        else passed.delete(target);
      }
      const current = headings.findLast((heading) => passed.has(heading)) ?? headings[0];
      for (const [heading, link] of links) {
        if (heading === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    },
    { rootMargin: "99999px 0px -66% 0px" },
  );
  headings.forEach((heading) => observer.observe(heading));
}

// A note opens where it is called, unless it stands beside the text already.
function openNotesInPlace() {
  const links = document.querySelectorAll(".noteref a");
  if (!links.length || !("popover" in HTMLElement.prototype)) return;
  const box = document.createElement("aside");
  box.className = "notebox";
  box.popover = "auto";
  box.tabIndex = -1;
  document.querySelector("main").append(box);
  for (const link of links) {
    link.addEventListener("click", (event) => {
      const note = document.getElementById(link.hash.slice(1));
      if (!note || getComputedStyle(note).position === "absolute") return;
      event.preventDefault();
      const copy = note.cloneNode(true);
      for (const back of copy.querySelectorAll("[role='doc-backlink']")) back.remove();
      for (const named of copy.querySelectorAll("[id]")) named.removeAttribute("id");
      box.setAttribute("aria-label", link.getAttribute("aria-label"));
      box.replaceChildren(...copy.childNodes);
      box.showPopover({ source: link });
      const at = link.getBoundingClientRect();
      const isLow = at.bottom + box.offsetHeight + 12 > innerHeight;
      box.style.top = `${scrollY + (isLow ? at.top - box.offsetHeight - 6 : at.bottom + 6)}px`;
      const most = document.documentElement.clientWidth - box.offsetWidth - 12;
      box.style.left = `${Math.max(12, Math.min(at.left - 24, most))}px`;
      box.focus({ preventScroll: true });
    });
  }
}

// The search field has a script of its own, loaded where there is one or where it is asked for.
// Keys without a modifier must be possible to switch off (WCAG 2.2, 2.1.4).
function offerSearching() {
  const load = (form) => import(form.dataset.script);
  const form = document.querySelector("form[data-script]");
  if (form) load(form).then((search) => search.start(form, storage)).catch(() => {});
  const choice = document.getElementById("shortcut");
  if (choice) {
    choice.checked = storage?.local.getItem("shortcut") !== "off";
    choice.addEventListener("change", () => {
      storage?.local.setItem("shortcut", choice.checked ? "on" : "off");
    });
  }
  document.addEventListener("keydown", (event) => {
    const hasModifier = event.ctrlKey !== event.metaKey && !event.altKey && !event.shiftKey;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!(event.key === "/" && isPlain) && !(event.key === "k" && hasModifier)) return;
    if (choice && !choice.checked) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    const field = document.querySelector("input[type='search']");
    const template = document.querySelector("template#search");
    const link = document.querySelector("header.site a[rel='search']");
    event.preventDefault();
    if (field) {
      field.focus();
      field.select();
    } else if (template) {
      load(template.content.querySelector("form"))
        .then((search) => search.ask(template, storage))
        .catch(() => link?.click());
    } else {
      link?.click();
    }
  });
}

offerThemes();
offerCopying();
markCurrentSection();
openNotesInPlace();
offerSearching();
