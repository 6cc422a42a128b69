// Starts what the forms of the admin ask for, as Wagtail's inline scripts would: those the content
// security policy does not run. <span data-starts="ImageChooser" data-for="id_logo"
// data-options="{…}"> stands where such a script stood. Only what is listed here can be started.
(() => {
  const started = new WeakSet();
  const named = (name) => (element, options) => new window[name](element.dataset.for, options);
  const called = (name) => (element, options) => window[name](element.dataset.for, options);
  const panel = (name) => (element, options) => new window[name](options);
  const starters = {
    initDateChooser: called("initDateChooser"),
    initDateTimeChooser: called("initDateTimeChooser"),
    initTimeChooser: called("initTimeChooser"),
    createTaskChooser: called("createTaskChooser"),
    Chooser: named("Chooser"),
    DocumentChooser: named("DocumentChooser"),
    ImageChooser: named("ImageChooser"),
    PageChooser: named("PageChooser"),
    SnippetChooser: named("SnippetChooser"),
    InlinePanel: panel("InlinePanel"),
    MultipleChooserPanel: panel("MultipleChooserPanel"),
  };

  const start = (element) => {
    const starter = Object.hasOwn(starters, element.dataset.starts)
      ? starters[element.dataset.starts]
      : null;
    // The forms of an empty row wait in a template until they get a number.
    if (!starter || started.has(element) || element.dataset.for?.includes("__prefix__")) return;
    started.add(element);
    starter(element, JSON.parse(element.dataset.options || "{}"));
  };
  const startAllIn = (part) => {
    if (part.matches("[data-starts]")) start(part);
    // In the order of the page, so that a panel finds its fields as they stood.
    part.querySelectorAll("[data-starts]").forEach(start);
  };

  document.addEventListener("DOMContentLoaded", () => {
    startAllIn(document.body);
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const node of change.addedNodes) {
          if (node.nodeType === Node.ELEMENT_NODE && node.isConnected) startAllIn(node);
        }
      }
    }).observe(document.body, { childList: true, subtree: true });
  });
})();
