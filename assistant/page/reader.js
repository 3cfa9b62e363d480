// Finds words in the document. What is typed stays in this script: it is neither sent nor kept.
const form = document.getElementById("search");
const field = document.getElementById("sought");
const outline = document.getElementById("outline");

// Beside the text there is room for the outline; above it, it would stand in the way.
if (outline && matchMedia("(max-width: 63.99rem)").matches) outline.open = false;

// Case and accents do not count, nor which quotation mark was typed.
const marks = { "‘": "'", "’": "'", "“": '"', "”": '"', "\u00a0": " " };
const fold = (text) =>
  text.normalize("NFD").replace(/\p{M}/gu, "").replace(/[‘’“”\u00a0]/g, (mark) => marks[mark]).toLowerCase();

// The text of one heading or paragraph as it is compared, and where each of its characters stands on the page.
const read = (block) => {
  const spots = [];
  let text = "";
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode;
    // Words that only a screen reader gets, and our label of a rendition, are not the document's.
    if (node.parentElement.closest(".unseen, .mark-word, .small")) continue;
    let at = 0;
    for (const character of node.data) {
      for (const plain of fold(character)) {
        text += plain;
        for (let unit = 0; unit < plain.length; unit++) spots.push([node, at, at + character.length]);
      }
      at += character.length;
    }
  }
  return { text, spots };
};

let blocks; // read at the first search
let hits = [];
let current = 0;

const find = (words) => {
  blocks ??= [...document.querySelectorAll("main :is(h2, h3, h4, .text, .rendition)")].map(read);
  const found = [];
  for (const { text, spots } of blocks) {
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      const range = document.createRange();
      range.setStart(spots[at][0], spots[at][1]);
      range.setEnd(spots[at + words.length - 1][0], spots[at + words.length - 1][2]);
      found.push(range);
    }
  }
  return found;
};

// A browser without highlights still goes to the place and frames it.
const paint = (name, ranges) => window.Highlight && CSS.highlights.set(name, new Highlight(...ranges));

const show = () => {
  const status = form.querySelector("[role=status]");
  document.querySelector(".here")?.classList.remove("here");
  paint("found", hits);
  paint("here", hits.slice(current, current + 1));
  if (!hits.length) {
    status.textContent = fold(field.value).trim().length < 2 ? "" : form.dataset.none;
    return;
  }
  const values = { at: current + 1, count: hits.length };
  status.textContent = form.dataset.found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const block = hits[current].startContainer.parentElement.closest("h2, h3, h4, .text, .rendition");
  block.classList.add("here");
  block.scrollIntoView({ block: "center" });
};

const search = () => {
  const words = fold(field.value).trim().replace(/\s+/g, " ");
  hits = words.length < 2 ? [] : find(words); // one letter stands everywhere
  current = 0;
  show();
};

const step = (by) => {
  if (hits.length) current = (current + by + hits.length) % hits.length;
  show();
};

if (form) {
  form.hidden = false;
  field.addEventListener("input", search);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    step(1);
  });
  document.getElementById("previous").addEventListener("click", () => step(-1));
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      field.value = "";
      search();
    } else if (event.key === "Enter" && event.shiftKey) {
      event.preventDefault();
      step(-1);
    }
  });
}
