// Gradio makes the page; this makes it one that everybody can use. All of it may run again at any time.
const root = document.documentElement;
let language = root.lang;

// Gradio gives the page the language of the browser; a screen reader must pronounce it in the page's own.
const keepLanguage = () => {
  if (root.lang !== language) root.lang = language;
};
new MutationObserver(keepLanguage).observe(root, { attributeFilter: ["lang"] });
document.addEventListener("change", (event) => {
  if (event.target.closest("#language")) language = event.target.value;
  keepLanguage();
});

// A choice of language that the server did not take is undone: the page is in the language of its heading. Gradio
// must have heard of the refusal first, or it would still wait for the choice.
document.addEventListener("refused", () => {
  setTimeout(() => {
    const shown = document.querySelector("#heading [lang]")?.lang;
    if (shown && shown !== language) document.querySelector(`#language input[value="${shown}"]`).click();
  }, 50);
});

const put = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (element && element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
};

// Gradio puts all it makes into one <main>, head and foot too: who skips from part to part must find three.
const nameParts = () => {
  put(document.querySelector("main"), { role: "none" });
  put(document.getElementById("top"), { role: "banner" });
  put(document.getElementById("work"), { role: "main" });
  put(document.querySelector("footer"), { role: "contentinfo" });
};

// One choice out of two, with a name, and each language said in its own.
const nameLanguages = () => {
  const group = document.getElementById("language");
  const label = group?.querySelector("[data-testid=block-info]");
  if (!label) return;
  label.id = "language-label";
  put(group, { role: "radiogroup", "aria-labelledby": label.id });
  for (const input of group.querySelectorAll("input")) {
    put(input, { name: "language" });
    put(input.parentElement, { lang: input.value });
  }
};

// What is told is told by an element that was there before, or some screen readers stay silent.
// A complaint or a warning belongs to the question: who comes back to the field hears it again.
const tieToQuestion = () => {
  const told = document.getElementById("announcement");
  put(told, { role: "status", "aria-atomic": "true" });
  const complaint = told?.querySelector(".complaint") && "announcement";
  const trouble = document.getElementById("trouble")?.textContent && "trouble";
  const warning = document.querySelector("#personal[class*=has-]")?.id;
  put(document.querySelector("#question textarea"), {
    "aria-describedby": [trouble, warning, complaint, "hint"].filter(Boolean).join(" "),
    "aria-invalid": String(Boolean(warning || complaint)),
  });
};

const dress = () => {
  nameParts();
  nameLanguages();
  tieToQuestion();
};
new MutationObserver(dress).observe(root, { childList: true, subtree: true });
