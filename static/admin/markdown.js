// How the Markdown editor of the admin behaves. Nothing is fetched from elsewhere: the browser
// checks the spelling, and the buttons are drawn with the letters and marks they insert.
(() => {
  const button = (name, action, label, title) => ({
    name,
    action,
    className: `tt-md tt-md-${name}`,
    icon: `<span aria-hidden="true">${label}</span>`,
    title,
    attributes: { "aria-label": title },
  });

  window.wagtailMarkdown = window.wagtailMarkdown || {};
  window.wagtailMarkdown.options = {
    autoDownloadFontAwesome: false,
    spellChecker: false,
    nativeSpellcheck: true,
    inputStyle: "contenteditable",
    indentWithTabs: false,
    tabSize: 2,
    minHeight: "16rem",
    status: ["words"],
    promptURLs: false,
    shortcuts: { toggleSideBySide: null, toggleFullScreen: null, togglePreview: null },
  };

  // EasyMDE is loaded after this file; its actions are looked up when the first editor starts.
  const options = window.wagtailMarkdown.options;
  Object.defineProperty(options, "toolbar", {
    enumerable: true,
    configurable: true,
    get() {
      const { EasyMDE } = window;
      return [
        button("heading", EasyMDE.toggleHeadingSmaller, "H", "Heading (Ctrl-H)"),
        button("bold", EasyMDE.toggleBold, "B", "Bold (Ctrl-B)"),
        button("italic", EasyMDE.toggleItalic, "I", "Italic (Ctrl-I)"),
        button("code", EasyMDE.toggleCodeBlock, "{ }", "Code (Ctrl-Alt-C)"),
        button("quote", EasyMDE.toggleBlockquote, "”", "Quote (Ctrl-')"),
        button("bullets", EasyMDE.toggleUnorderedList, "•", "List (Ctrl-L)"),
        button("numbers", EasyMDE.toggleOrderedList, "1.", "Numbered list (Ctrl-Alt-L)"),
        button("link", EasyMDE.drawLink, "Link", "Link (Ctrl-K)"),
        button("table", EasyMDE.drawTable, "Table", "Table"),
      ];
    },
    set() {},
  });

  // Tab leaves the field, as everywhere else in a form; Ctrl-] and Ctrl-[ indent.
  document.addEventListener("focusin", (event) => {
    const holder = event.target.closest(".CodeMirror");
    const editor = holder && holder.CodeMirror;
    if (editor && !editor.state.tabLeaves) {
      editor.state.tabLeaves = true;
      editor.addKeyMap({
        Tab: false,
        "Shift-Tab": false,
        "Ctrl-]": "indentMore",
        "Ctrl-[": "indentLess",
      });
    }
  });
})();
