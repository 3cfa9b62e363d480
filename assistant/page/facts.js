// Facts and questions are chosen by buttons in the page's own HTML. What is chosen goes to the server by way
// of a Gradio field that people do not see. The answer that comes back replaces the whole HTML: what was open
// is opened again, and the focus returns to the fact that was changed, at the same height of the screen.
const write = (selector, text) => {
  const field = document.querySelector(selector);
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  return field;
};
const send = (field) => field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));

const answer = () => document.querySelector("#answers article");
const folds = () => [...(answer()?.querySelectorAll("details") ?? [])];
// A fold is named by its id or its item, or by its line without the numbers in it: reasons and counts change.
const name = (fold) => {
  const item = fold.closest("li")?.querySelector(".item strong")?.textContent ?? "";
  const line = fold.querySelector("summary");
  return fold.id || (line.querySelector(".item") ? item : `${item} ${line.textContent.replace(/\d+/g, "")}`);
};

let left = null; // how the page stood when a fact was chosen, until its answer is there
let sent = Promise.resolve();

const leave = (button) => {
  const place = button.closest("[id]");
  const key = button.value.split("=")[0];
  const opened = new Map(folds().map((fold) => [name(fold), fold.open]));
  const awaited = (left?.awaited ?? 0) + 1;
  left = { key, opened, awaited, old: answer(), place: place.id, height: place.getBoundingClientRect().top };
};

// The chip of the fact where there is one, else the question about it, else the facts as a whole.
const find = (key) =>
  document.getElementById(`fact.${key}`) ??
  document.getElementById(`ask.${key.split(".")[0]}`) ??
  answer().querySelector(".facts");

const restore = () => {
  if (!left || !answer() || answer() === left.old) return;
  for (const fold of folds()) fold.open = left.opened.get(name(fold)) ?? fold.open;
  const place = find(left.key);
  const target = place.querySelector("summary, button") ?? place;
  if (target === place) place.tabIndex = -1;
  target.focus({ preventScroll: true });
  const { top } = place.getBoundingClientRect();
  if (place.id === left.place) scrollBy({ top: top - left.height, behavior: "instant" });
  else if (top < 0 || top > innerHeight) place.scrollIntoView({ block: "nearest", behavior: "instant" });
  left.old = answer();
  left.awaited -= 1;
  if (!left.awaited) left = null;
};

// A question leaves its field once it is answered, and not what was typed in the meantime.
let emptied = null; // the answer for which that was done
const plain = (text) => text.replace(/\s/gu, " ").replace(/\p{C}/gu, "").replace(/ +/gu, " ").trim();
const empty = () => {
  const now = answer();
  if (now === emptied) return;
  emptied = now;
  if (left || !now || now.querySelector(".status-error")) return;
  const asked = plain(now.querySelector(".asked").textContent);
  if (plain(document.querySelector("#question textarea").value) === asked) write("#question textarea", "");
};

// Gradio reads the field a moment after the key is pressed; the next choice must not overtake it.
const choose = (choice) => {
  sent = sent.then(() => {
    send(write("#choice textarea", choice));
    return new Promise((done) => setTimeout(done));
  });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("#answers button");
  if (button?.name === "choice") {
    leave(button);
    choose(button.value);
  } else if (button?.name === "ask" || button?.name === "earlier") {
    // The button goes when the answer comes; the field stays.
    document.querySelector("#question textarea").focus();
    send(write(button.name === "ask" ? "#question textarea" : "#earlier textarea", button.value));
  }
});
// An answer that comes between press and release takes the pressed button away, and a browser clicks nothing then:
// the button that stands for the same thing in the new answer is pressed, unless the pointer was moved away.
const STILL = 8; // pixels
let pressed = null;
document.addEventListener(
  "pointerdown",
  ({ target, clientX, clientY }) => {
    const button = target.closest?.("#answers button[name]");
    pressed = button && { button, clientX, clientY };
  },
  true,
);
document.addEventListener(
  "pointerup",
  ({ clientX, clientY }) => {
    if (!pressed || pressed.button.isConnected) return;
    const { name, value } = pressed.button;
    if (Math.hypot(clientX - pressed.clientX, clientY - pressed.clientY) > STILL) return;
    const buttons = [...document.querySelectorAll("#answers button[name]")];
    buttons.find((button) => button.name === name && button.value === value)?.click();
  },
  true,
);

new MutationObserver(() => {
  // Refused: no new answer comes.
  if (left && document.querySelector("#announcement [role=alert]")) left = null;
  empty();
  restore();
}).observe(document.documentElement, { childList: true, subtree: true });
