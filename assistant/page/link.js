// A link holds question and facts in its fragment, which browsers never send. It goes to the clipboard only: in
// the address bar it would put what was typed into the history of the browser.
const said = (button, name) => button.parentElement.querySelector(`.${name}`).textContent;
const showByHand = (button, address) => {
  const field = document.createElement("input");
  field.readOnly = true;
  field.value = address;
  field.setAttribute("aria-label", said(button, "by-hand"));
  button.parentElement.querySelector("input")?.remove();
  button.after(field);
  field.focus();
  field.select();
};
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("#answers button[name=link]");
  if (!button) return;
  const address = `${location.origin}${location.pathname}#${button.value}`;
  const status = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(address);
    status.textContent = said(button, "copied");
  } catch {
    // Refused by the browser, or there is no clipboard.
    status.textContent = said(button, "by-hand");
    showByHand(button, address);
  }
});

const appear = (selector) =>
  new Promise((found) => {
    const look = () => {
      const element = document.querySelector(selector);
      if (element) {
        observer.disconnect();
        found(element);
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true, attributes: true });
    look();
  });

const LONGEST = 30001; // one more than the server reads, which then says so
const open = async () => {
  const fragment = location.hash.slice(1, LONGEST + 1);
  if (!fragment.startsWith("ask=")) return; // such as a term of the glossary
  history.replaceState(null, "", location.pathname);
  const field = await appear("#link textarea");
  const language = new URLSearchParams(fragment).get("language");
  if (language === "en" || language === "nl") {
    // The answer comes after the page has turned to its language, or it would be overtaken.
    const radio = await appear(`#language input[value="${language}"]`);
    if (!radio.checked) radio.click();
    await appear(`#heading [lang="${language}"]`);
  }
  field.value = fragment;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
};
addEventListener("hashchange", open);
open();
