// The panel “Review”: its buttons work in place, so that nothing typed in the page is lost; remarks
// stand beside their blocks; the address of a new link can be copied.
(() => {
  "use strict";
  const PANEL = "[data-side-panel='review']";
  const TOGGLE = "[data-side-panel-toggle='review']";
  const LONGEST_MARK = 160; // characters of a remark that stand beside its block
  const UNSENT = "It could not be sent. What you wrote is still here; try again.";
  const SIGNED_OUT = "You are signed out. Sign in in another tab, then try again.";

  const { count, follow, jump, mark, whenBuilt, whenShown } = window.twotrackBeside;

  const panel = () => document.querySelector(PANEL);
  const editForm = () => document.querySelector("form[data-edit-form]");

  // Beside the blocks

  const shortened = (words) =>
    words.length > LONGEST_MARK ? `${words.slice(0, LONGEST_MARK).trimEnd()}…` : words;

  const markOf = (remark) => {
    const name = remark.querySelector("[data-review-name]").textContent;
    const item = document.createElement("li");
    const who = document.createElement("strong");
    who.textContent = name;
    const words = document.createElement("span");
    words.textContent = shortened(remark.querySelector("[data-review-words]").textContent);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small button-secondary";
    button.dataset.reviewShow = remark.id;
    button.textContent = "Show in Review";
    button.setAttribute("aria-label", `Show the remark by ${name} in Review`);
    item.append(who, " ", words, " ", button);
    return [remark.dataset.reviewAnchor, item];
  };

  const goToBlock = (anchor) =>
    jump(anchor, (section) => section.querySelector(".review-mark button") || section.querySelector("button, textarea, input"));

  const showPanel = () => {
    const shown = panel();
    if (!shown) return;
    // Wagtail hides what is shut half a second later, and makes no room for what is not hidden.
    const isShut = document.querySelector(TOGGLE)?.getAttribute("aria-expanded") === "false";
    if (isShut) shown.hidden = true;
    shown.dispatchEvent(new CustomEvent("open"));
  };

  const unfold = (element) => {
    for (let part = element.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  };

  const showRemark = (id) => {
    showPanel();
    const remark = document.getElementById(id);
    if (!remark) return;
    unfold(remark);
    whenShown(remark, () => {
      remark.scrollIntoView({ block: "nearest" });
      remark.focus({ preventScroll: true });
    });
  };

  // What is shown

  const tellUnsaved = () => {
    const form = editForm();
    const notice = panel()?.querySelector("[data-review-unsaved]");
    if (form && notice) notice.hidden = form.dataset.wUnsavedHasEditsValue !== "true";
  };

  const showCopyButtons = (root) => {
    if (!navigator.clipboard) return;
    root.querySelectorAll("[data-review-copy]").forEach((button) => (button.hidden = false));
  };

  const refresh = (root) => {
    const shown = root.querySelector("[data-review]");
    if (shown) count("review", shown.dataset.count);
    mark("review-mark", "Remarks by reviewers", [...root.querySelectorAll("[data-review-anchor]")].map(markOf));
    tellUnsaved();
    showCopyButtons(root);
  };

  // Buttons

  const isTyped = (field) =>
    /^(checkbox|radio)$/.test(field.type)
      ? field.checked !== field.defaultChecked
      : field.matches("input:not([type=hidden]), textarea") && field.value !== field.defaultValue;

  /** What is typed in the other forms of the panel, by form and field. */
  const typedIn = (root, besides) =>
    [...root.querySelectorAll("form")]
      .filter((form) => form !== besides)
      .flatMap((form) =>
        [...form.elements]
          .filter((field) => field.name && isTyped(field))
          .map((field) => ({ action: form.getAttribute("action"), field })),
      );

  /** Returns the words for which there is no place any more. */
  const putBack = (root, typed) => {
    const lost = [];
    for (const { action, field } of typed) {
      const form = [...root.querySelectorAll("form")].find((found) => found.getAttribute("action") === action);
      const same = [...(form?.elements ?? [])].find(
        (found) => found.name === field.name && (field.type !== "radio" || found.value === field.value),
      );
      if (!same) {
        if (field.matches("textarea")) lost.push(field.value);
        continue;
      }
      if (/^(checkbox|radio)$/.test(field.type)) same.checked = field.checked;
      else same.value = field.value;
      unfold(same);
    }
    return lost;
  };

  const showLost = (root, lost) => {
    const place = root.querySelector("[data-review-problem]");
    const quoted = lost.map((words) => `“${words}”`).join(" ");
    place.textContent = `${place.textContent} There is no place any more for what you had begun to write: ${quoted}`.trim();
    place.hidden = false;
    return place;
  };

  const complain = (form, words) => {
    const place = form.querySelector("[data-review-form-problem]") || form.closest("[data-review]")?.querySelector("[data-review-problem]");
    if (!place) return;
    place.textContent = words;
    place.hidden = false;
    place.focus();
  };

  /** Which version the editor has before them: what is shared must be that. */
  const loadedVersion = () => {
    const form = editForm();
    const number = form?.querySelector("[name=loaded_revision_id]")?.value;
    const moment = form?.querySelector("[name=loaded_revision_created_at]")?.value;
    return number && moment ? `${number} ${moment}` : null;
  };

  const send = async (form, submitter) => {
    if (form.dataset.reviewBusy) return;
    form.dataset.reviewBusy = "1";
    const body = new FormData(form, submitter);
    if ("reviewShare" in form.dataset && loadedVersion()) body.set("loaded", loadedVersion());
    const headers = { "X-Requested-With": "XMLHttpRequest" };
    try {
      const answer = await fetch(form.getAttribute("action"), { method: "POST", body, headers });
      if (answer.redirected) return complain(form, SIGNED_OUT);
      if (answer.headers.get("Content-Type")?.startsWith("application/json")) {
        const said = await answer.json();
        return complain(form, said.problem || UNSENT);
      }
      const words = await answer.text();
      const made = new DOMParser().parseFromString(words, "text/html");
      const isPart = form.dataset.reviewPart === "made";
      const fresh = made.querySelector(isPart ? "[data-review-made]" : "[data-review]");
      if (!fresh) return complain(form, answer.status === 403 ? "You may not do that any more." : UNSENT);
      put(form, fresh, isPart);
    } catch {
      complain(form, UNSENT);
    } finally {
      delete form.dataset.reviewBusy;
    }
  };

  const put = (form, fresh, isPart) => {
    const root = panel() ?? document;
    const old = form.closest(isPart ? "[data-review-made]" : "[data-review]");
    const typed = isPart ? [] : typedIn(old, form);
    // The address of a link is shown once: it stays until the editor goes away, or makes another.
    const isShown = isPart || fresh.querySelector("[data-review-made]");
    const kept = isShown ? null : old.querySelector("[data-review-made]");
    const told = ["[role=alert]:not([hidden])", "[aria-invalid=true]", "[role=status]:not([hidden])", "#review-made"];
    let target = told.map((selector) => fresh.querySelector(selector)).find((found) => found);
    old.replaceWith(fresh);
    if (kept) fresh.querySelector("[data-review-problem]").after(kept);
    const lost = putBack(fresh, typed);
    if (lost.length) target = showLost(fresh, lost);
    refresh(root);
    if (!target) return;
    if (!target.matches("input, textarea, select")) target.tabIndex = -1;
    target.focus();
  };

  const copy = async (button) => {
    const made = button.closest("[data-review-made]");
    const field = made.querySelector("[data-review-address]");
    field.select();
    const isCopied = await navigator.clipboard.writeText(field.value).then(
      () => true,
      () => document.execCommand("copy"),
    );
    const told = made.querySelector("[data-review-copied]");
    told.hidden = false;
    told.textContent = isCopied ? "Copied." : "Press Ctrl+C to copy it.";
  };

  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-review-form]");
    if (!form || !panel()?.contains(form)) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  document.addEventListener("click", (event) => {
    const copied = event.target.closest("[data-review-copy]");
    if (copied) copy(copied);
    const shown = event.target.closest("[data-review-show]");
    if (shown) showRemark(shown.dataset.reviewShow);
    const jumped = event.target.closest("[data-review-jump]");
    if (jumped && goToBlock(jumped.dataset.reviewJump)) event.preventDefault();
  });

  whenBuilt(() => {
    showCopyButtons(document);
    const root = panel();
    if (!root) return;
    follow(root, () => refresh(root));
    const form = editForm();
    if (form) new MutationObserver(tellUnsaved).observe(form, { attributes: true });
    // A letter or the dashboard may lead straight to the panel.
    if (location.hash.startsWith("#review-remark-")) showRemark(location.hash.slice(1));
    else if (location.hash === "#review") showPanel();
  });
})();
