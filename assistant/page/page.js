// Gradio gives the page the language of the browser; a screen reader must pronounce it in the page's own.
const root = document.documentElement;
let language = root.lang;
const keep = () => {
  if (root.lang !== language) root.lang = language;
};
new MutationObserver(keep).observe(root, { attributeFilter: ["lang"] });
document.addEventListener("change", (event) => {
  if (event.target.closest("#language")) language = event.target.value;
  keep();
});

// Gradio reports trouble in English. Its reports are hidden; the page says the same in its own words, and goes on
// saying it until the next question: who reads slowly must not lose it.
let reported = "";
const show = (report) => {
  const trouble = document.getElementById("trouble");
  const own = report.split(" / "); // a refusal of our own server: Dutch, then English
  trouble.className = report.includes("onnection") ? "lost" : "fault";
  trouble.lang = language;
  trouble.textContent =
    own.length === 2
      ? own[language === "nl" ? 0 : 1]
      : document.querySelector(`.trouble.${trouble.className}:lang(${language})`).textContent;
};
new MutationObserver(() => {
  const report = [...document.querySelectorAll(".toast-message-text")].at(-1)?.textContent ?? "";
  if (report !== reported && report) show(report);
  reported = report;
}).observe(root, { childList: true, subtree: true, characterData: true });
const forget = (event) => {
  const asks = event.key === "Enter" || event.target.closest("button");
  const trouble = document.getElementById("trouble");
  if (asks && trouble.className !== "lost") trouble.textContent = "";
};
document.addEventListener("click", forget);
document.addEventListener("keydown", forget);
