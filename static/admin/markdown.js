// The Markdown editor of the admin: EasyMDE with our own buttons and habits. What is typed is what
// is stored; the buttons insert Markdown that can be read and changed like any other. Nothing is
// fetched from elsewhere: the browser checks the spelling, and the buttons show the marks they set.
(() => {
  const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
  const CONTROL = IS_MAC ? "Cmd" : "Ctrl";
  const PAUSE = 250; // milliseconds without typing before words are counted
  const PROSE_WORDS_A_MINUTE = 220; // as in blog/rendering.py
  const CODE_WORDS_A_MINUTE = 80;
  const LONGEST_ALT = 255; // characters, as the library keeps them
  const LONGEST_TITLE = 200;

  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  // Words

  const FENCED = /^ {0,3}(`{3,}|~{3,})[^\n]*\n([^]*?)(?:^ {0,3}\1[`~]*[ \t]*$|$(?![^]))/gm;
  const TARGET = /\]\([^()\n]{0,2000}\)/g;
  const wordsIn = (text) => text.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

  /** The words of prose and of code blocks in a text. */
  const count = (text) => {
    let code = 0;
    const prose = text.replace(FENCED, (block, fence, inner) => {
      code += wordsIn(inner);
      return "\n";
    });
    return { prose: wordsIn(prose.replace(TARGET, "]")), code };
  };

  const inWords = (number) =>
    `${number.toLocaleString(document.documentElement.lang)} ${number === 1 ? "word" : "words"}`;

  /** The text as it stands between the brackets of a link or picture, on one line. */
  const bracketed = (text) =>
    text.trim().replace(/\s+/g, " ").replace(/[\\[\]*`<~$&]|(?<!\w)_|_(?!\w)/g, "\\$&");

  // Asking for the alt text of a picture

  class PictureDialog {
    constructor() {
      this.heading = make("h2", { id: "markdown-picture-heading" }, "Describe the picture");
      this.picture = make("img", { alt: "" });
      this.alt = make("textarea", {
        id: "markdown-picture-alt",
        rows: "2",
        maxlength: LONGEST_ALT,
        "aria-describedby": "markdown-picture-help markdown-picture-error",
      });
      this.decorative = make("input", { type: "checkbox", id: "markdown-picture-decorative" });
      this.collection = make("select", { id: "markdown-picture-collection" });
      this.collectionRow = make(
        "p",
        {},
        make("label", { for: this.collection.id }, "Collection"),
        this.collection,
      );
      this.error = make("p", { id: "markdown-picture-error", role: "alert" });
      this.insert = make("button", { type: "submit", class: "button" }, "Insert picture");
      const cancel = make("button", { type: "button", class: "button button-secondary" }, "Cancel");
      this.form = make(
        "form",
        { method: "dialog", novalidate: "" },
        this.heading,
        this.picture,
        make(
          "p",
          {},
          make("label", { for: this.alt.id }, "Alt text"),
          this.alt,
          make(
            "span",
            { id: "markdown-picture-help" },
            "What would you say about this picture on the phone? Leave out ‘picture of’.",
          ),
        ),
        make(
          "p",
          { class: "markdown-tick" },
          this.decorative,
          make(
            "label",
            { for: this.decorative.id },
            "Decorative: it says nothing that the text does not",
          ),
        ),
        this.collectionRow,
        this.error,
        make("div", { class: "markdown-buttons" }, this.insert, cancel),
      );
      this.dialog = make(
        "dialog",
        { class: "markdown-dialog", "aria-labelledby": this.heading.id },
        this.form,
      );
      document.body.append(this.dialog);
      cancel.addEventListener("click", () => this.dialog.close());
      this.decorative.addEventListener("change", () => {
        this.alt.disabled = this.decorative.checked;
      });
      this.alt.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.isComposing) return;
        event.preventDefault(); // It is one line, however long.
        this.form.requestSubmit(this.insert);
      });
      this.form.addEventListener("submit", (event) => {
        event.preventDefault();
        this.send();
      });
    }

    static get only() {
      PictureDialog.made ??= new PictureDialog();
      return PictureDialog.made;
    }

    /** What `finish` makes of the answers, or null if the editor thinks better of it. */
    ask({ source, alt = "", collections = [] }, finish) {
      this.picture.src = source;
      this.alt.value = alt.slice(0, LONGEST_ALT);
      this.decorative.checked = this.alt.disabled = false;
      this.error.textContent = "";
      this.collection.replaceChildren(
        ...collections.map(({ id, name }) => make("option", { value: id }, name)),
      );
      this.collectionRow.hidden = collections.length < 2;
      this.finish = finish;
      this.result = null;
      this.dialog.showModal();
      this.alt.focus();
      return new Promise((resolve) => {
        this.dialog.addEventListener("close", () => resolve(this.result), { once: true });
      });
    }

    async send() {
      const alt = this.decorative.checked ? "" : this.alt.value.trim();
      if (!alt && !this.decorative.checked) {
        this.error.textContent = "Write what it shows, or tick that it is decorative.";
        this.alt.focus();
        return;
      }
      this.insert.disabled = true;
      this.error.textContent = "";
      try {
        this.result = await this.finish(alt, this.collection.value);
        this.dialog.close();
      } catch (error) {
        this.error.textContent = error.message;
      } finally {
        this.insert.disabled = false;
      }
    }
  }

  // Sending a picture to the library

  const problemOf = async (answer) => {
    const told = await answer.json().catch(() => ({}));
    if (told.problem) return told.problem;
    return answer.status === 413
      ? "The file is too large."
      : "The picture could not be sent. Try again, or sign in again in another tab.";
  };

  const asked = async (url, options) => {
    const headers = { "X-Requested-With": "XMLHttpRequest", Accept: "application/json" };
    const answer = await fetch(url, { ...options, headers }).catch(() => {
      throw new Error("There is no connection. The picture has not been sent.");
    });
    if (!answer.ok || answer.redirected) throw new Error(await problemOf(answer));
    return answer.json();
  };

  const picturesIn = (transfer) =>
    [...(transfer?.files ?? [])].filter((file) => file.type.startsWith("image/"));

  // The editor

  const OPTIONS = {
    autoDownloadFontAwesome: false,
    spellChecker: false,
    nativeSpellcheck: true,
    inputStyle: "contenteditable",
    indentWithTabs: false,
    tabSize: 2,
    minHeight: "16rem",
    status: false,
    promptURLs: false,
    shortcuts: {
      drawImage: null,
      drawLink: null,
      toggleFullScreen: null,
      togglePreview: null,
      toggleSideBySide: null,
    },
  };
  // As CodeMirror's own, and the no-break space: it is shown, and so kept where it stands.
  const SPECIAL =
    /[\u0000-\u001f\u007f-\u009f\u00a0\u00ad\u061c\u200b\u200e\u200f\u2028\u2029\u202f\ufeff\ufff9-\ufffc]/;

  const button = (name, action, label, title) => ({
    name,
    action,
    className: `markdown-${name}`,
    icon: `<span aria-hidden="true">${label}</span>`,
    title,
    attributes: { "aria-label": title },
  });

  class MarkdownEditor extends window.StimulusModule.Controller {
    static values = { pictures: String, pages: String, upload: String };
    static all = new Set();

    connect() {
      MarkdownEditor.all.add(this);
      // A block that is moved is taken out and put in again, with its editor.
      if (this.editor) this.editor.codemirror.refresh();
      else this.start();
      this.countSoon();
    }

    disconnect() {
      MarkdownEditor.all.delete(this);
    }

    start() {
      this.editor = new window.EasyMDE({
        ...OPTIONS,
        shortcuts: { ...OPTIONS.shortcuts },
        element: this.element,
        toolbar: this.buttons(),
      });
      const code = this.editor.codemirror;
      this.element.codemirror = code;
      this.element.focus = () => code.focus();
      code.setOption("specialChars", SPECIAL);
      code.setOption("allowDropFileTypes", ["text/plain", "text/markdown"]);
      code.addKeyMap({
        Tab: false, // leaves the field, as everywhere else in a form
        "Shift-Tab": false,
        "Ctrl-]": "indentMore",
        "Ctrl-[": "indentLess",
        [`${CONTROL}-K`]: () => this.choosePage(),
        [`${CONTROL}-Alt-I`]: () => this.choosePicture(),
      });
      code.on("change", () => this.keep());
      code.on("inputRead", (_, change) => this.afterTyping(change));
      code.on("paste", (_, event) => this.onPaste(event));
      code.on("drop", (_, event) => this.onDrop(event));
      this.keepNoBreakSpaces(code);
      this.addStatus();
      this.describe(code);
      this.setUpToolbar();
      // A text area that was hidden when it was made, as in another tab, has not been measured.
      new IntersectionObserver((seen) => {
        if (seen.some((entry) => entry.isIntersecting)) code.refresh();
        this.countSoon();
      }).observe(code.getWrapperElement());
    }

    buttons() {
      const { EasyMDE } = window;
      return [
        button("heading", EasyMDE.toggleHeadingSmaller, "H", "Heading"),
        button("bold", EasyMDE.toggleBold, "B", "Bold"),
        button("italic", EasyMDE.toggleItalic, "I", "Italic"),
        button("code", EasyMDE.toggleCodeBlock, "{ }", "Code"),
        button("quote", EasyMDE.toggleBlockquote, "”", "Quote"),
        button("bullets", EasyMDE.toggleUnorderedList, "•", "List"),
        button("numbers", EasyMDE.toggleOrderedList, "1.", "Numbered list"),
        button("link", EasyMDE.drawLink, "Link", "Link to another site"),
        button("table", EasyMDE.drawTable, "Table", "Table"),
        button("picture", () => this.choosePicture(), "Picture", `Picture (${CONTROL}-Alt-I)`),
        button("page", () => this.choosePage(), "Page", `Link to a page (${CONTROL}-K)`),
      ];
    }

    // The buttons are one stop of the Tab key; the arrow keys go from one to the next.
    setUpToolbar() {
      const bar = this.editor.gui.toolbar;
      const all = [...bar.querySelectorAll("button")];
      const choose = (chosen) => all.forEach((one) => (one.tabIndex = one === chosen ? 0 : -1));
      bar.setAttribute("aria-label", "Markdown");
      choose(all[0]);
      bar.addEventListener("focusin", (event) => choose(event.target.closest("button")));
      bar.addEventListener("keydown", (event) => {
        const place = all.indexOf(event.target.closest("button"));
        const places = { ArrowRight: place + 1, ArrowLeft: place - 1, Home: 0, End: -1 };
        if (!(event.key in places)) return;
        event.preventDefault();
        all.at(places[event.key] % all.length).focus();
      });
    }

    describe(code) {
      const field = code.getInputField();
      const label = this.element.labels?.[0]?.textContent.trim().replace(/\*$/, "").trim();
      field.setAttribute("role", "textbox");
      field.setAttribute("aria-multiline", "true");
      field.setAttribute("aria-label", label || "Markdown");
      const copy = () => {
        const invalid = this.element.getAttribute("aria-invalid");
        const about = this.element.getAttribute("aria-describedby");
        field.setAttribute("aria-invalid", invalid || "false");
        field.setAttribute("aria-describedby", [about, this.words.id].filter(Boolean).join(" "));
      };
      copy();
      new MutationObserver(copy).observe(this.element, {
        attributeFilter: ["aria-invalid", "aria-describedby"],
      });
    }

    addStatus() {
      this.words = make("p", { class: "markdown-words", id: `${this.element.id}-words` });
      this.note = make("p", { class: "markdown-note", role: "status" });
      this.editor.gui.toolbar.parentElement.append(this.words, this.note);
    }

    tell(sentence) {
      this.note.textContent = sentence;
    }

    keep() {
      this.element.value = this.editor.value();
      this.element.dispatchEvent(new Event("input", { bubbles: true }));
      this.tell("");
      this.countSoon();
    }

    // The browser types no-break spaces for spaces at the end of a line, so CodeMirror reads every
    // one as a space; those that are typed as such are put in here.
    keepNoBreakSpaces(code) {
      code.getInputField().addEventListener("beforeinput", (event) => {
        if (!/[\u00a0\u200b]/.test(event.data ?? "") || event.isComposing) return;
        event.preventDefault();
        code.replaceSelection(event.data);
      });
    }

    countSoon() {
      clearTimeout(MarkdownEditor.counting);
      MarkdownEditor.counting = setTimeout(MarkdownEditor.countAll, PAUSE);
    }

    /** A deleted block stays in the form, hidden, so that the server learns of it. */
    get isDeleted() {
      const name = this.element.name.replace(/-value.*$/, "-deleted");
      return this.element.form?.elements[name]?.value === "1";
    }

    static countAll() {
      const counted = [...MarkdownEditor.all]
        .filter((one) => !one.isDeleted)
        .map((one) => [one, count(one.editor.value())]);
      const prose = counted.reduce((sum, [, found]) => sum + found.prose, 0);
      const code = counted.reduce((sum, [, found]) => sum + found.code, 0);
      const minutes = prose / PROSE_WORDS_A_MINUTE + code / CODE_WORDS_A_MINUTE;
      const whole = `${inWords(prose + code)}, about ${Math.max(1, Math.round(minutes))} min read`;
      for (const [one, found] of counted) {
        const here = inWords(found.prose + found.code);
        one.words.textContent = counted.length > 1 ? `${here} here; ${whole} in all` : whole;
      }
    }

    // Pages and pictures

    afterTyping(change) {
      const code = this.editor.codemirror;
      const end = code.getCursor();
      const before = code.getLine(end.line).slice(0, end.ch);
      const isTyped = change.origin === "+input" && change.text.join("") === "[";
      if (!isTyped || !/(^|[\s("'“‘*_>-])\[\[$/.test(before)) return;
      const start = { line: end.line, ch: end.ch - 2 };
      const isCode = /comment/.test(code.getTokenTypeAt(end) ?? "");
      if (isCode || (before.split("$").length - 1) % 2) return; // A formula has brackets of its own.
      this.choosePage(start, end);
    }

    choosePage(from = null, to = null) {
      const code = this.editor.codemirror;
      const start = from ?? code.getCursor("from");
      const end = to ?? code.getCursor("to");
      const words = from ? "" : code.getSelection();
      const modal = new window.PageChooserModal(this.pagesValue);
      this.aroundChooser();
      modal.open({ modelNames: ["wagtailcore.page"] }, (page) => {
        const text = words || bracketed(String(page.title)).slice(0, LONGEST_TITLE);
        this.replace(`[${text}](page:${page.id})`, start, end);
      });
    }

    choosePicture() {
      const code = this.editor.codemirror;
      const place = code.setBookmark(code.getCursor("to"), { insertLeft: true });
      const modal = new window.ImageChooserModal(this.picturesValue);
      this.aroundChooser();
      modal.open({}, (picture) => {
        const about = { source: picture.preview.url, alt: picture.default_alt_text };
        // Wagtail's dialog keeps the focus until it is gone.
        window.jQuery(document).one("hidden.bs.modal", () =>
          this.insertPicture(place, about, () => picture),
        );
      });
    }

    // Wagtail's dialog takes the focus when it has come up, after its field for the search, and
    // gives it back where it came from: to a text, at its start and not where the cursor was.
    aroundChooser() {
      const code = this.editor.codemirror;
      const search = () => document.querySelector(".modal #id_q")?.focus();
      const place = code.setBookmark(code.getCursor(), { insertLeft: true });
      code.getInputField().blur();
      window.jQuery(document).one("shown.bs.modal", () => setTimeout(search));
      window.jQuery(document).one("hidden.bs.modal", () => {
        const { line, ch } = code.getCursor();
        if (!line && !ch && place.find()) code.setCursor(place.find());
        place.clear();
        code.focus();
      });
    }

    onPaste(event) {
      const files = picturesIn(event.clipboardData);
      if (!files.length || event.clipboardData.getData("text/plain")) return;
      event.preventDefault();
      this.upload(files, this.editor.codemirror.getCursor());
    }

    onDrop(event) {
      const dropped = event.dataTransfer?.files.length ?? 0;
      const files = picturesIn(event.dataTransfer);
      if (files.length) {
        event.preventDefault();
        const at = { left: event.clientX, top: event.clientY };
        this.upload(files, this.editor.codemirror.coordsChar(at, "window"));
      } else if (dropped) {
        this.tell("Pictures and plain text can be dropped here. Put other files under Documents.");
      }
    }

    /** Each picture is asked about and sent; the references stand in the order of the files. */
    async upload(files, at) {
      const place = this.editor.codemirror.setBookmark(at, { insertLeft: true });
      try {
        const { collections } = await asked(this.uploadValue);
        for (const file of files) {
          const source = URL.createObjectURL(file);
          await this.insertPicture(place, { source, collections }, (alt, collection) =>
            this.send(file, alt, collection),
          );
          URL.revokeObjectURL(source);
        }
      } catch (error) {
        this.tell(error.message);
      }
    }

    send(file, alt, collection) {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", this.element.form.elements.csrfmiddlewaretoken.value);
      body.append("file", file);
      body.append("description", alt);
      body.append("collection", collection);
      return asked(this.uploadValue, { method: "POST", body });
    }

    async insertPicture(place, about, finish) {
      this.editor.codemirror.getInputField().blur();
      const text = await PictureDialog.only.ask(about, async (alt, collection) => {
        const picture = await finish(alt, collection);
        return `![${bracketed(alt)}](image:${picture.id})`;
      });
      const at = place.find();
      if (text) this.replace(text, at, at);
      else this.editor.codemirror.focus();
    }

    replace(text, from, to) {
      const code = this.editor.codemirror;
      code.replaceRange(text, from, to, "+insert");
      code.setCursor(code.posFromIndex(code.indexFromPos(from) + text.length));
      code.focus();
    }
  }

  window.wagtail.app.register("markdown", MarkdownEditor);
})();
