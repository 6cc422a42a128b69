// The dashboard: what the checks say of the drafts comes after the page, which does not wait.
(() => {
  const fill = async () => {
    const list = document.querySelector("[data-draft-checks-from]");
    if (!list) return;
    const headers = { Accept: "application/json" };
    const answer = await fetch(list.dataset.draftChecksFrom, { headers }).catch(() => null);
    if (!answer?.ok) return; // The list is complete without.
    const found = await answer.json();
    for (const place of list.querySelectorAll("[data-draft-checks]")) {
      const words = found[place.dataset.draftChecks];
      if (words) place.textContent = `· ${words}`;
    }
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", fill);
  else fill();
})();
