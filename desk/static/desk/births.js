// How a birth reads while it is typed: 04.05.1989, 05.1989, 1989, or an age. The server reads it again and decides.

const OLDEST = 120; // years

export function readBirth(text, today) {
  const typed = text.trim();
  if (/^\d{1,3}$/.test(typed)) return Number(typed) <= OLDEST ? { age: Number(typed), written: `≈ ${today.year - Number(typed)}` } : null;
  let parts = typed.replace(/\.$/, "").split(/[\s./,-]+/);
  if (parts.length > 3 || !parts.every((part) => /^\d{1,4}$/.test(part))) return null;
  if (parts.length > 1 && parts[0].length === 4) parts = parts.reverse();
  const [year, month = 1, day = 1] = parts.map(Number).reverse();
  if (parts.at(-1).length !== 4) return null;
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  const age = today.year - year - (today.month < month || (today.month === month && today.day < day) ? 1 : 0);
  if (age < 0 || age > OLDEST) return null;
  return { age, written: parts.map((part) => part.padStart(2, "0")).join(".") };
}
