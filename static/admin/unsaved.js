// Knows at every moment which words of a form are saved, and says in plain words where they are
// not. Wagtail takes the form for saved when an answer comes back, with all that was typed since it
// was asked, and takes what stands in the form two seconds after its start for what was loaded.
(() => {
  const { alive, login } = document.currentScript.dataset;
  let form = null;

  const FIRST_WAIT = 2000; // milliseconds until a failed save is tried again, doubled each time
  const LONGEST_WAIT = 30000;
  const MOST_SHOWN = 5;
  const NOTHING = "nothing"; // no form is this, so whatever it has is to be saved

  const controller = (name) => window.wagtail.app.getControllerForElementAndIdentifier(form, name);
  const watcher = () => controller("w-unsaved");
  const saver = () => controller("w-autosave");

  // What is saved

  let saved = null; // the form as the server has it, once that is known for certain
  let sent = null;

  const takeAsTyped = () => {
    saved ??= NOTHING;
    const watching = watcher();
    if (!watching || watching.forceValue) return;
    watching.initialFormData = saved;
    lookAgain(watching);
  };

  /** Wagtail speaks up only when the form has changed since it looked last. */
  const lookAgain = (watching) => {
    watching.check();
    if (watching.hasEditsValue) watching.notify();
  };

  /** Whether a field holds what the server did not put there: typed before any script ran. */
  const isChanged = (field) =>
    /^(checkbox|radio)$/.test(field.type)
      ? field.checked !== field.defaultChecked
      : /^(text|textarea|url|email|number)$/.test(field.type) && field.value !== field.defaultValue;

  let isWatched = false;
  let untouched = null; // the form as it was before a hand was laid on it
  const onTouch = (event) => {
    if (isWatched || !event.isTrusted || !form?.contains(event.target)) return;
    untouched ??= watcher()?.formData ?? null;
  };
  for (const kind of ["keydown", "pointerdown", "beforeinput"]) {
    document.addEventListener(kind, onTouch, true);
  }

  const isTouched = () => untouched !== null && watcher().formData !== untouched;
  const onEarlyChange = (event) => {
    if (isWatched || !form?.contains(event.target)) return;
    // The editor of Markdown puts in by itself what is typed.
    if (event.isTrusted || isTouched()) takeAsTyped();
  };
  for (const kind of ["input", "change", "paste", "cut", "drop"]) {
    document.addEventListener(kind, onEarlyChange);
  }

  // Wagtail has just taken the form at hand for the saved one.
  document.addEventListener("w-unsaved:watch-edits", () => {
    if (saved !== null || (!isWatched && isTouched())) takeAsTyped();
    isWatched = true;
  });

  document.addEventListener("w-autosave:save", () => {
    sent = watcher()?.formData ?? null;
  });

  const withUpdates = (data, updates) => {
    const fields = new URLSearchParams(data);
    for (const [name, value] of Object.entries(updates ?? {})) {
      if (fields.has(name)) fields.set(name, value);
    }
    return fields.toString();
  };

  document.addEventListener(
    "w-autosave:success",
    (event) => {
      if (sent !== null) saved = withUpdates(sent, event.detail.data.field_updates);
    },
    true,
  );

  // After Wagtail's own handler, which says that nothing is left to save.
  document.addEventListener("w-autosave:success", (event) => {
    const watching = watcher();
    lookAgain(watching);
    // A form that came back with mistakes is not watched until now.
    if (!watching.checkInterval) watching.checkIntervalValueChanged(watching.checkIntervalValue);
    failures = 0;
    clearTimeout(timer);
    timer = null;
    tellProblems(event.detail.data.half_written ?? []);
  });

  // Pressing a button while an autosave is under way

  // Wagtail would send the form beside it: a new page would be made twice, and one that is edited
  // would be refused as overtaken by the same tab. The button waits for the answer instead.
  let isSending = false;
  let isLeaving = false;
  let held = null; // the press that waits, if any

  document.addEventListener("w-autosave:save", (event) => {
    if (isLeaving || held) event.preventDefault(); // The form itself brings what is left.
    else isSending = true;
  });

  document.addEventListener(
    "submit",
    (event) => {
      if (event.target !== form) return;
      if (!isSending) {
        isLeaving = true;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      held = { button: event.submitter };
    },
    true,
  );

  // Back in this very document, kept by the browser, or staying in it.
  const stay = () => {
    isLeaving = false;
  };
  window.addEventListener("pageshow", stay);
  document.addEventListener("submit", (event) => event.defaultPrevented && stay());

  const press = ({ button }) => {
    if (button?.form === form) {
      button.disabled = false; // Wagtail does so to show that it is at work; its name is needed.
      form.requestSubmit(button);
      return;
    }
    // The answer to a new page brings other buttons in place of those it had.
    if (button?.name) {
      form.append(make("input", { type: "hidden", name: button.name, value: button.value }));
    }
    form.requestSubmit();
  };

  const onAnswer = (isReachable) => {
    isSending = false;
    const waiting = held;
    held = null;
    if (waiting && isReachable) press(waiting);
  };

  document.addEventListener("w-autosave:success", () => onAnswer(true));
  document.addEventListener("w-autosave:error", ({ detail }) => {
    onAnswer(detail.type !== "network_error");
  });

  // What could not be saved

  let failures = 0;
  let timer = null;

  const saveNow = (event) => {
    clearTimeout(timer);
    timer = null;
    const watching = watcher();
    watching?.check();
    if (watching?.hasEditsValue) saver()?.save(event);
  };

  const saveLater = () => {
    const wait = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
    failures += 1;
    timer ??= setTimeout(() => saveNow(new Event("retry")), wait);
  };

  const REASONS = {
    offline: "There is no connection. Keep this page open: saving goes on by itself once there is.",
    signedOut: "You have been signed out. Keep this page open and sign in again in another tab: "
      + "saving then goes on by itself.",
    failed: "The server could not take them. Keep this page open: it is tried again by itself. "
      + "If this stays, copy your words and tell whoever runs the publication.",
    overtaken: "What you type from now on is not saved by itself. Press “Save draft” to see both "
      + "versions and choose.",
    locked: "Nobody else can change this page now. Copy what you have typed since, or ask for it "
      + "to be unlocked.",
  };

  const findReason = async () => {
    try {
      const answer = await fetch(alive, { redirect: "manual", cache: "no-store" });
      return answer.type === "opaqueredirect" ? "signedOut" : "failed";
    } catch {
      return "offline";
    }
  };

  document.addEventListener(
    "w-autosave:error",
    async ({ detail }) => {
      if (detail.type === "invalid_revision") return tell(detail.text, REASONS.overtaken);
      if (detail.type === "locked") return tell(detail.text, REASONS.locked);
      const what = "Your words are not saved yet.";
      detail.text = what;
      saveLater();
      const reason = detail.type === "network_error" ? "offline" : await findReason();
      if (!failures) return undefined; // saved meanwhile
      return tell(what, REASONS[reason], reason === "signedOut");
    },
    true,
  );

  window.addEventListener("online", (event) => failures && saveNow(event));
  window.addEventListener("focus", (event) => failures && saveNow(event));
  // A tab that is put away may never come back.
  document.addEventListener("visibilitychange", (event) => {
    if (document.visibilityState === "hidden") saveNow(event);
  });

  // Saying it

  const make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };
  const note = make("div", { class: "saving-note", role: "status" });

  // Before the scripts that make editors of the fields have changed any of them.
  const start = () => {
    form = document.querySelector("form[data-edit-form]");
    if (!form) return;
    if ([...form.elements].some(isChanged)) saved = NOTHING;
    form.querySelector("footer")?.before(note);
  };
  if (document.readyState === "loading") {
    document.addEventListener("readystatechange", start, { once: true });
  } else {
    start();
  }

  function tell(what, reason, maySignIn = false) {
    const link = make("a", { href: login, target: "_blank", rel: "noopener" }, "Sign in again");
    const words = make("p", {}, make("strong", {}, what), ` ${reason} `, ...(maySignIn ? [link] : []));
    note.dataset.kind = "failed";
    note.replaceChildren(words);
  }

  const MARK = "saving-mark";

  let told = "[]";

  function tellProblems(problems) {
    const now = JSON.stringify(problems);
    if (note.dataset.kind === "half-written" && now === told) return; // Not read out once more.
    told = now;
    document.querySelectorAll(`.${MARK}`).forEach((mark) => mark.remove());
    note.replaceChildren();
    delete note.dataset.kind;
    if (!problems.length) return;
    note.dataset.kind = "half-written";
    note.append(
      make("p", {}, make("strong", {}, "Saved as it stands."), " It is half-written, and goes out "
        + "only when this is put right:"),
      make("ul", {}, ...problems.slice(0, MOST_SHOWN).map(({ anchor, message }) =>
        make("li", {}, anchor ? make("a", { href: `#${anchor}` }, message) : message))),
    );
    if (problems.length > MOST_SHOWN) {
      note.append(make("p", {}, `And ${problems.length - MOST_SHOWN} more.`));
    }
    // The panel “Before you publish” marks the fields of a post, and the blocks that it can name.
    const isMarked = document.querySelector("[data-side-panel='before-publishing']");
    problems
      .filter(({ anchor }) => !isMarked || !document.getElementById(anchor))
      .forEach(markField);
  }

  /** A block by its place among those that are not deleted: a new one has no name before it is
   * loaded anew. */
  const blockAt = (field, place) =>
    [...form.elements]
      .filter(({ name }) => name.startsWith(`${field}-`) && /^-\d+-order$/.test(name.slice(field.length)))
      .filter(({ name }) => form.elements[name.replace(/order$/, "deleted")]?.value !== "1")
      .sort((one, other) => one.value - other.value)
      [place]?.closest("[data-streamfield-child]");

  function markField({ anchor, block, field, message }) {
    const found = document.getElementById(anchor) ?? (block === null ? null : blockAt(field, block));
    const section = found?.closest("[data-panel], [data-streamfield-child]") ?? found;
    section?.before(make("p", { class: MARK }, message));
  }
})();
