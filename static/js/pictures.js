// Pictures grow to the size of the window, and videos play in place, when they are asked to.

function button(words, action) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn";
  made.textContent = words;
  made.addEventListener("click", action);
  return made;
}

function enlarge(link) {
  const dialog = document.createElement("dialog");
  const picture = new Image();
  const bar = document.createElement("p");
  const actual = button("Actual size", () => {
    actual.setAttribute("aria-pressed", dialog.classList.toggle("actual"));
  });
  dialog.className = "enlarged";
  picture.alt = link.querySelector("img").alt;
  dialog.setAttribute("aria-label", picture.alt);
  actual.hidden = true;
  actual.setAttribute("aria-pressed", false);
  picture.addEventListener("load", () => {
    actual.hidden = picture.naturalWidth <= picture.width;
  });
  picture.src = link.href;
  bar.append(actual, button("Close", () => dialog.close()));
  dialog.append(bar, picture);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.enlarge");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  enlarge(link);
});

// A service insists on learning where its video is played, which a shared draft tells nobody.
const players = document.querySelector(".review") ? [] : document.querySelectorAll(".player");
for (const player of players) {
  const { frame, title, from } = player.dataset;
  player.append(
    button(`Play here (loads from ${from})`, () => {
      const video = document.createElement("iframe");
      video.title = title;
      video.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
      video.sandbox = "allow-scripts allow-same-origin allow-popups allow-presentation";
      video.referrerPolicy = "strict-origin-when-cross-origin";
      video.src = frame;
      player.replaceChildren(video);
      video.focus();
    }),
  );
}
