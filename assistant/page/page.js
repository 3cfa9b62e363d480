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
