// Copies the answer on screen or saves it as a file. The server sends its note when a button is pressed; nothing is
// written there.

// Resolves with the note that the server sends next.
const noteSent = () =>
  new Promise((resolve) => {
    const look = () => {
      const note = document.querySelector("#kept .note");
      if (!note?.firstChild) return;
      watch.disconnect();
      const read = (name) => note.querySelector(`.${name}`).textContent;
      resolve({
        text: JSON.parse(read("text")),
        file: read("file"),
        language: note.lang,
        says: { copied: read("copied"), saved: read("saved"), refused: read("refused") },
      });
      note.replaceChildren(); // nothing of it stays behind the screen
    };
    const watch = new MutationObserver(look);
    watch.observe(document.getElementById("kept"), { childList: true, subtree: true });
  });

// A browser lets a page copy only while a press is being handled, so it is asked at once and given the text later.
const copy = async (sent) => {
  try {
    const text = sent.then((note) => new Blob([note.text], { type: "text/plain" }));
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": text })]);
    return "copied";
  } catch {
    return "refused";
  }
};

const save = async (sent) => {
  const note = await sent;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([note.text], { type: "text/markdown" }));
  link.download = note.file;
  link.click();
  URL.revokeObjectURL(link.href);
  return "saved";
};

const tellKept = (text, language) => {
  const region = document.querySelector("#kept-said [role=status]");
  if (!region) return;
  region.lang = language;
  region.textContent = text;
};

document.addEventListener(
  "click",
  async (event) => {
    tellKept("", "");
    const button = event.target.closest?.("#copy, #save");
    if (!button) return;
    const sent = noteSent();
    const done = await (button.id === "copy" ? copy(sent) : save(sent));
    const note = await sent;
    tellKept(note.says[done], note.language);
  },
  true,
);
// What was said of one answer must not stand beside the next.
document.addEventListener("input", () => tellKept("", ""), true);
