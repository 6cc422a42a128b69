// The search field as a combobox: it offers places while one types, and what was looked for
// before, which never leaves the device.

const MOST_KEPT = 8;
const PAUSE = 120; // Milliseconds without a key before the server is asked.

function recent(storage) {
  try {
    const kept = JSON.parse(storage.local.getItem("searches"));
    return kept.filter((words) => typeof words === "string").slice(0, MOST_KEPT);
  } catch {
    return []; // Nothing is kept, or nothing may be.
  }
}

function keep(words, storage) {
  const kept = [...new Set([words, ...recent(storage)])].slice(0, MOST_KEPT);
  try {
    storage.local.setItem("searches", JSON.stringify(kept));
  } catch {
    // Storage may be forbidden or full.
  }
}

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  made.append(...children);
  return describe(made, attributes);
}

function describe(element, attributes) {
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function offerPlaces(form, storage) {
  const field = form.querySelector("input[type='search']");
  const list = element("ul", { role: "listbox", id: "places", "aria-label": "Suggestions" });
  const clear = element("button", { type: "button" }, "Clear recent searches");
  const panel = element("div", { class: "places", hidden: "" }, list, clear);
  const status = element("p", { class: "vh", role: "status" });
  let active = -1;
  let asking, waiting;

  function mark(number) {
    active = number;
    [...list.children].forEach((option, place) => {
      option.setAttribute("aria-selected", place === active);
    });
    const option = list.children[active];
    if (option) {
      field.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function show(options, said, isRecent) {
    list.replaceChildren(...options);
    options.forEach((option, place) => (option.id = `place-${place}`));
    mark(-1);
    clear.hidden = !isRecent;
    panel.hidden = !options.length;
    field.setAttribute("aria-expanded", !panel.hidden);
    status.textContent = said;
  }

  function hide() {
    clearTimeout(waiting);
    asking?.abort();
    show([], "", false);
  }

  function option(label, context, choose) {
    const words = context ? [element("span", {}, label), element("small", {}, context)] : [label];
    const made = element("li", { role: "option" }, ...words);
    made.addEventListener("click", () => {
      hide();
      choose();
    });
    return made;
  }

  function offerRecent() {
    const options = recent(storage).map((words) =>
      option(words, "", () => {
        field.value = words;
        form.requestSubmit();
      }),
    );
    show(options, options.length ? `Recent searches: ${options.length}` : "", true);
  }

  async function offer() {
    asking?.abort();
    const typed = field.value.trim();
    if (!typed) return offerRecent();
    const { signal } = (asking = new AbortController());
    try {
      const asked = `${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`;
      const { suggestions } = await (await fetch(asked, { signal })).json();
      if (signal.aborted || document.activeElement !== field) return;
      const options = suggestions.map(({ label, address, context }) =>
        option(label, context, () => {
          form.closest("dialog")?.close();
          location.assign(address);
        }),
      );
      const count = `${options.length} suggestion${options.length === 1 ? "" : "s"}`;
      show(options, options.length ? count : "No suggestions", false);
    } catch {
      if (!signal.aborted) hide(); // The network or the server is gone: Enter still searches.
    }
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    asking?.abort();
    mark(-1);
    waiting = setTimeout(offer, field.value.trim() ? PAUSE : 0);
  });
  for (const event of ["focus", "click"]) {
    field.addEventListener(event, () => field.value.trim() || offerRecent());
  }
  field.addEventListener("keydown", (event) => {
    const { key, isComposing } = event;
    const count = list.children.length + 1;
    if (isComposing) return;
    if (key === "ArrowDown" || key === "ArrowUp") {
      event.preventDefault();
      // The field itself is one of the stops.
      if (panel.hidden) offer();
      else mark(((active + (key === "ArrowDown" ? 2 : count)) % count) - 1);
    } else if (key === "Enter" && active >= 0) {
      event.preventDefault();
      list.children[active].click();
    } else if (key === "Escape" && !panel.hidden) {
      event.preventDefault();
      hide();
    } else if (["Home", "End", "ArrowLeft", "ArrowRight"].includes(key)) {
      mark(-1);
    }
  });
  // What is chosen by a finger or a mouse leaves the cursor where it is.
  panel.addEventListener("mousedown", (event) => event.preventDefault());
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget !== field && !panel.contains(relatedTarget)) hide();
  });
  form.addEventListener("submit", () => {
    hide();
    if (field.value.trim()) keep(field.value.trim(), storage);
  });
  clear.addEventListener("click", () => {
    storage?.local.removeItem("searches");
    field.focus();
    show([], "Recent searches are cleared", false);
  });
  describe(field, {
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-controls": list.id,
    "aria-expanded": "false",
  });
  field.after(panel);
  form.append(status);
}

function narrowAtOnce(storage) {
  const form = document.querySelector("form.facets");
  if (!form) return;
  form.querySelector(".hint").hidden = false;
  form.querySelector("button").hidden = true;
  form.addEventListener("change", (event) => {
    storage?.session.setItem("filter", event.target.id);
    form.requestSubmit();
  });
  const changed = document.getElementById(storage?.session.getItem("filter"));
  storage?.session.removeItem("filter");
  if (!changed || !form.contains(changed)) return;
  for (let fold = changed; (fold = fold.parentElement.closest("details")); ) fold.open = true;
  changed.focus({ preventScroll: true });
}

// On a page with a search field.
export function start(form, storage) {
  offerPlaces(form, storage);
  narrowAtOnce(storage);
}

// On any other page: the field in a dialog, until it is closed.
export async function ask(template, storage) {
  if (document.querySelector("dialog.search")) return;
  const close = element("button", { type: "button", class: "btn quiet" }, "Close");
  const dialog = element("dialog", { class: "search", "aria-label": "Search", closedby: "any" });
  dialog.append(template.content.cloneNode(true), close);
  const look = dialog.querySelector("link");
  const isStyled = new Promise((resolve) => (look.onload = look.onerror = resolve));
  document.body.append(dialog);
  await isStyled;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  offerPlaces(dialog.querySelector("form"), storage);
  dialog.showModal();
}
