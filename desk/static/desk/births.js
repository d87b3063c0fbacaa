// How a birth reads while it is typed. The server reads it again and decides; desk/births.py gives the words.

const OLDEST = 120; // years
const CENTURIES = ["20", "19"]; // that of a living person's birth, the likelier first
const MOST_MONTHS = 36; // from here on an age is shown in years
const UNFINISHED = new Set(["no_birth", "short_year", "which_year"]); // may yet become a date

const isNumber = (token) => /^\d+$/.test(token);
const two = (number) => String(number).padStart(2, "0");

class Wrong extends Error {
  constructor(name, said = {}) {
    super(name);
    this.said = said;
  }
}

// ٤ and ４ as 4, and the stops, commas and dashes of any script as . , -
function plain(text) {
  const wide = text.replace(/[！-～]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0));
  const digits = wide.replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0);
    const zero = code - (code % 16);
    return String(/\p{Nd}/u.test(String.fromCodePoint(zero)) ? code - zero : code - zero - 6);
  });
  const marks = digits.replace(/[․։。]/g, ".").replace(/[、՝]/g, ",").replace(/[֊‐-―−]/g, "-");
  return marks.normalize("NFC").trim().toLowerCase();
}

function dayOf(year, month, day) {
  const date = new Date(Date.UTC(2000, month - 1, day));
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

const parted = (date) => ({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() });

function monthsOn(born, today) {
  return (today.year - born.year) * 12 + today.month - born.month - (today.day < born.day ? 1 : 0);
}

const ageOn = (born, today) => Math.floor(monthsOn(born, today) / 12);

function monthsBefore(today, months) {
  const first = parted(dayOf(today.year, today.month - months, 1));
  const last = parted(dayOf(first.year, first.month + 1, 0)).day;
  return { ...first, day: Math.min(today.day, last) };
}

function dateOf(parts) {
  const [year, month = 1, day = 1] = parts.map(Number).reverse();
  const date = parted(dayOf(year, month, day));
  if (year < 1 || date.month !== month || date.day !== day) throw new Wrong("no_date");
  return { year, month, day };
}

function exists(parts) {
  try {
    return Boolean(dateOf(parts));
  } catch {
    return false;
  }
}

function checked(born, today) {
  if (monthsOn(born, today) < 0) throw new Wrong("future");
  if (ageOn(born, today) > OLDEST) throw new Wrong("too_old");
  return born;
}

function saidAge(tokens, known) {
  const said = tokens.length === 1 ? [...tokens, "years"] : tokens;
  const age = new Map();
  for (let place = 0; place < said.length; place += 2) {
    const unit = Object.keys(known.units).find((name) => known.units[name].includes(said[place + 1]));
    if (!/^\d{1,3}$/.test(said[place]) || !unit || age.has(unit)) return null;
    age.set(unit, Number(said[place]));
  }
  return age;
}

function ofAge(age, today) {
  const years = age.get("years") ?? 0;
  if (years > OLDEST) throw new Wrong("too_old_age");
  if (age.size === 1 && age.has("years")) {
    const born = monthsBefore(today, years * 12);
    return { born, written: `≈ ${born.year}` };
  }
  const months = monthsBefore(today, years * 12 + (age.get("months") ?? 0));
  const days = (age.get("weeks") ?? 0) * 7 + (age.get("days") ?? 0);
  const born = checked(parted(dayOf(months.year, months.month, months.day - days)), today);
  const limit = monthsBefore(today, MOST_MONTHS);
  if (!years && dayOf(born.year, born.month, born.day) < dayOf(limit.year, limit.month, limit.day)) throw new Wrong("many_months");
  return { born, written: `≈ ${two(born.month)}.${born.year}`, inMonths: true };
}

// The numbers in the order day, month, year, as many as were said; null where a word is strange.
function partsOf(tokens, known) {
  const numbers = tokens.filter(isNumber);
  const words = tokens.filter((token) => !isNumber(token) && !known.beside_a_date.includes(token));
  if (!words.length) {
    const parted = tokens.some((token, place) => place > 1 && isNumber(token) && !isNumber(tokens[place - 1]));
    if (parted || !numbers.length) return null;
    return numbers.length === 1 ? apart(numbers[0]) : numbers;
  }
  const month = known.month_names.findIndex((stems) => new RegExp(`^(?:${stems})`).test(words[0])) + 1;
  if (words.length > 1 || !month || numbers.length < 1 || numbers.length > 2) return null;
  if (numbers.length === 2 && numbers[0].length === 4) numbers.reverse();
  return [...numbers.slice(0, -1), two(month), numbers.at(-1)];
}

function apart(digits) {
  const cut = (...places) => places.map((place, n) => digits.slice(place, places[n + 1]));
  if (digits.length === 8 && !CENTURIES.includes(digits.slice(4, 6)) && CENTURIES.includes(digits.slice(0, 2))) return cut(0, 4, 6);
  return digits.length === 6 || digits.length === 8 ? cut(0, 2, 4) : [digits];
}

function dated(given, today) {
  const parts = given.length > 1 && given[0].length === 4 ? [...given].reverse() : given;
  const before = parts.slice(0, -1);
  const year = parts.at(-1);
  const strange = parts.length > 3 || year.length > 4 || before.some((part) => part.length > 2);
  if (strange || (!before.length && year.length < 4)) throw new Wrong("no_birth");
  if (year.length < 4) throw withoutCentury(before, year, today);
  return { born: checked(dateOf(parts), today), written: parts.map((part) => two(part)).join(".") };
}

function withoutCentury(before, year, today) {
  if (!exists([...before, "2000"]) && !(before.length === 1 && exists([...before, year, "2000"]))) return new Wrong("no_date");
  const full = CENTURIES.map((century) => [...before, `${century}${year}`]);
  const mayBe = year.length === 2 ? full.filter(exists).filter((parts) => {
    const age = ageOn(dateOf(parts), today);
    return age >= 0 && age <= OLDEST;
  }) : [];
  if (mayBe.length < 2) return new Wrong("short_year");
  const [later, earlier] = mayBe.map((parts) => parts.map((part) => two(part)).join("."));
  return new Wrong("which_year", { later, earlier });
}

function counted([forms, which], number) {
  return forms[Number(which[number])].replace("%(age)d", number);
}

function read(typed, today, known) {
  const tokens = typed.match(/\d+|\p{L}+/gu);
  if (!tokens || !/^[≈~]?(?:\d|\p{L}|[\s.,/'’-])*$/u.test(typed)) throw new Wrong("no_birth");
  const age = saidAge(tokens.filter((token) => !known.beside_an_age.includes(token)), known);
  if (age) return ofAge(age, today);
  const parts = partsOf(tokens, known);
  if (!parts || /^[≈~]/.test(typed)) throw new Wrong("no_birth");
  return dated(parts, today);
}

// What is understood on this day: the age in years with the words to show; or the words for what is wrong, and
// whether more may be coming. Nothing where nothing was typed.
export function readBirth(text, today, known) {
  const typed = plain(text);
  if (!typed || typed === "?") return null; // nobody knows it
  try {
    const { born, written, inMonths } = read(typed, today, known);
    const months = monthsOn(born, today);
    const age = ageOn(born, today);
    const words = inMonths && months < MOST_MONTHS ? counted(known.months, months) : counted(known.years, age);
    return { age, words: `${words} · ${written}` };
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    const words = known.wrong[error.message].replace(/%\((\w+)\)s/g, (_, name) => error.said[name]);
    return { error: error.message, words, unfinished: UNFINISHED.has(error.message) };
  }
}

// Says beside the field how it is understood; of what may yet become a date nothing, until the field is left.
export function showUnderstood(field, birth) {
  const shown = field.parentElement.querySelector("[data-understood]");
  const said = field.parentElement.querySelector(".error:not([data-understood])")?.textContent.trim();
  const waits = birth?.unfinished && document.activeElement === field;
  shown.textContent = !birth || waits || birth.words === said ? "" : birth.words;
  shown.classList.toggle("error", Boolean(birth?.error));
}
