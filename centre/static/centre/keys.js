// In fields for digits a digit key gives its digit, whatever the keyboard is set to: ձ, & and " come from 4, 1 and 3.
//
// A scanner presses keys, and so does a hand on the row above the letters. Letters stay as they are typed: the server
// decides by the check letter. What is composed, and what Shift, Ctrl or Alt gives, is left alone. It listens to
// keypress, which goes where a scanner's first key has just put the focus.

const DIGIT = /^(?:Digit|Numpad)(\d)$/;
const FIELDS = "[data-digits], [inputmode=tel], [type=number]";

document.addEventListener("keypress", (event) => {
  const digit = DIGIT.exec(event.code)?.[1];
  const chosen = event.shiftKey || event.ctrlKey || event.altKey || event.metaKey;
  if (!digit || chosen || event.isComposing || event.key === digit || event.key.length !== 1) return;
  if (!event.target.matches(FIELDS)) return;
  event.preventDefault();
  document.execCommand("insertText", false, digit); // as if typed: over what is selected, with input, and can be undone
});
