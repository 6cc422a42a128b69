// Tells the server which version of a page a tab began with, survives a new login, copies words.
(() => {
  const names = ["loaded_revision_id", "loaded_revision_created_at"];
  const form = () => document.querySelector("form[data-edit-form]");

  function setLoaded(values) {
    names.forEach((name, place) => {
      const inputs = form().querySelectorAll(`input[name="${name}"]`);
      inputs.forEach((input) => { input.value = values[place]; });
      if (inputs.length) return;
      const input = document.createElement("input");
      input.type = "hidden";
      input.name = name;
      input.value = values[place];
      form().append(input);
    });
  }

  // After an autosave this tab has the latest version; Wagtail tells so only at the next autosave.
  document.addEventListener("w-autosave:success", (event) => {
    const saved = event.detail.data;
    if (form() && saved.revision_id) setLoaded([saved.revision_id, saved.revision_created_at]);
  });

  // A page without any version says so, that a first version made meanwhile is not overwritten.
  document.addEventListener("DOMContentLoaded", () => {
    if (form() && /\/pages\/\d+\/edit\//.test(form().action) && !form().elements.loaded_revision_id) {
      setLoaded(["", ""]);
    }
  });

  // Logging in again, in another tab, gives this browser another token: a tab that was open since
  // before would be refused with all that was typed in it.
  const token = () => document.cookie.match(/(?:^|; )(?:__Host-)?csrf=([^;]+)/)?.[1];

  document.addEventListener("submit", (event) => {
    const input = event.target.elements.csrfmiddlewaretoken;
    if (event.target.matches("[data-edit-form], .conflict__choices") && input && token()) {
      input.value = token();
    }
  }, true);

  document.addEventListener("w-autosave:save", (event) => {
    if (token()) event.detail.formData.set("csrfmiddlewaretoken", token());
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (!button) return;
    const words = document.querySelector(button.dataset.copy);
    let said = "Copied.";
    try {
      await navigator.clipboard.writeText(words.value);
    } catch {
      words.focus();
      words.select();
      said = "Your words are selected below: press Ctrl+C or ⌘C to copy them.";
    }
    document.querySelector("[data-copied]").textContent = said;
  });
})();
