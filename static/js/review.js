// For reviewers: selected words go into the form for a remark. Everything works without it.

const AROUND = 32;
const longest = 500;
const inOneLine = (text) => text.replace(/\s+/g, " ");

// What is said between the pieces is no word of the draft.
function wordsIn(range) {
  const words = range.cloneContents();
  words.querySelectorAll(".said").forEach((said) => said.replaceWith(" "));
  return words.textContent;
}

// The link below the piece in which a selection begins, with what stands before it there.
function beginning(range) {
  let piece = range.startContainer;
  if (piece.nodeType !== Node.ELEMENT_NODE) piece = piece.parentElement;
  if (!piece || piece.closest(".said, .review, .review-end")) return null;
  for (; piece; piece = piece.parentElement) {
    const link = piece.nextElementSibling?.matches(".said") &&
      piece.nextElementSibling.querySelector(":scope > .say");
    if (!link) continue;
    const before = document.createRange();
    before.setStart(piece, 0);
    before.setEnd(range.startContainer, range.startOffset);
    return { link, prefix: inOneLine(before.toString()).slice(-AROUND) };
  }
  return null;
}

// In the part of an address that is sent nowhere and written into no log.
function offerSelection() {
  if (!document.querySelector(".said > .say")) return;
  const offer = document.createElement("a");
  offer.className = "btn say-selected";
  offer.textContent = "Remark on this passage";
  offer.hidden = true;
  document.querySelector("main").append(offer);
  document.addEventListener("selectionchange", () => {
    const selection = document.getSelection();
    const range = selection.rangeCount && selection.getRangeAt(0);
    const quote = range && inOneLine(wordsIn(range)).trim().slice(0, longest);
    const found = quote && beginning(range);
    offer.hidden = !found;
    if (!found) return;
    const words = new URLSearchParams({ quote, prefix: found.prefix });
    offer.href = `${found.link.href}#${words}`;
  });
  // A press must not take the selection away before it has led on.
  offer.addEventListener("mousedown", (event) => event.preventDefault());
}

function takeSelection() {
  const quote = document.getElementById("id_quote");
  if (!quote || !location.hash.startsWith("#quote=")) return;
  const words = new URLSearchParams(location.hash.slice(1));
  history.replaceState(null, "", location.pathname + location.search);
  quote.value = words.get("quote");
  document.getElementById("id_prefix").value = words.get("prefix") ?? "";
  quote.closest("details").open = true;
}

function countCharacters() {
  const field = document.querySelector("[data-most]");
  const hint = field && document.getElementById(`${field.id}_helptext`);
  if (!hint) return;
  const words = hint.textContent;
  const most = Number(field.dataset.most);
  const count = () => {
    const left = most - [...field.value.trim()].length;
    hint.ariaLive = left < 0 ? "polite" : "off";
    hint.textContent = left < 0 ? `${-left} characters too long.` : `${words} ${left} left.`;
    hint.classList.toggle("problem", left < 0);
  };
  field.addEventListener("input", count);
}

offerSelection();
takeSelection();
countCharacters();
