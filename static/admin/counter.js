// Says under a short text how many characters it has, and whether they are few or many.
(() => {
  class Counter extends window.StimulusModule.Controller {
    static values = { least: Number, most: Number, longest: Number };

    connect() {
      if (!this.line) {
        this.line = document.createElement("p");
        this.line.className = "markdown-words";
        this.line.id = `${this.element.id}-counter`;
        this.element.after(this.line);
        this.element.addEventListener("input", () => this.count());
        const about = this.element.getAttribute("aria-describedby");
        this.element.setAttribute("aria-describedby", `${about ?? ""} ${this.line.id}`.trim());
      }
      this.count();
    }

    count() {
      const length = [...this.element.value.trim()].length;
      const characters = `${length} ${length === 1 ? "character" : "characters"}`;
      this.line.textContent = `${characters}: ${this.judge(length)}`;
    }

    judge(length) {
      if (length > this.longestValue) return `${length - this.longestValue} too many.`;
      if (length > this.mostValue) return `lists may cut it short after ${this.mostValue}.`;
      if (length < this.leastValue) return `${this.leastValue} to ${this.mostValue} fit best.`;
      return "a good length.";
    }
  }

  window.wagtail.app.register("counter", Counter);
})();
