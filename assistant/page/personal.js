// Warns about personal data in a question before it is sent. The four checks are those of assistant/personal.py,
// which the server does again; one table of texts holds both to the same answer.
const BSN_WEIGHTS = [9, 8, 7, 6, 5, 4, 3, 2, -1];
const SHORTEST_IBAN = 15;
// JavaScript's \w and \b know no letters but a to z.
const WORD = "\\p{L}\\p{N}_";
const NINE_DIGITS = new RegExp(`(?<![${WORD}.,-])\\d(?:[ .-]?\\d){8}(?![\\d-]|[.,]\\d)`, "gu");
const IBAN = new RegExp(
  `(?<![${WORD}])[a-z]{2}\\d{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,3})?(?![${WORD}])`,
  "giu",
);
const EMAIL = new RegExp(`[${WORD}.+-]@[${WORD}-]+\\.[${WORD}-]`, "u");
const TELEPHONE = new RegExp(
  `(?<![${WORD}.+])(?:(?:\\+|00)31[ -]?(?:\\(0\\)[ -]?)?|\\(?0)[1-9](?:[ -]|\\) ?)?\\d(?:(?:[ -]|\\) ?)?\\d){7}(?!\\d)` +
    `|(?<![${WORD}])\\+[1-9](?:[ -]?\\d){8,13}(?!\\d)`,
  "u",
);

const isBsn = (text) => {
  const digits = [...text.replace(/\D/gu, "")].map(Number);
  const sum = digits.reduce((total, digit, place) => total + digit * BSN_WEIGHTS[place], 0);
  return digits.some(Boolean) && sum % 11 === 0;
};

// The account turned into a number leaves 1 by 97. A short word after it may look like its last group.
const isIban = (text) => {
  const groups = text.toUpperCase().split(" ");
  return groups.some((_, last) => {
    const account = groups.slice(0, last + 1).join("");
    const turned = [...account.slice(4), ...account.slice(0, 4)].map((sign) => parseInt(sign, 36)).join("");
    return account.length >= SHORTEST_IBAN && BigInt(turned) % 97n === 1n;
  });
};

// Returns which sorts of personal data a text seems to hold.
export const findPersonal = (text) => {
  // As the server reads it: blanks as one, nothing invisible.
  const plain = text.replace(/\s+/gu, " ").replace(/\p{C}/gu, "");
  const rest = plain.replace(IBAN, (found) => (isIban(found) ? " " : found));
  const found = {
    bsn: (rest.match(NINE_DIGITS) ?? []).some(isBsn),
    iban: rest !== plain,
    email: EMAIL.test(rest),
    telephone: TELEPHONE.test(rest),
  };
  return Object.keys(found).filter((sort) => found[sort]);
};

// Shows the warning for these sorts, or none, and ties it to the field.
const warn = (field, sorts) => {
  const warning = document.getElementById("personal");
  if (!warning) return; // not made yet; the server warns as well
  warning.className = sorts.map((sort) => `has-${sort}`).join(" ");
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== "personal");
  field.setAttribute("aria-describedby", [...(sorts.length ? ["personal"] : []), ...others].join(" "));
  if (sorts.length) field.setAttribute("aria-invalid", "true");
  else field.removeAttribute("aria-invalid");
};

const questionField = () => document.querySelector("#question textarea");

// In the capturing phase, so that Gradio hears nothing of what is held back.
const holdBack = (event) => {
  const field = questionField();
  const sorts = findPersonal(field.value);
  warn(field, sorts);
  if (!sorts.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && !event.shiftKey && event.target === questionField()) holdBack(event);
  },
  true,
);
document.addEventListener(
  "click",
  (event) => {
    if (event.target.closest?.("#send")) holdBack(event);
    else if (event.target.closest?.("#personal-anyway")) warn(questionField(), []);
    else if (event.target.closest?.("#personal-change")) questionField().focus();
  },
  true,
);
document.addEventListener("input", (event) => {
  if (event.target === questionField()) warn(event.target, []);
});
